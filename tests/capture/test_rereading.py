"""Reading stored messages again: what rules that have become better add, under the same consent, and nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Account, Capture, Interval, Role
from chalicelib.capture import rereading, store
from chalicelib.capture.extraction import RULE_SET
from chalicelib.capture.intake import _message, _settle_head, conversation_id_of, take_in
from chalicelib.capture.message import Customer, DirectMessage, Referral
from chalicelib.capture.rereading import Gained, NotCapturingError, Reread, reread
from chalicelib.capture.rereading_routes import _view
from chalicelib.leads import store as leads
from chalicelib.leads.card import remove_contact
from chalicelib.leads.lead import Contact, Evidence, EvidencePart, Place, lead_id_of
from chalicelib.leads.marking import mark_as_lead
from chalicelib.leads.rows import LeadTable
from chalicelib.table import commit, write_one
from tests.builders import NOON, a_dm, a_member, an_account, stored_account
from tests.crashes import Disturbance, Meanwhile, count_calls, cuts, run
from tests.deployment import Api, Reply
from tests.state import change_types, clear_tables, final_state, rows

pytestmark = pytest.mark.usefixtures("aws")

LATER = NOON + timedelta(days=1)
LEAD_ID = lead_id_of(an_account().id, "tiktok", "customer-1")
CHAT_1 = conversation_id_of(an_account().id, "tiktok", "chat-1")
REREADINGS = f"/v1/accounts/{an_account().id}/capture/re-readings"
PHONE = "+6281288345571"


def missed(*dms: DirectMessage, account: Account | None = None) -> None:
    """Messages taken in by rules that found nothing in them: the plain path of `take_in`, step by step."""
    account = account or an_account()
    for dm in dms:
        message = replace(_message(dm, account), is_possible_part=False)
        write_one(store.add_message(message, account.retention_days))
        if not write_one(store.move_forward(message, dm.customer)):
            _settle_head(dm, message, account, LATER)


def pages(*, is_dry_run: bool, account: Account | None = None, limit: int = 50) -> list[Reread]:
    found, position = [], None
    while True:
        page = reread(account or an_account(), position, limit, is_dry_run=is_dry_run, now=LATER)
        found.append(page)
        position = page.position
        if position is None:
            return found


def values(found: Sequence[Reread]) -> list[str]:
    return [one.contact.value for page in found for one in page.added]


def would_add(**how: Any) -> list[str]:
    return values(pages(is_dry_run=True, **how))


def added(**how: Any) -> list[str]:
    return values(pages(is_dry_run=False, **how))


def card(customer: str = "customer-1") -> dict[str, Contact]:
    found = leads.get_card(an_account().id, lead_id_of(an_account().id, "tiktok", customer))
    return {one.value: one for one in found.contacts.values() if one.stands}


AD = Referral("ad", advertiser_id="adv-1", ad_id="ad-7")
STORY = [
    a_dm("halo kak", number=1),
    a_dm("nomor saya 0812 8834", number=2),
    a_dm("sebentar ya", number=3),
    a_dm("5571", number=4),
    a_dm("baik kak, ditunggu", number=5, direction="outbound"),
    a_dm("email budi.santoso@pelanggan.example", number=8),
    a_dm("email saya budi.santoso@pelanggan.example ya", number=9),
    a_dm("WA 0857 1234 5678", number=1, conversation="chat-2", customer=Customer("customer-2", "sari")),
    a_dm("makasih", number=75),
]


# What it adds


def test_a_dry_run_tells_what_is_missing_and_writes_nothing() -> None:
    missed(*STORY)
    before = final_state()
    (page,) = pages(is_dry_run=True)
    assert sorted(values([page])) == [PHONE, "+6285712345678", "budi.santoso@pelanggan.example"]
    assert (page.conversations, page.messages, page.superseded) == (2, len(STORY) - 1, [])
    assert final_state() == before
    assert rows("changes") == []


def test_it_adds_what_the_dry_run_told_and_ends_as_if_the_present_rules_had_read_from_the_beginning() -> None:
    take_in(a_dm("promo?", number=0, referral=AD), an_account(), NOON)
    missed(*STORY)
    (told,) = pages(is_dry_run=True)
    (done,) = pages(is_dry_run=False)
    assert _comparable(done) == _comparable(told)
    again = {key: {n: v for n, v in row.items() if n != "is_possible_part"} for key, row in final_state().items()}
    types = change_types()
    clear_tables()
    for dm in (a_dm("promo?", number=0, referral=AD), *STORY):
        take_in(dm, an_account(), NOON + timedelta(hours=2))
    first = {key: {n: v for n, v in row.items() if n != "is_possible_part"} for key, row in final_state().items()}
    assert _without_renewed(again) == _without_renewed(first)
    assert sorted(types) == sorted(one for one in change_types() if one != "lead.updated.v1")


def _comparable(page: Reread) -> list[Any]:
    return [(one.lead_id, one.is_new_lead, one.contact) for one in page.added]


def _without_renewed(state: dict[str, Any]) -> dict[str, Any]:
    """A re-reading adds, and renews no evidence: which of a contact's messages name its lead, and its places."""
    kept = {"places", "lead_id"}
    return {key: {name: one for name, one in row.items() if name not in kept} for key, row in state.items()}


