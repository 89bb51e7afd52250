"""The leads of a removed member: handed on, and none lost."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.accounts import membership
from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Role
from chalicelib.capture.intake import take_in
from chalicelib.capture.message import Customer
from chalicelib.events.change import events_of
from chalicelib.events.store import change_in
from chalicelib.leads import handing_on, store
from chalicelib.leads.assigned_store import list_assigned
from chalicelib.leads.assignment import assign
from chalicelib.leads.lead import lead_id_of
from chalicelib.table import BusyError, commit
from tests.builders import NOON, a_dm, a_member, an_account, stored_account
from tests.crashes import Disturbance, Meanwhile, count_calls, cuts, run
from tests.deployment import REGION
from tests.state import clear_tables, rows

pytestmark = pytest.mark.usefixtures("aws")

ACCOUNT = an_account()
LEAVER = a_member("operator-1", Role.OPERATOR)
HEIR = a_member("operator-2", Role.OPERATOR)
OTHER = a_member("operator-3", Role.OPERATOR)


def lead_id(number: int) -> str:
    return lead_id_of(ACCOUNT.id, "tiktok", f"c-{number}")


def begin(count: int = 3) -> None:
    """An account whose leaver has so many leads, and whose other operator has one more."""
    stored_account()
    for member in (LEAVER, HEIR, OTHER):
        commit(accounts.add_member(member))
    for number in range(count + 1):
        customer, text = Customer(f"c-{number}"), f"WA 0812-8834-{5000 + number}"
        dm = a_dm(text, number=number, conversation=f"chat-{number}", customer=customer)
        take_in(dm, ACCOUNT, NOON + timedelta(minutes=number))
        assigned(number, LEAVER.id if number < count else OTHER.id)


def assigned(number: int, member_id: str | None) -> None:
    assign(ACCOUNT, lead_id(number), member_id, require_version=lambda _version: None, by="x", now=NOON)


def remove(member_id: str, hand_to: str | None = None) -> list[dict[str, Any]]:
    """The member removed, and the events that tell of it and of all else."""
    membership.remove_member(
        ACCOUNT, member_id, hand_to=hand_to, require_version=lambda _version: None, by="x", now=NOON
    )
    return events()


def events() -> list[dict[str, Any]]:
    items = boto3.client("dynamodb", REGION).scan(TableName="changes")["Items"]
    return [event for item in items for event in events_of(change_in(item))]


def hand_on(told: list[dict[str, Any]], *, rounds: int = handing_on.ROUNDS, pause_seconds: float = 0) -> None:
    """Each event handed to the function; the topic's filter leaves others to its own check."""
    for event in told:
        if event["type"] == "member.changed.v1":
            handing_on.hand_on(event, rounds=rounds, pause_seconds=pause_seconds)


def assignees(count: int = 4) -> list[str | None]:
    leads = [store.get_card(ACCOUNT.id, lead_id(number)).lead for number in range(count)]
    return [lead.assignee for lead in leads if lead]


def told() -> list[dict[str, Any]]:
    found = [json.loads(row["body"]) for row in rows("changes") if row["types"] == "lead.assigned.v1"]
    return [one for one in found if one.get("reason")]


def test_leads_go_to_the_heir_once_and_the_heir_is_told_once() -> None:
    begin()
    removal = remove(LEAVER.id, HEIR.id)
    for _ in range(2):
        hand_on(removal)
        assert assignees() == [HEIR.id, HEIR.id, HEIR.id, OTHER.id]
        assert len(told()) == 3
    assert {(one["from"], one["to"], one["reason"]) for one in told()} == {(LEAVER.id, HEIR.id, "member_removed")}
    assert list(list_assigned(ACCOUNT.id, LEAVER.id)) == []
    entries = [row for row in rows("accounts") if row.get("code") == "leads.handed_on"]
    assert [(row["audience"], row["about"]) for row in entries] == [(HEIR.id, LEAVER.id)]


def test_without_an_heir_leads_are_nobodys_and_keep_all_else() -> None:
    begin()
    before = store.get_card(ACCOUNT.id, lead_id(0))
    hand_on(remove(LEAVER.id), pause_seconds=0)
    assert assignees() == [None, None, None, OTHER.id]
    after = store.get_card(ACCOUNT.id, lead_id(0))
    assert after.contacts == before.contacts
    assert [row for row in rows("accounts") if row.get("code") == "leads.handed_on"] == []


