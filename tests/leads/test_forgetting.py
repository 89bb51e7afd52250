"""What an expired lead leaves behind: gone after it, but for what outlives it, and never another lead's."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest

import app
from chalicelib.capture.intake import take_in
from chalicelib.capture.message import Referral
from chalicelib.leads import forgetting, note_store, store
from chalicelib.leads.forgetting import PAGE, forget_leads, remove_rest
from chalicelib.leads.lead import Contact, Note, lead_id_of
from chalicelib.leads.marking import mark_as_lead
from chalicelib.table import ChangedError, write_one
from tests.builders import NOON, a_dm, an_account
from tests.crashes import Disturbance, Meanwhile, count_calls, cuts, run
from tests.deployment import REGION
from tests.state import clear_tables, rows

pytestmark = pytest.mark.usefixtures("aws")

ACCOUNT = an_account()
LEAD_ID = lead_id_of(ACCOUNT.id, "tiktok", "customer-1")
PK = f"{ACCOUNT.id}#{LEAD_ID}"


def a_removed_lead(captured: int = 3) -> None:
    """A lead with so many captured contacts, one removed and one typed by a member, an ad and a note; and its end."""
    ad = Referral("ad", ad_id="ad-7")
    take_in(a_dm("WA 0812-8834-5571", referral=ad), ACCOUNT, NOON)
    decided = [Contact("phone", "+6281288340001", is_removed=True), Contact("phone", "+6281288340002", is_touched=True)]
    found = [Contact("phone", f"+62812883{number:05}") for number in range(50_000, 50_000 + captured - 1)]
    for one in (*decided, *found):
        write_one(store.save_contact(ACCOUNT.id, LEAD_ID, one))
    write_one(note_store.add(ACCOUNT.id, LEAD_ID, Note("nte_1", "regular", "mem_1", NOON)))
    boto3.client("dynamodb", REGION).delete_item(TableName="leads", Key={"pk": {"S": PK}, "sk": {"S": "LEAD"}})


def removal(sk: str = "LEAD", kind: str = "REMOVE") -> dict[str, Any]:
    return {"eventName": kind, "dynamodb": {"Keys": {"pk": {"S": PK}, "sk": {"S": sk}}}}


def left() -> list[tuple[str, str]]:
    """Kind and value, or ad, of what stands in the partition."""
    return sorted((row["kind"], row.get("value", "")) for row in rows("leads"))


OUTLIVING = [("contact", "+6281288340001"), ("contact", "+6281288340002"), ("touch", "")]


@pytest.mark.parametrize("captured", [1, PAGE - 1, PAGE, 2 * PAGE + 5])
def test_contacts_and_notes_go_after_their_lead_however_many(captured: int) -> None:
    a_removed_lead(captured)
    assert len(left()) == captured + 4
    for _ in range(2):
        forget_leads([removal()])
        assert left() == OUTLIVING


def test_the_function_is_told_by_the_stream_with_keys_alone() -> None:
    a_removed_lead()
    streams = boto3.client("dynamodbstreams", REGION)
    arn = boto3.client("dynamodb", REGION).describe_table(TableName="leads")["Table"]["LatestStreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
    records = streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    assert all(set(one["dynamodb"]) & {"NewImage", "OldImage"} == set() for one in records)
    app.forget_leads({"Records": [one | {"eventSourceARN": arn} for one in records]}, None)
    assert left() == OUTLIVING


@pytest.mark.parametrize("record", [removal(kind="INSERT"), removal(kind="MODIFY"), removal("CONTACT#con_1")])
def test_nothing_else_that_happens_removes_anything(record: dict[str, Any]) -> None:
    a_removed_lead()
    before = left()
    forget_leads([record])
    assert left() == before


def test_one_who_is_a_lead_again_keeps_what_is_theirs() -> None:
    a_removed_lead()
    take_in(a_dm("WA 0812-8834-5599", number=5), ACCOUNT, NOON)
    write_one(note_store.add(ACCOUNT.id, LEAD_ID, Note("nte_2", "again", "mem_1", NOON)))
    before = left()
    assert ("contact", "+6281288345599") in before
    assert ("contact", "+6281288345571") not in before
    forget_leads([removal()])
    assert left() == before
    with pytest.raises(ChangedError):
        remove_rest(ACCOUNT.id, LEAD_ID)


def test_an_expired_lead_read_before_it_changed_loses_nothing() -> None:
    take_in(a_dm("WA 0812-8834-5571"), ACCOUNT, NOON)
    lead = store.find_lead(ACCOUNT.id, LEAD_ID)
    assert lead is not None
    before = left()
    for read in (replace(lead, version=0), replace(lead, activity="2026-11-20T11")):
        with pytest.raises(ChangedError):
            remove_rest(ACCOUNT.id, LEAD_ID, read)
    assert left() == before
    remove_rest(ACCOUNT.id, LEAD_ID, lead)
    assert [kind for kind, _ in left()] == ["lead"]


def test_cut_off_anywhere_and_told_again_it_ends_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "PAGE", 3)
    a_removed_lead(7)
    calls = count_calls(lambda: forget_leads([removal()]))
    assert calls == 5  # contacts, two pages of them, notes, the last page
    for cut in cuts(calls):
        clear_tables()
        a_removed_lead(7)
        run(lambda: forget_leads([removal()]), [cut])
        assert left() == OUTLIVING, cut


def marking() -> None:
    (head,) = (row for row in rows("conversations") if row["kind"] == "conversation")
    mark_as_lead(ACCOUNT, head["pk"].partition("#")[2], by="mem_1", now=NOON)


REBORN: dict[str, tuple[Callable[[], None], set[str]]] = {
    "by a message": (lambda: take_in(a_dm("WA 0812-8834-5599", number=5), ACCOUNT, NOON), {"+6281288345599"}),
    "by a member": (marking, set()),
}


@pytest.mark.parametrize("way", REBORN)
def test_who_becomes_a_lead_again_meanwhile_keeps_what_is_theirs(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "PAGE", 3)
    work, expected = REBORN[way]
    for call in range(5):
        clear_tables()
        a_removed_lead(7)
        plan: list[Disturbance] = [Meanwhile(call, work)]
        assert run(lambda: forget_leads([removal()]), plan) == plan
        card = store.get_card(ACCOUNT.id, LEAD_ID)
        assert card.lead is not None, call
        assert {one.value for one in card.contacts.values() if not one.outlives_lead} == expected, call