def test_once_more_it_adds_nothing_and_writes_nothing() -> None:
    missed(*STORY)
    assert len(added()) == 3
    state, told = final_state(), rows("changes")
    assert would_add() == added() == []
    assert final_state() == state
    assert rows("changes") == told


def test_what_capture_found_itself_is_neither_told_nor_written() -> None:
    for dm in STORY:
        take_in(dm, an_account(), LATER)
    state, told = final_state(), rows("changes")
    assert would_add() == added() == []
    assert (final_state(), rows("changes")) == (state, told)


def test_a_contact_split_over_messages_has_its_evidence_in_both() -> None:
    missed(a_dm("nomor saya 0812 8834", number=1), a_dm("5571", number=2))
    (page,) = pages(is_dry_run=False)
    evidence = card()[PHONE].evidence
    assert evidence is not None
    assert [(part.message_id, part.text) for part in evidence.parts] == [
        ("message-1", "0812 8834"), ("message-2", "5571"),
    ]  # fmt: skip
    assert (evidence.rule_set, evidence.captured_at) == (RULE_SET, LATER)
    assert evidence.policy_sha256 == an_account().capture.policy_sha256
    assert _view(page.added[0], is_masked=False).message_ids == ["message-1", "message-2"]
    named = [row["lead_id"] for row in rows("conversations") if row["kind"] == "message"]
    assert named == [LEAD_ID, LEAD_ID]
    head = store.find_conversation(an_account().id, CHAT_1)
    assert head is not None
    assert head.lead_id == LEAD_ID


def test_a_piece_of_what_is_found_now_gives_way_and_is_told() -> None:
    take_in(a_dm("0812 3456 789", number=1), an_account(), NOON)
    missed(a_dm("12", number=2))
    (told,), (done,) = pages(is_dry_run=True), pages(is_dry_run=False)
    for page in (told, done):
        assert values([page]) == ["+62812345678912"]
        assert [one.contact.value for one in page.superseded] == ["+628123456789"]
        assert _view(page.superseded[0], is_masked=False).message_ids == ["message-1"]
    assert set(card()) == {"+62812345678912"}


def test_what_other_rules_put_together_stays_beside_what_is_added() -> None:
    missed(a_dm("WA 0812-8834-5571, ukuran 42", number=1), a_dm("warna 7", number=2))
    parts = tuple(EvidencePart(CHAT_1, f"message-{n}", NOON + timedelta(minutes=n), 0, 2, "42") for n in (1, 2))
    old = Contact("phone", "+62427", (Place(Evidence(parts, "old", False, NOON, None, None, "2020-01-01")),))  # noqa: FBT003
    take_in(a_dm("email budi@pelanggan.example", number=30), an_account(), LATER)
    commit([leads.save_contact(an_account().id, LEAD_ID, old)])
    assert added() == [PHONE]
    assert set(card()) == {"+62427", PHONE, "budi@pelanggan.example"}


def test_a_second_contact_joins_the_lead_that_stands_and_is_told_as_captured() -> None:
    take_in(a_dm("0812-8834-5571", number=1), an_account(), NOON)
    missed(a_dm("email budi@pelanggan.example", number=70))
    (page,) = pages(is_dry_run=False)
    assert [one.is_new_lead for one in page.added] == [False]
    assert set(card()) == {PHONE, "budi@pelanggan.example"}
    assert change_types() == ["lead.created.v1 lead.contact_captured.v1", "lead.contact_captured.v1"]


