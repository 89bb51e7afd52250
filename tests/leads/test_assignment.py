"""Assigning leads: to whom, to whom not, and who is told."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts import members_store as members
from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import MemberState, Role
from chalicelib.capture.intake import take_in
from chalicelib.leads import store as leads
from chalicelib.leads.lead import lead_id_of
from chalicelib.table import commit
from tests.builders import NOON, a_dm, a_member, an_account, stored_account
from tests.crashes import Meanwhile, count_calls, run
from tests.deployment import Api, Reply
from tests.state import clear_tables, rows

pytestmark = pytest.mark.usefixtures("aws")

LEAD_ID = lead_id_of(an_account().id, "tiktok", "customer-1")
LEAD = f"/v1/accounts/{an_account().id}/leads/{LEAD_ID}"
ADMIN_ID = a_member("admin-1").id
OPERATOR = a_member("operator-1", Role.OPERATOR)


def begin() -> None:
    """An account with an admin, an operator and one captured lead."""
    stored_account()
    commit(accounts.add_member(OPERATOR))
    take_in(a_dm("WA 0812-8834-5571"), an_account(), NOON + timedelta(minutes=1))


def assigned(api: Api, member_id: str | None, version: int = 1, **headers: str) -> Reply:
    return api("PUT", f"{LEAD}/assignee", {"member_id": member_id}, If_Match=f'"{version}"', **headers)


def remove_operator() -> None:
    commit(members.remove_member(dataclasses.replace(OPERATOR, state=MemberState.REMOVED, version=2)))


def notifications() -> list[dict[str, Any]]:
    return [row for row in rows("accounts") if row["kind"] == "notification"]


def changes() -> list[str]:
    found = [row for row in rows("changes") if row["subject"] == LEAD_ID]
    return [row["types"] for row in sorted(found, key=lambda row: row["version"])]


def test_a_lead_is_assigned_and_the_assignee_told(api: Api) -> None:
    begin()
    reply = assigned(api, OPERATOR.id)
    assert (reply.status, reply.json["assignee"], reply.headers["etag"]) == (200, OPERATOR.id, '"2"')
    assert api("GET", LEAD).json["assignee"] == OPERATOR.id
    (told,) = notifications()
    assert (told["code"], told["audience"]) == ("lead.assigned", OPERATOR.id)
    path = f"/v1/accounts/{an_account().id}/notifications"
    (shown,) = api("GET", path, as_="operator-1").json["notifications"]
    assert (shown["code"], shown["subject"]) == ("lead.assigned", LEAD_ID)
    entry = api("GET", f"{LEAD}/activity").json["activities"][0]
    assert (entry["kinds"], entry["actor"], entry["version"]) == (["lead.assigned"], ADMIN_ID, 2)
    assert entry["details"] == {"from": None, "to": OPERATOR.id}


def test_a_lead_is_handed_on_and_taken_from_everybody(api: Api) -> None:
    begin()
    assigned(api, OPERATOR.id)
    assert assigned(api, ADMIN_ID, 2).json["assignee"] == ADMIN_ID
    reply = assigned(api, None, 3)
    assert (reply.status, reply.json["assignee"], reply.json["version"]) == (200, None, 4)
    details = [one["details"] for one in api("GET", f"{LEAD}/activity").json["activities"]]
    assert details[:2] == [{"from": ADMIN_ID, "to": None}, {"from": OPERATOR.id, "to": ADMIN_ID}]
    assert changes()[1:] == ["lead.assigned.v1"] * 3


def test_who_assigns_themselves_is_not_told(api: Api) -> None:
    begin()
    assert assigned(api, OPERATOR.id, as_="operator-1").status == 200
    assert notifications() == []


@pytest.mark.parametrize("is_assigned", [True, False])
def test_the_same_assignee_again_changes_nothing(api: Api, *, is_assigned: bool) -> None:
    begin()
    version = 1
    if is_assigned:
        assigned(api, OPERATOR.id)
        version = 2
    reply = assigned(api, OPERATOR.id if is_assigned else None, version)
    assert (reply.status, reply.json["version"]) == (200, version)
    assert len(changes()) == version
    assert len(notifications()) == is_assigned


UNFIT = {
    "assignee_pending": dataclasses.replace(a_member("p"), role=Role.OPERATOR, state=MemberState.PENDING, subject=None),
    "assignee_not_allowed": a_member("analyst-1", Role.ANALYST),
    "assignee_is_machine": a_member("machine-1", Role.OPERATOR, is_machine=True),
}


@pytest.mark.parametrize("code", UNFIT)
def test_whoever_cannot_work_on_leads_is_refused_with_the_reason(api: Api, code: str) -> None:
    begin()
    commit(accounts.add_member(UNFIT[code]))
    reply = assigned(api, UNFIT[code].id)
    assert (reply.status, reply.json["code"]) == (409, code)
    assert len(changes()) == 1
    assert notifications() == []


def test_a_removed_member_is_refused(api: Api) -> None:
    begin()
    remove_operator()
    reply = assigned(api, OPERATOR.id)
    assert (reply.status, reply.json["code"]) == (409, "assignee_removed")


def test_a_member_of_another_account_is_as_unknown_as_nobody(api: Api) -> None:
    begin()
    stranger = a_member("stranger", account_id="acc_" + "9" * 32)
    commit(accounts.add_member(stranger))
    replies = [assigned(api, member) for member in (stranger.id, "mem_" + "0" * 32, LEAD_ID)]
    assert {(one.status, one.json["code"]) for one in replies} == {(409, "assignee_unknown")}


@pytest.mark.parametrize("body", [{}, {"member_id": "x"}, {"member_id": 1}, {"member_id": None, "note": ""}, []])
def test_a_faulty_assignment_is_refused(api: Api, body: Any) -> None:
    begin()
    reply = api("PUT", f"{LEAD}/assignee", body, If_Match='"1"')
    assert (reply.status, reply.json["code"]) == (422, "invalid")


def test_an_assignment_needs_the_version_read(api: Api) -> None:
    begin()
    without = api("PUT", f"{LEAD}/assignee", {"member_id": OPERATOR.id})
    assert (without.status, without.json["code"]) == (428, "version_required")
    assigned(api, OPERATOR.id)
    stale = assigned(api, ADMIN_ID, as_="operator-1")
    assert (stale.status, stale.json["code"]) == (412, "stale")
    assert api("GET", LEAD).json["assignee"] == OPERATOR.id


def test_a_member_removed_while_a_lead_is_assigned_to_them_never_gets_it(api: Api) -> None:
    begin()
    replies: list[Reply] = []
    calls = count_calls(lambda: replies.append(assigned(api, OPERATOR.id)))
    for call in range(calls):
        clear_tables()
        begin()
        replies.clear()
        run(lambda: replies.append(assigned(api, OPERATOR.id)), [Meanwhile(call, remove_operator)])
        lead = leads.get_card(an_account().id, LEAD_ID).lead
        assert lead is not None
        assert (replies[0].status, replies[0].json["code"]) == (409, "assignee_removed"), call
        assert lead.assignee is None
        assert notifications() == []


def test_a_contact_captured_meanwhile_makes_the_assigner_read_again(api: Api) -> None:
    begin()
    replies: list[Reply] = []
    calls = count_calls(lambda: replies.append(assigned(api, OPERATOR.id)))
    for call in range(calls):
        clear_tables()
        begin()
        replies.clear()

        def more() -> None:
            take_in(a_dm("email budi@pelanggan.example", number=2), an_account(), NOON + timedelta(minutes=2))

        run(lambda: replies.append(assigned(api, OPERATOR.id)), [Meanwhile(call, more)])
        card = leads.get_card(an_account().id, LEAD_ID)
        assert card.lead is not None
        assert len(card.contacts) == 2
        assert replies[0].status == 412, call
        assert card.lead.assignee is None
        assert notifications() == []


def test_a_later_hour_of_the_conversation_is_no_reason_to_refuse(api: Api) -> None:
    begin()
    replies: list[Reply] = []
    calls = count_calls(lambda: replies.append(assigned(api, OPERATOR.id)))
    for call in range(calls):
        clear_tables()
        begin()
        replies.clear()

        def later() -> None:
            take_in(a_dm("makasih", number=90), an_account(), NOON + timedelta(minutes=90))

        run(lambda: replies.append(assigned(api, OPERATOR.id)), [Meanwhile(call, later)])
        lead = leads.get_card(an_account().id, LEAD_ID).lead
        assert lead is not None
        assert (replies[0].status, lead.assignee, lead.activity) == (200, OPERATOR.id, "2026-11-20T13"), call
        assert len(notifications()) == 1


def test_analysts_assign_nothing_and_other_accounts_find_nothing(api: Api) -> None:
    begin()
    commit(accounts.add_member(UNFIT["assignee_not_allowed"]))
    assert assigned(api, OPERATOR.id, as_="analyst-1").status == 403
    other = api("POST", "/v1/accounts", {"name": "Lain", "market": "ID"}, as_="other").json["id"]
    path = f"/v1/accounts/{other}/leads/{LEAD_ID}/assignee"
    assert api("PUT", path, {"member_id": None}, as_="other", If_Match="*").status == 404
    assert assigned(api, OPERATOR.id, as_="other").status == 404
    assert changes() == ["lead.created.v1 lead.contact_captured.v1"]
