"""Who may do what, over every route there is: each role, whoever is none, and whoever is of another account."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib import auth
from chalicelib.accounts import members_store
from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import MemberState, Notification, Role
from chalicelib.capture.intake import conversation_id_of, take_in
from chalicelib.http import ROUTES, Endpoint
from chalicelib.ids import ordered_id
from chalicelib.leads.lead import lead_id_of
from chalicelib.openapi import document
from chalicelib.table import commit
from tests.builders import NOON, a_dm, a_member, an_account
from tests.deployment import Api, Reply
from tests.review.applications import applied

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("aws")

OURS, THEIRS, MISSING = (f"acc_{letter * 32}" for letter in "abc")

# Open to everybody who is signed in, whatever they are a member of.
OPEN = {"register_account", "get_me", "accept_invitation"}

WALKED = [one for one in ROUTES if "{proxy+}" not in one.path]


@dataclass(frozen=True)
class Somebody:
    """Who calls: the token's subject with its groups, and the role they have in our account, if any."""

    as_: str | None
    role: Role | None = None
    group: str | None = None


CALLERS = {
    "admin": Somebody("admin", Role.ADMIN),
    "operator": Somebody("operator", Role.OPERATOR),
    "analyst": Somebody("analyst", Role.ANALYST),
    "machine": Somebody("machine", Role.OPERATOR),
    "pending": Somebody("pending"),
    "removed": Somebody("removed"),
    "stranger": Somebody("stranger"),
    "reviewer": Somebody("rita reviewers", group=auth.REVIEWERS),
    "deployer": Somebody("ops deployers", group=auth.DEPLOYERS),
    "nobody": Somebody(None),
}
ROLES = [name for name, one in CALLERS.items() if one.role]


def begin() -> None:
    """Our account with a member of each kind, and theirs, of which none of ours is a member."""
    commit([accounts.add(an_account(id=OURS)), accounts.add(an_account(id=THEIRS))])
    for name, one in CALLERS.items():
        if one.role:
            commit(accounts.add_member(a_member(name, one.role, account_id=OURS, is_machine=name == "machine")))
    once = a_member("removed", account_id=OURS)
    commit(accounts.add_member(once))
    commit(members_store.remove_member(replace(once, state=MemberState.REMOVED, version=2)))
    commit(accounts.add_member(a_member("pending", account_id=OURS, state=MemberState.PENDING)))
    commit(accounts.add_member(a_member("their-admin", account_id=THEIRS)))


def path_of(route: Endpoint, ids: dict[str, str]) -> str:
    """The route's path with these ids, and one that names nothing where there is none."""
    return re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], f"{found[1][:3]}_" + "0" * 32), route.path)


def asked(api: Api, route: Endpoint, caller: Somebody, ids: dict[str, str], body: Any, query: str = "") -> Reply:
    sent = body if route.method in {"POST", "PUT", "PATCH"} else None
    return api(route.method, path_of(route, ids) + query, sent, as_=caller.as_, If_Match="*")


def expected(route: Endpoint, caller: Somebody) -> str:
    """What the table of roles says: `passes`, or the code of the refusal."""
    if route.is_public:
        return "passes"
    if caller.as_ is None:
        return "unauthorized"
    if route.group is not None:
        return "passes" if caller.group == route.group else "forbidden"
    if route.action is None:
        return "passes"
    if caller.role is None:
        return "not_found"
    return "passes" if caller.role in auth.ROLES_BY_ACTION[route.action] else "forbidden"


STATUSES = {"unauthorized": 401, "forbidden": 403, "not_found": 404}


def is_as(outcome: str, reply: Reply) -> bool:
    if outcome == "passes":
        return reply.status < 500 and (reply.json or {}).get("code") not in {"unauthorized", "forbidden"}
    return reply.status == STATUSES[outcome] and bool(reply.json["code"] == outcome)


def test_every_route_names_who_may_or_is_open_to_all_who_sign_in() -> None:
    open_routes = {one.name for one in WALKED if not (one.action or one.group or one.is_public)}
    assert open_routes == OPEN
    assert {one.name for one in WALKED if one.is_public} == {"get_health", "get_openapi"}
    assert all("{account_id}" in one.path for one in WALKED if one.action)
    assert not [one.name for one in WALKED if one.action and one.group]


@pytest.mark.parametrize("name", CALLERS)
def test_each_caller_may_do_what_the_table_of_roles_says(api: Api, name: str) -> None:
    begin()
    caller = CALLERS[name]
    wrong = []
    for route in WALKED:
        outcome = expected(route, caller)
        # Whether they may is told before anything is told of what they sent.
        for body, query in ((b"{", "?no_such=1"), ({}, ""), (minimal_body(route), "")):
            reply = asked(api, route, caller, {"account_id": OURS}, body, query)
            if not is_as(outcome, reply):
                wrong.append((route.method, route.path, outcome, reply.status, (reply.json or {}).get("code")))
    assert wrong == []


# Tenants