@pytest.mark.parametrize("change", [{"role": Role.ANALYST}, None])
def test_an_heir_who_can_take_no_more_leads_gets_none(change: dict[str, Any] | None) -> None:
    begin()
    removal = remove(LEAVER.id, HEIR.id)
    if change is None:
        remove(HEIR.id)
    else:
        membership.change_member(ACCOUNT, HEIR.id, change, require_version=lambda _version: None, by="x", now=NOON)
    hand_on(removal)
    assert assignees() == [None, None, None, OTHER.id]


def test_an_heir_removed_at_any_moment_keeps_no_lead() -> None:
    begin(1)
    calls = count_calls(lambda: hand_on(remove(LEAVER.id, HEIR.id), pause_seconds=0))
    for call in range(calls):
        clear_tables()
        begin(1)
        removal = remove(LEAVER.id, HEIR.id)
        heirs: list[dict[str, Any]] = []
        run(
            lambda: hand_on(removal),  # noqa: B023 - run at once
            [Meanwhile(call, lambda: heirs.extend(remove(HEIR.id)))],  # noqa: B023
        )
        hand_on(heirs or remove(HEIR.id), pause_seconds=0)
        assert assignees(2) == [None, OTHER.id], call


def test_cut_off_anywhere_it_ends_alike() -> None:
    begin(1)
    calls = count_calls(lambda: hand_on(remove(LEAVER.id, HEIR.id), pause_seconds=0))
    for cut in cuts(calls):
        clear_tables()
        begin(1)
        removal = remove(LEAVER.id, HEIR.id)
        run(lambda: hand_on(removal), [cut])  # noqa: B023 - run at once
        assert assignees(2) == [HEIR.id, OTHER.id], cut
        assert len(told()) == 1, cut


def test_a_lead_somebody_took_meanwhile_stays_theirs() -> None:
    begin()
    removal = remove(LEAVER.id, HEIR.id)
    assigned(1, OTHER.id)
    hand_on(removal)
    assert assignees() == [HEIR.id, OTHER.id, HEIR.id, OTHER.id]


def test_a_lead_that_is_gone_holds_up_nothing() -> None:
    begin()
    removal = remove(LEAVER.id, HEIR.id)
    key = {"pk": {"S": f"{ACCOUNT.id}#{lead_id(0)}"}, "sk": {"S": "LEAD"}}
    boto3.client("dynamodb", REGION).update_item(  # expired long ago, and not yet cleared away
        TableName="leads",
        Key=key,
        UpdateExpression="SET activity_order = :order",
        ExpressionAttributeValues={":order": {"S": f"1900-01-01T00#{lead_id(0)}"}},
    )
    hand_on(removal)
    assert assignees() == [LEAVER.id, HEIR.id, HEIR.id, OTHER.id]


def test_a_lead_that_many_change_at_once_is_had_in_a_later_round() -> None:
    begin(1)
    removal = remove(LEAVER.id, HEIR.id)

    def touch() -> None:
        card = store.get_card(ACCOUNT.id, lead_id(0))
        assert card.lead is not None
        commit([store.save_lead(card.lead, replace(card.lead, version=card.lead.version + 1), 36_500)])

    meanwhile: list[Disturbance] = [Meanwhile(call, touch) for call in range(40)]
    assert run(lambda: hand_on(removal), meanwhile) == meanwhile
    assert assignees(1) == [HEIR.id]


def test_leads_still_there_at_the_end_bring_the_record_again() -> None:
    begin(1)
    removal = remove(LEAVER.id, HEIR.id)
    with pytest.raises(BusyError):
        hand_on(removal, rounds=1, pause_seconds=0)
    hand_on(removal)
    assert assignees(1) == [HEIR.id]


def test_other_changes_and_erased_accounts_are_none_of_its_business() -> None:
    begin(1)
    told_of_others = events()
    hand_on(told_of_others, pause_seconds=0)
    membership.change_member(
        ACCOUNT, LEAVER.id, {"name": "Budi"}, require_version=lambda _version: None, by="x", now=NOON
    )
    hand_on(events(), pause_seconds=0)
    assert assignees(1) == [LEAVER.id]
    removal = remove(LEAVER.id)
    handing_on.hand_on({**removal[0], "type": "lead.updated.v1"}, pause_seconds=0)
    assert assignees(1) == [LEAVER.id]
    boto3.client("dynamodb", REGION).delete_item(
        TableName="accounts", Key={"pk": {"S": f"ACCOUNT#{ACCOUNT.id}"}, "sk": {"S": "ACCOUNT"}}
    )
    hand_on(removal)
    assert assignees(1) == [LEAVER.id]
