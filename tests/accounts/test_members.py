"""Inviting, accepting, binding machines, changing and removing members, and what a caller is a member of."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts import members_store, membership, store
from chalicelib.accounts.account import MemberState, Role
from chalicelib.accounts.roster import LastAdminError
from chalicelib.clock import utc_now
from chalicelib.http import etag
from chalicelib.table import BusyError, ChangedError, commit
from tests.builders import ADMIN, NOON, a_member, an_account, stored_account
from tests.crashes import Meanwhile, count_calls, cuts, run
from tests.deployment import Api, Reply
from tests.state import clear_tables, rows

pytestmark = pytest.mark.usefixtures("aws")

ACCOUNT = an_account().id
MEMBERS = f"/v1/accounts/{ACCOUNT}/members"
ADMIN_ID = a_member(ADMIN).id
OPERATOR = a_member("operator-1", Role.OPERATOR)
ANALYST = a_member("analyst-1", Role.ANALYST)


@pytest.fixture(autouse=True)
def _an_account_with_an_admin(aws: None) -> None:
    stored_account()


def joined(*members: Any) -> None:
    for one in members:
        commit(store.add_member(one))


def invited(api: Api, role: str = "operator", **fields: Any) -> Reply:
    return api("POST", MEMBERS, {"role": role, **fields})


def accepted(api: Api, token: str, as_: str) -> Reply:
    return api("POST", "/v1/invitations/accept", {"token": token}, as_=as_)


def changed(api: Api, member_id: str, version: int = 1, as_: str = ADMIN, **fields: Any) -> Reply:
    return api("PATCH", f"{MEMBERS}/{member_id}", fields, as_=as_, If_Match=etag(version))


def removed(api: Api, member_id: str, version: int = 1, as_: str = ADMIN, query: str = "") -> Reply:
    return api("DELETE", f"{MEMBERS}/{member_id}{query}", as_=as_, If_Match=etag(version))


def told() -> list[dict[str, Any]]:
    """The bodies of all changes of members, with their version and actor, in their order."""
    found = sorted((row for row in rows("changes") if row["types"] == "member.changed.v1"), key=lambda row: row["sk"])
    return [json.loads(row["body"]) | {"version": int(row["version"]), "actor": row["actor"]} for row in found]


def is_seated(subject: str) -> bool:
    return store.find_member(ACCOUNT, subject) is not None


# Invitations


def test_an_invitation_is_shown_once_and_makes_a_pending_member(api: Api) -> None:
    made = invited(api, name="Sari")
    assert made.status == 201
    assert made.headers["etag"] == '"1"'
    assert len(made.json["invitation"]) == 43  # 256 bits in base64
    assert (made.json["role"], made.json["state"], made.json["name"]) == ("operator", "pending", "Sari")
    read = api("GET", made.headers["location"])
    assert read.status == 200
    assert "invitation" not in read.json
    assert read.json["invited_until"] > made.json["created_at"]


def test_the_token_is_kept_as_a_hash_and_told_to_nobody_else(api: Api) -> None:
    token = invited(api, name="Sari Dewi").json["invitation"]
    accepted(api, token, "sari")
    everything = str([rows("accounts"), rows("changes")])
    assert token not in everything
    assert "Sari Dewi" not in str(rows("changes"))


def test_accepting_binds_the_caller_once_and_again_is_the_same(api: Api) -> None:
    made = invited(api, "analyst").json
    assert api("GET", MEMBERS, as_="sari").status == 404
    first, second = accepted(api, made["invitation"], "sari"), accepted(api, made["invitation"], "sari")
    assert (first.status, second.status) == (200, 200)
    assert first.json == second.json
    assert first.json["account_id"] == ACCOUNT
    assert (first.json["member"]["id"], first.json["member"]["state"]) == (made["id"], "bound")
    assert "subject" not in first.json["member"]
    assert api("GET", MEMBERS, as_="sari").status == 200
    assert accepted(api, made["invitation"], "thief").json["code"] == "invitation_invalid"
    assert [(one["state"], one["version"], one["actor"]) for one in told()] == [
        ("pending", 1, ADMIN_ID),
        ("bound", 2, made["id"]),
    ]


def test_a_token_that_invites_nobody_is_404(api: Api) -> None:
    withdrawn = invited(api).json
    removed(api, withdrawn["id"])
    week_ago = utc_now() - timedelta(days=7)
    _, expired = membership.invite(an_account(), "mem_" + "e" * 32, Role.ADMIN, None, by="x", now=week_ago)
    for token in (withdrawn["invitation"], expired, "none-of-ours", "ÿ\ud800", "x" * 200):
        refused = accepted(api, token, "sari")
        assert (refused.status, refused.json["code"]) == (404, "invitation_invalid")
        assert token not in str(refused.json)
    assert not is_seated("sari")
    assert accepted(api, "", "sari").status == 422
    assert accepted(api, "x" * 201, "sari").status == 422


def test_who_is_a_member_already_accepts_no_second_seat(api: Api) -> None:
    joined(ANALYST)
    token = invited(api, "admin").json["invitation"]
    refused = accepted(api, token, "analyst-1")
    assert (refused.status, refused.json["code"]) == (409, "already_member")
    assert api("POST", MEMBERS, {"role": "analyst"}, as_="analyst-1").status == 403
    assert accepted(api, token, "sari").status == 200


def test_accepting_after_a_removal_needs_a_new_invitation(api: Api) -> None:
    made = invited(api).json
    accepted(api, made["invitation"], "sari")
    assert removed(api, made["id"], 2).status == 200
    assert accepted(api, made["invitation"], "sari").status == 404
    again = invited(api).json
    assert accepted(api, again["invitation"], "sari").status == 200
    assert again["id"] != made["id"]


def test_an_invitation_cut_off_anywhere_binds_once(api: Api) -> None:
    def accept() -> None:
        membership.accept(tokens[-1], "sari", utc_now())

    tokens = [invited(api).json["invitation"]]
    for cut in cuts(count_calls(accept)):
        clear_tables()
        stored_account()
        tokens.append(invited(api).json["invitation"])
        run(accept, [cut])
        assert [one["state"] for one in told()] == ["pending", "bound"], cut
        assert is_seated("sari")


def test_of_two_who_accept_at_once_one_is_bound(api: Api) -> None:
    for call in range(5):
        clear_tables()
        stored_account()
        token = invited(api).json["invitation"]
        replies: list[Reply] = []
        other = Meanwhile(call, lambda: replies.append(accepted(api, token, "other")))  # noqa: B023 - run at once
        run(lambda: replies.append(accepted(api, token, "sari")), [other])  # noqa: B023
        assert sorted(one.status for one in replies) == [200, 404], call
        assert is_seated("other") != is_seated("sari")


def test_a_repeated_invitation_of_one_key_is_one_member_without_the_token(api: Api) -> None:
    first = api("POST", MEMBERS, {"role": "operator"}, Idempotency_Key="k-1")
    again = api("POST", MEMBERS, {"role": "operator"}, Idempotency_Key="k-1")
    assert (first.status, again.status) == (201, 201)
    assert again.json["id"] == first.json["id"]
    assert "invitation" in first.json
    assert "invitation" not in again.json
    assert len(told()) == 1


def test_an_account_has_a_bounded_number_of_members(api: Api) -> None:
    for number in range(98):
        commit(store.add_member(a_member(f"m-{number}", Role.ANALYST)))
    assert invited(api).status == 201
    for body in ({"role": "operator"}, {"role": "operator", "client_id": "crm"}):
        refused = api("POST", MEMBERS, body)
        assert (refused.status, refused.json["code"]) == (409, "too_many_members")
    assert removed(api, a_member("m-1").id).status == 200
    assert invited(api).status == 201


# Machines


def test_a_machine_is_bound_at_once_and_never_assignable(api: Api) -> None:
    made = invited(api, client_id="crm-client", name="CRM")
    assert made.status == 201
    assert (made.json["state"], made.json["is_machine"], made.json["subject"]) == ("bound", True, "crm-client")
    assert "invitation" not in made.json
    assert api("GET", MEMBERS, as_="crm-client").status == 200
    member = members_store.get_member(ACCOUNT, made.json["id"])
    assert member is not None
    assert not member.is_assignable
    again = invited(api, client_id="crm-client")
    assert (again.status, again.json["code"]) == (409, "already_member")
    # What is no client of the deployment is some person's subject, who never asked to be in.
    assert invited(api, client_id=ADMIN).json["errors"][0]["pointer"] == "/client_id"


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/role"}),
        ({"role": "owner", "name": "", "client_id": "a b", "x": 1}, {"/role", "/name", "/client_id", "/x"}),
        ({"role": "admin", "name": "a\nb"}, {"/name"}),
        ({"role": "admin", "client_id": "c" * 129}, {"/client_id"}),
        ({"role": None}, {"/role"}),
    ],
)
def test_a_faulty_member_is_refused_with_every_fault(api: Api, body: Any, pointers: set[str]) -> None:
    refused = api("POST", MEMBERS, body)
    assert refused.status == 422
    assert {one["pointer"] for one in refused.json["errors"]} == pointers


# Reading


def test_members_are_listed_page_by_page_to_every_role(api: Api) -> None:
    joined(OPERATOR, ANALYST)
    invited(api)
    gone = invited(api).json["id"]
    removed(api, gone)
    seen, cursor = [], ""
    while True:
        page = api("GET", f"{MEMBERS}?limit=1{cursor}", as_="analyst-1").json
        assert len(page["members"]) == 1
        seen += page["members"]
        if "cursor" not in page:
            break
        cursor = f"&cursor={page['cursor']}"
    assert sorted(one["state"] for one in seen) == ["bound", "bound", "bound", "pending"]
    assert gone not in [one["id"] for one in seen]
    assert not any("subject" in one for one in seen)
    assert {one.get("subject") for one in api("GET", MEMBERS).json["members"]} == {
        ADMIN, "operator-1", "analyst-1", None,
    }  # fmt: skip


def test_a_member_of_another_account_is_no_member(api: Api) -> None:
    other = a_member("other", account_id="acc_" + "9" * 32)
    joined(other)
    for member_id in (other.id, "mem_" + "0" * 32, "mem_x"):
        assert api("GET", f"{MEMBERS}/{member_id}").status == 404
        assert changed(api, member_id, role="analyst").status == 404
        assert removed(api, member_id).status == 404


def test_me_tells_who_i_am_and_where_i_am_a_member(api: Api) -> None:
    me = api("GET", "/v1/me", as_="sari reviewers").json
    assert me == {"subject": "sari", "groups": ["reviewers"], "memberships": []}
    others = [api("POST", "/v1/accounts", {"name": f"Toko {n}", "market": "ID"}, as_="sari").json["id"] for n in "abc"]
    accepted(api, invited(api, "analyst").json["invitation"], "sari")
    seen, cursor = [], ""
    while True:
        page = api("GET", f"/v1/me?limit=3{cursor}", as_="sari").json
        seen += page["memberships"]
        if "cursor" not in page:
            break
        cursor = f"&cursor={page['cursor']}"
    assert sorted(one["account_id"] for one in seen) == sorted([ACCOUNT, *others])
    (ours,) = (one for one in seen if one["account_id"] == ACCOUNT)
    assert (ours["account_name"], ours["market"], ours["role"]) == ("Kopi Senja", "ID", "analyst")
    removed(api, ours["member_id"], 2)
    assert ACCOUNT not in str(api("GET", "/v1/me", as_="sari").json)
    assert api("GET", f"/v1/me?limit=3{cursor}", as_="other").json["code"] == "invalid_cursor"


# Changing


def test_a_role_and_a_name_are_changed_at_once(api: Api) -> None:
    joined(OPERATOR)
    done = changed(api, OPERATOR.id, role="analyst", name="Budi")
    assert (done.status, done.json["role"], done.json["name"], done.headers["etag"]) == (200, "analyst", "Budi", '"2"')
    seat = store.find_member(ACCOUNT, "operator-1")
    assert seat is not None
    assert seat.role is Role.ANALYST
    same = changed(api, OPERATOR.id, 2, role="analyst")
    assert same.headers["etag"] == '"2"'
    assert changed(api, OPERATOR.id, 2, name=None).json["name"] is None
    assert changed(api, OPERATOR.id, 3).status == 200
    assert [(one["role"], one["version"]) for one in told()] == [("analyst", 2), ("analyst", 3)]
    assert "Budi" not in str(rows("changes"))


def test_a_pending_members_role_counts_once_accepted(api: Api) -> None:
    made = invited(api, "admin").json
    assert changed(api, made["id"], role="analyst").json["state"] == "pending"
    accepted(api, made["invitation"], "sari")
    assert api("POST", MEMBERS, {"role": "admin"}, as_="sari").status == 403


def test_a_change_names_the_state_it_knows(api: Api) -> None:
    joined(OPERATOR)
    path = f"{MEMBERS}/{OPERATOR.id}"
    assert api("PATCH", path, {"role": "admin"}).json["code"] == "version_required"
    assert api("DELETE", path).json["code"] == "version_required"
    changed(api, OPERATOR.id, name="Budi")
    assert changed(api, OPERATOR.id, role="admin").json["code"] == "stale"
    assert removed(api, OPERATOR.id).json["code"] == "stale"
    assert changed(api, OPERATOR.id, 2, role=None).status == 422


# The last admin


def test_the_last_admin_stays(api: Api) -> None:
    joined(OPERATOR)
    invited(api, "admin")
    invited(api, "admin", client_id="crm")
    for refused in (
        changed(api, ADMIN_ID, role="operator"),
        removed(api, ADMIN_ID),
        changed(api, ADMIN_ID, as_="crm", role="operator"),
    ):
        assert (refused.status, refused.json["code"]) == (409, "last_admin")
    assert changed(api, ADMIN_ID, name="Ibu").status == 200
    assert changed(api, OPERATOR.id, role="admin").status == 200
    assert removed(api, ADMIN_ID, 2).status == 200
    assert removed(api, OPERATOR.id, 2, as_="operator-1").json["code"] == "last_admin"


def two_leavings() -> Iterator[tuple[Callable[[], object], Callable[[], object]]]:
    """Two admins who stop being one, each by the other's leave, in every way it can be done."""

    def leave(member_id: str) -> Callable[[], object]:
        return lambda: membership.remove_member(
            an_account(), member_id, hand_to=None, require_version=lambda _version: None, by="x", now=NOON
        )

    def step_down(member_id: str) -> Callable[[], object]:
        return lambda: membership.change_member(
            an_account(), member_id, {"role": Role.ANALYST}, require_version=lambda _version: None, by="x", now=NOON
        )

    second = a_member("admin-2").id
    for first_way in (leave, step_down):
        for second_way in (leave, step_down):
            yield first_way(ADMIN_ID), second_way(second)