def test_an_ad_that_waited_makes_the_new_lead_paid() -> None:
    take_in(a_dm("promo?", number=0, referral=AD), an_account(), NOON)
    missed(a_dm("0812-8834-5571", number=1))
    assert added() == [PHONE]
    lead = leads.find_lead(an_account().id, LEAD_ID)
    assert lead is not None
    assert (lead.source, lead.activity, lead.created_at) == ("paid", "2026-11-20T12", LATER)


# Consent


@pytest.mark.parametrize("capture", [Capture(), Capture(is_on=True), an_account().capture.switched(NOON, is_on=False)])
@pytest.mark.parametrize("is_dry_run", [True, False])
def test_nothing_is_read_again_before_approval_or_while_off(capture: Capture, *, is_dry_run: bool) -> None:
    missed(a_dm("0812-8834-5571"))
    with pytest.raises(NotCapturingError):
        reread(an_account(capture=capture), None, 50, is_dry_run=is_dry_run, now=LATER)
    assert rows("leads") == []


def test_nothing_is_read_again_once_the_approval_was_revoked() -> None:
    missed(a_dm("0812-8834-5571"))
    revoked = an_account(capture=an_account().capture.revoked(LATER))
    with pytest.raises(NotCapturingError):
        reread(revoked, None, 50, is_dry_run=False, now=LATER)


def test_what_was_processed_while_off_is_not_read_now() -> None:
    off = an_account(capture=an_account().capture.switched(NOON, is_on=False))
    take_in(a_dm("0812-8834-5571"), off, NOON)
    take_in(a_dm("nomor saya 0813 8834", number=2), off, NOON)
    missed(a_dm("5572", number=3))
    assert would_add() == added() == []


def test_what_was_sent_outside_the_intervals_there_are_now_is_not_read() -> None:
    missed(a_dm("nomor saya 0812 8834", number=1), a_dm("5571", number=10), a_dm("0813-8834-5572", number=20))
    since = Interval(NOON + timedelta(minutes=5))
    now_only = an_account(capture=replace(an_account().capture, intervals=(since,)))
    assert added(account=now_only) == ["+6281388345572"]


def test_neither_the_business_own_messages_nor_its_own_numbers_are_contacts() -> None:
    missed(a_dm("hubungi 0812-8834-5571", direction="outbound"), a_dm("toko 0811-0000-1111 kan?", number=2))
    assert would_add() == added() == []


def test_what_a_member_removed_is_not_added_again() -> None:
    take_in(a_dm("0812-8834-5571", number=1), an_account(), NOON)
    stored_account()
    contact = card()[PHONE]
    remove_contact(an_account(), LEAD_ID, contact.id, require_version=lambda _version: None, by="mem_1", now=NOON)
    missed(a_dm("WA 0812-8834-5571", number=70), a_dm("email budi@pelanggan.example", number=71))
    assert added() == ["budi@pelanggan.example"]
    assert set(card()) == {"budi@pelanggan.example"}


def test_nothing_expired_is_read() -> None:
    account = an_account(retention_days=30)
    missed(a_dm("0812-8834-5571", at=LATER - timedelta(days=30), message_id="old"), account=an_account())
    assert would_add(account=account) == []
    missed(a_dm("0813-8834-5572", at=LATER - timedelta(days=29), message_id="new"), account=an_account())
    assert added(account=account) == ["+6281388345572"]


@pytest.mark.parametrize("is_row_left", [True, False])
def test_a_customer_whose_lead_is_gone_gets_none_by_old_messages(*, is_row_left: bool) -> None:
    missed(a_dm("0812-8834-5571", number=1))
    mark_as_lead(an_account(), CHAT_1, by="mem_1", now=NOON)
    lead = leads.find_lead(an_account().id, LEAD_ID)
    assert lead is not None
    if is_row_left:
        commit([leads.save_lead(lead, replace(lead, activity="1900-01-01T00"), an_account().retention_days)])
    else:
        clear_leads()
    assert would_add() == added() == []


def clear_leads() -> None:
    """The removal of a lead, as the table's time-to-live does it."""
    for row in LeadTable.query(f"{an_account().id}#{LEAD_ID}"):
        row.delete()


def test_a_member_who_marked_the_customer_gets_the_contact_on_that_card() -> None:
    missed(a_dm("0812-8834-5571", number=1))
    mark_as_lead(an_account(), CHAT_1, by="mem_1", now=NOON)
    assert added() == [PHONE]
    assert change_types() == ["lead.created.v1", "lead.contact_captured.v1"]