def their_ids(api: Api) -> dict[str, str]:
    """One of each thing in their account, by the name it has in a path."""
    account = an_account(id=THEIRS)
    dm = a_dm("WA 0812-8834-5571")
    take_in(dm, account, NOON)
    lead = lead_id_of(THEIRS, "tiktok", "customer-1")
    path = f"/v1/accounts/{THEIRS}"
    card = api("GET", f"{path}/leads/{lead}", as_="their-admin").json
    note = api("POST", f"{path}/leads/{lead}/notes", {"text": "catatan"}, as_="their-admin").json
    told = Notification(ordered_id("ntf", NOON), THEIRS, "test", lead, NOON)
    commit([accounts.add_notification(told)])
    return {
        "account_id": THEIRS,
        "application_id": applied(account).id,
        "contact_id": card["contacts"][0]["id"],
        "conversation_id": conversation_id_of(THEIRS, "tiktok", dm.conversation_id),
        "lead_id": lead,
        "member_id": a_member("their-admin", account_id=THEIRS).id,
        "note_id": note["id"],
        "notification_id": told.id,
    }


def told(reply: Reply) -> tuple[int, Any, set[str]]:
    """All that an answer tells, but for the request's own id."""
    body = {name: one for name, one in (reply.json or {}).items() if name != "request_id"}
    return reply.status, body, set(reply.headers)


@pytest.mark.parametrize("name", ROLES)
def test_what_is_of_another_account_is_answered_as_what_is_not_there(api: Api, name: str) -> None:
    begin()
    theirs = their_ids(api)
    of_accounts = [one for one in WALKED if one.action]
    assert {part for one in of_accounts for part in re.findall(r"\{(\w+)\}", one.path)} == set(theirs)
    told_apart = []
    for route in of_accounts:
        body = minimal_body(route)
        pairs = [(theirs, {"account_id": MISSING})]
        if route.path.count("{") > 1:
            pairs.append((theirs | {"account_id": OURS}, {"account_id": OURS}))
        for foreign, missing in pairs:
            one = asked(api, route, CALLERS[name], foreign, body)
            other = asked(api, route, CALLERS[name], missing, body)
            if told(one) != told(other) or one.status < 400:
                told_apart.append((route.method, route.path, told(one), told(other)))
    assert told_apart == []


def test_the_same_ids_are_there_for_who_is_of_their_account(api: Api) -> None:
    begin()
    theirs = their_ids(api)
    caller = Somebody("their-admin", Role.ADMIN)
    missed = []
    for route in WALKED:
        if route.action and route.method == "GET":
            reply = asked(api, route, caller, theirs, None)
            if reply.status != 200:
                missed.append((route.path, reply.status))
    assert missed == []


# Bodies

# What a description can't tell of the least a route takes.
BODIES: dict[str, Any] = {
    "add_contact": {"kind": "email", "value": "budi@pelanggan.example"},
    "create_lead": {"name": "Budi"},
}
# Ids of the account's own stand in these bodies; that those of another are as unknown as none, their own tests tell.
OF_THE_ACCOUNT = {"mark_notifications_read", "send_messages"}


def minimal_body(route: Endpoint) -> Any:
    """The least that the route takes, as its description tells it."""
    content = document()["paths"][route.path][route.method.lower()].get("requestBody", {}).get("content", {})
    return BODIES.get(route.name) or (_least(content["application/json"]["schema"]) if content else {})


def _least(schema: dict[str, Any]) -> Any:
    """The least value of a schema; of several kinds of value one of the first."""
    if "$ref" in schema:
        return _least(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return _least(schema["anyOf"][0])
    told = [schema[name] for name in ("const", "default") if name in schema]
    told += [schema[name][0] for name in ("enum", "examples") if name in schema]
    if told:
        return told[0]
    by_type: dict[str, Callable[[dict[str, Any]], Any]] = {
        "object": lambda of: {name: _least(of["properties"][name]) for name in of.get("required", ())},
        "array": lambda of: [_least(of["items"]) for _ in range(of.get("minItems", 0))],
        "integer": lambda of: of.get("minimum", 1),
        "number": lambda of: of.get("minimum", 1),
        "boolean": lambda _of: True,
        "null": lambda _of: None,
        "string": _least_text,
    }
    return by_type[schema["type"]](schema)


def _least_text(schema: dict[str, Any]) -> str:
    if schema.get("format") == "date-time":
        return "2026-11-20T12:00:00Z"
    of_id = re.match(r"\^([a-z]{3})_", schema.get("pattern", ""))
    if of_id or "[a-z]{3}_" in schema.get("pattern", ""):
        return f"{of_id[1] if of_id else 'mem'}_" + "0" * 32
    return "a" * int(schema.get("minLength", 1))


def test_the_least_of_each_shape_is_taken(api: Api) -> None:
    """Else the walks above would end at the body."""
    begin()
    faulty = {
        route.name
        for route in WALKED
        if route.body is not None and route.group is None
        if asked(api, route, CALLERS["admin"], {"account_id": OURS}, minimal_body(route)).status == 422
    }
    assert faulty == OF_THE_ACCOUNT