def test_of_two_admins_who_leave_at_once_one_stays() -> None:
    def refused(work: Callable[[], object]) -> bool:
        try:
            work()
        except LastAdminError:
            return True
        return False

    for one, other in two_leavings():
        for call in range(3):
            clear_tables()
            stored_account()
            joined(a_member("admin-2"))
            outcomes: list[bool] = []
            meanwhile = Meanwhile(call, lambda: outcomes.append(refused(other)))  # noqa: B023 - run at once
            run(lambda: outcomes.append(refused(one)), [meanwhile])  # noqa: B023
            assert sorted(outcomes) == [False, True], call
            admins = [row for row in rows("accounts") if row["kind"] == "seat" and row["role"] == "admin"]
            assert len(admins) == 1


def test_a_roster_that_never_stands_still_is_told_so() -> None:
    def move() -> None:
        commit([members_store.move_roster(members_store.read_roster(ACCOUNT))])

    def invite() -> None:
        membership.invite(an_account(), OPERATOR.id, Role.ADMIN, None, by="x", now=NOON)

    with pytest.raises(BusyError):
        run(invite, [Meanwhile(3 * number + 2, move) for number in range(8)])


# Removing


def test_a_removed_member_has_no_way_in_and_keeps_a_name(api: Api) -> None:
    joined(dataclasses.replace(OPERATOR, name="Budi"))
    gone = removed(api, OPERATOR.id)
    assert (gone.status, gone.json["state"], gone.headers["etag"]) == (200, "removed", '"2"')
    assert api("GET", MEMBERS, as_="operator-1").status == 404
    assert not is_seated("operator-1")
    assert api("GET", f"{MEMBERS}/{OPERATOR.id}").json["name"] == "Budi"
    assert removed(api, OPERATOR.id, 2).json == gone.json
    assert changed(api, OPERATOR.id, 2, role="admin").json["code"] == "member_removed"
    (change,) = told()
    assert change == {
        "member_id": OPERATOR.id, "role": "operator", "state": "removed", "handed_to": None,
        "version": 2, "actor": ADMIN_ID,
    }  # fmt: skip