def test_a_message_of_a_customer_the_thread_had_before_is_left() -> None:
    missed(a_dm("0812-8834-5571", number=1), a_dm("halo", number=2, customer=Customer("customer-2")))
    assert would_add() == added() == []


# Cut off, and others at the same time


def work() -> None:
    pages(is_dry_run=False)


def begin() -> None:
    clear_tables()
    missed(*STORY[1:6])


def is_added_once(plan: Sequence[Disturbance]) -> None:
    assert set(card()) == {PHONE, "budi.santoso@pelanggan.example"}, plan
    told = " ".join(change_types()).split()
    assert told.count("lead.created.v1") == 1, plan
    assert told.count("lead.contact_captured.v1") == 2, plan


def test_wherever_it_is_cut_off_each_contact_is_added_once() -> None:
    begin()
    for cut in cuts(count_calls(work)):
        begin()
        assert run(work, [cut]) == [cut]
        is_added_once([cut])


RIVALS: dict[str, Callable[[], None]] = {
    "the same DM once more": lambda: take_in(STORY[3], an_account(), LATER),
    "a new DM with the same number": lambda: take_in(a_dm("0812-8834-5571", number=20), an_account(), LATER),
    "another re-reading": work,
    "an ordinary DM": lambda: take_in(a_dm("halo", number=20), an_account(), LATER),
}


@pytest.mark.parametrize("name", RIVALS)
def test_whoever_else_writes_at_the_same_moment_each_contact_is_added_once(name: str) -> None:
    begin()
    for call in range(count_calls(work)):
        begin()
        rival: Disturbance = Meanwhile(call, RIVALS[name])
        assert run(work, [rival]) == [rival]
        is_added_once([rival])


@pytest.mark.parametrize("later", range(6))
def test_a_contact_removed_at_the_last_moment_is_not_added(later: int) -> None:
    """Between the look that found it missing and the write: what is committed is decided on what is read strongly."""
    take_in(a_dm("0812-8834-5571", number=1), an_account(), NOON)
    missed(a_dm("email budi@pelanggan.example", number=30))
    removed = Contact("email", "budi@pelanggan.example", is_removed=True)

    def remove() -> None:
        lead = leads.find_lead(an_account().id, LEAD_ID)
        assert lead is not None
        newer = replace(lead, version=lead.version + 1)
        contact = leads.save_contact(an_account().id, LEAD_ID, removed)
        commit([leads.save_lead(lead, newer, an_account().retention_days), contact])

    looking = count_calls(lambda: (pages(is_dry_run=True), None)[1])
    removal: Disturbance = Meanwhile(looking + later, remove)
    assert run(work, [removal]) == [removal]
    assert set(card()) == {PHONE}


# Pages


def a_crowd(many: int) -> list[str]:
    """Customers who each left a number among other messages, in conversations of one hour each."""
    for one in range(many):
        chat: dict[str, Any] = {"conversation": f"chat-{one}", "customer": Customer(f"customer-{one}")}
        start = one * 60
        missed(
            a_dm("halo", number=start, **chat),
            a_dm(f"WA 0812-8834-{5000 + one}", number=start + 1, **chat),
            a_dm("makasih", number=start + 2, **chat),
        )
    return [f"+628128834{5000 + one}" for one in range(many)]


@pytest.mark.parametrize("is_dry_run", [True, False])
@pytest.mark.parametrize(("limit", "examined", "with_thread"), [(2, 500, 50), (50, 2, 50), (50, 4, 50), (3, 500, 1)])
def test_pages_are_bounded_and_together_read_everything_once(
    limit: int, examined: int, with_thread: int, monkeypatch: pytest.MonkeyPatch, *, is_dry_run: bool
) -> None:
    monkeypatch.setattr(rereading, "MOST_EXAMINED", examined)
    monkeypatch.setattr(rereading, "MOST_WITH_THREAD", with_thread)
    wanted = a_crowd(7)
    found = pages(is_dry_run=is_dry_run, limit=limit)
    assert values(found) == wanted
    assert len(found) > 2
    assert sum(page.messages for page in found) == 21
    assert sum(page.conversations for page in found) == 7
    assert all(page.messages <= examined and len(page.added) <= with_thread for page in found)
    assert all(page.conversations <= limit for page in found)


def test_a_page_that_takes_too_long_ends_with_what_it_has_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rereading, "MOST_SECONDS", -1)
    wanted = a_crowd(2)
    found = pages(is_dry_run=False)
    assert values(found) == wanted
    assert [page.messages for page in found] == [1] * 6


def test_a_conversation_that_moves_meanwhile_is_met_all_the_same() -> None:
    wanted = a_crowd(4)
    first = reread(an_account(), None, 1, is_dry_run=False, now=LATER)
    take_in(a_dm("lagi", number=600, conversation="chat-1", customer=Customer("customer-1")), an_account(), LATER)
    found, position = [first], first.position
    while position is not None:
        found.append(reread(an_account(), position, 1, is_dry_run=False, now=LATER))
        position = found[-1].position
    assert sorted(values(found)) == wanted


# Through the API


def with_roles() -> None:
    stored_account()
    commit(accounts.add_member(a_member("analyst-1", Role.ANALYST)))
    commit(accounts.add_member(a_member("operator-1", Role.OPERATOR)))


def asked(api: Api, body: Any = None, **how: Any) -> Reply:
    return api("POST", REREADINGS, body if body is not None else {}, **how)


def test_an_admin_sees_first_and_adds_then(api: Api) -> None:
    with_roles()
    missed(a_dm("WA 0812-8834-5571"))
    told = asked(api)
    contact = {
        "conversation_id": CHAT_1, "lead_id": LEAD_ID, "is_new_lead": True, "kind": "phone", "value": PHONE,
        "rule": "phone-written", "message_ids": ["message-1"],
    }  # fmt: skip
    assert told.status == 200
    assert told.json == {
        "rule_set": RULE_SET, "read": {"conversations": 1, "messages": 1}, "would_add": [contact], "superseded": [],
    }  # fmt: skip
    assert api("GET", f"/v1/accounts/{an_account().id}/leads/{LEAD_ID}").status == 404
    done = asked(api, {"is_dry_run": False})
    assert (done.status, done.json["added"]) == (200, [contact])
    assert "would_add" not in done.json
    assert asked(api, {"is_dry_run": False}).json["added"] == []
    shown = api("GET", f"/v1/accounts/{an_account().id}/leads/{LEAD_ID}").json["contacts"]
    assert [(one["value"], one["evidence"]["rule_set"]) for one in shown] == [(PHONE, RULE_SET)]


@pytest.mark.parametrize("who", ["operator-1", "analyst-1"])
def test_who_is_no_admin_reads_nothing_again(api: Api, who: str) -> None:
    with_roles()
    missed(a_dm("WA 0812-8834-5571"))
    assert asked(api, as_=who).json["code"] == "forbidden"
    assert asked(api, as_="stranger").json["code"] == "not_found"


def test_an_account_that_is_off_or_pending_is_refused(api: Api) -> None:
    stored_account(capture=an_account().capture.switched(NOON, is_on=False))
    for is_dry_run in (True, False):
        refused = asked(api, {"is_dry_run": is_dry_run})
        assert (refused.status, refused.json["code"]) == (409, "not_capturing")


def test_pages_go_on_by_a_cursor_of_their_caller_and_kind(api: Api) -> None:
    with_roles()
    commit(accounts.add_member(a_member("admin-2")))
    wanted, found, cursor = a_crowd(3), [], None
    while True:
        page = asked(api, {"limit": 1, "cursor": cursor}).json
        found += [one["value"] for one in page["would_add"]]
        if "cursor" not in page:
            break
        cursor = page["cursor"]
    assert found == wanted
    for body, who in (({"is_dry_run": False}, "admin-1"), ({}, "admin-2")):
        refused = asked(api, {**body, "cursor": cursor}, as_=who)
        assert (refused.status, refused.json["code"]) == (400, "invalid_cursor")
    assert asked(api, {"cursor": ""}).json["code"] == "invalid_cursor"
    for wrong in ({"limit": 0}, {"limit": 51}, {"is_dry_run": "no"}, {"colour": "red"}):
        assert asked(api, wrong).status == 422


def test_a_key_twice_adds_once(api: Api) -> None:
    with_roles()
    missed(a_dm("WA 0812-8834-5571"))
    for expected in ([PHONE], []):
        reply = asked(api, {"is_dry_run": False}, Idempotency_Key="once")
        assert [one["value"] for one in reply.json["added"]] == expected
    assert asked(api, {"is_dry_run": True}, Idempotency_Key="once").status == 422


def test_whoever_sees_contacts_masked_sees_them_masked_here() -> None:
    missed(a_dm("WA 0812-8834-5571"))
    (page,) = pages(is_dry_run=True)
    gained: Gained = page.added[0]
    assert _view(gained, is_masked=True).value == "+62•••••5571"