def test_leads_are_handed_to_who_can_be_assigned_some(api: Api) -> None:
    joined(OPERATOR, ANALYST, a_member("operator-2", Role.OPERATOR))
    machine = invited(api, client_id="crm").json["id"]
    pending = invited(api).json["id"]
    for heir in (OPERATOR.id, ANALYST.id, machine, pending, "mem_" + "0" * 32, "x"):
        refused = removed(api, OPERATOR.id, query=f"?hand_to={heir}")
        assert refused.status == 422, heir
        assert [one["parameter"] for one in refused.json["errors"]] == ["hand_to"]
    heir = a_member("operator-2").id
    assert removed(api, OPERATOR.id, query=f"?hand_to={heir}").json["handed_to"] == heir
    assert told()[-1]["handed_to"] == heir


def test_a_removal_cut_off_anywhere_is_done_once(api: Api) -> None:
    def leave() -> None:
        membership.remove_member(
            an_account(), OPERATOR.id, hand_to=None, require_version=lambda _version: None, by="x", now=NOON
        )

    joined(OPERATOR)
    for cut in cuts(count_calls(leave)):
        clear_tables()
        stored_account()
        joined(OPERATOR)
        run(leave, [cut])
        assert [one["state"] for one in told()] == ["removed"], cut
        assert not is_seated("operator-1")


def test_only_admins_change_members(api: Api) -> None:
    joined(OPERATOR, ANALYST)
    for subject in ("operator-1", "analyst-1"):
        assert api("POST", MEMBERS, {"role": "admin"}, as_=subject).status == 403
        assert changed(api, ADMIN_ID, as_=subject, role="analyst").status == 403
        assert removed(api, OPERATOR.id, as_=subject).status == 403


def test_who_assigns_on_the_word_of_a_member_loses_to_their_removal() -> None:
    joined(OPERATOR)
    check = members_store.is_still_bound(OPERATOR)
    commit([check, members_store.move_roster(members_store.read_roster(ACCOUNT))])
    removed_ = dataclasses.replace(OPERATOR, state=MemberState.REMOVED, version=2)
    commit(members_store.remove_member(removed_))
    with pytest.raises(ChangedError):
        commit([check, members_store.move_roster(members_store.read_roster(ACCOUNT))])


def test_registering_is_told_as_a_membership(api: Api) -> None:
    account_id = api("POST", "/v1/accounts", {"name": "Toko", "market": "ID"}, as_="sari").json["id"]
    member = store.find_member(account_id, "sari")
    assert member is not None
    assert told() == [
        {"member_id": member.id, "role": "admin", "state": "bound", "version": 1, "actor": member.id},
    ]
    assert members_store.read_roster(account_id).version == 1
