"""Editing a contact card: what is typed stands, in the form in which capture keeps it, and outlasts capture."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Role
from chalicelib.capture.intake import take_in
from chalicelib.events import store as changes
from chalicelib.leads import store
from chalicelib.leads.card import MOST_CONTACTS
from chalicelib.leads.lead import Contact, Origin, lead_id_of
from chalicelib.table import commit
from tests.builders import NOON, a_dm, a_lead, a_member, an_account, stored_account
from tests.crashes import Meanwhile, cuts, disturbed, run
from tests.deployment import Api, Reply
from tests.state import rows

pytestmark = pytest.mark.usefixtures("aws")

LEAD_ID = lead_id_of(an_account().id, "tiktok", "customer-1")
LEAD = f"/v1/accounts/{an_account().id}/leads/{LEAD_ID}"
PHONE, OTHER = "+6281288345571", "+6281288345572"


def wrote(text: str, number: int = 1) -> None:
    take_in(a_dm(text, number=number), an_account(), NOON + timedelta(minutes=number))


def a_captured_lead() -> None:
    stored_account()
    wrote("WA 0812-8834-5571")


def card(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api("GET", LEAD).json
    return found


def contacts(api: Api) -> dict[str, dict[str, Any]]:
    return {one["value"]: one for one in card(api)["contacts"]}


def added(api: Api, value: str, kind: str = "phone", **more: Any) -> Reply:
    return api("POST", f"{LEAD}/contacts", {"kind": kind, "value": value, **more})


def at(reply: Reply) -> str:
    return f"{LEAD}/contacts/{reply.json['id']}"


def told() -> list[dict[str, Any]]:
    """What the lead's history tells of each edit, the first one last."""
    found = [one for one in changes.list_history(an_account().id, LEAD_ID) if "what" in one.body]
    assert all(one.types == ("lead.updated.v1",) and one.actor == a_member("admin-1").id for one in found)
    return [one.body for one in reversed(found)]


def as_members(api: Api) -> None:
    for name, role in (("operator-1", Role.OPERATOR), ("analyst-1", Role.ANALYST)):
        commit(accounts.add_member(a_member(name, role)))


# Details


def test_details_are_typed_kept_and_removed(api: Api) -> None:
    a_captured_lead()
    asked = {"name": " Ibu Rina ", "company": "Toko", "address": "Jl. Melati 1\nBandung", "fields": {"size": "L"}}
    changed = api("PATCH", LEAD, asked, If_Match='"1"')
    assert (changed.status, changed.headers["etag"]) == (200, '"2"')
    assert changed.json == card(api)
    assert changed.json["name"] == "Ibu Rina"
    assert {name: changed.json[name] for name in ("company", "address", "fields")} == {
        name: asked[name] for name in ("company", "address", "fields")
    }
    assert told()[0]["fields"] == ["name", "company", "address", "fields"]
    less = api("PATCH", LEAD, {"company": None, "fields": {"colour": "red"}}, If_Match='"2"')
    assert (less.json["name"], less.json["company"], less.json["fields"]) == ("Ibu Rina", None, {"colour": "red"})
    assert told()[0] == {
        "lead_id": LEAD_ID, "status": "raw", "assignee": None, "what": "details_changed",
        "fields": ["company", "fields"],
    }  # fmt: skip
    assert api("PATCH", LEAD, {"fields": None, "name": None}, If_Match='"3"').json["fields"] == {}


def test_the_same_details_again_change_nothing(api: Api) -> None:
    a_captured_lead()
    api("PATCH", LEAD, {"company": "Toko"}, If_Match='"1"')
    again = api("PATCH", LEAD, {"company": "Toko"}, If_Match='"2"')
    assert (again.status, again.headers["etag"]) == (200, '"2"')
    assert api("PATCH", LEAD, {}, If_Match='"2"').headers["etag"] == '"2"'
    assert len(told()) == 1


def test_a_typed_name_stands_before_one_the_customer_states(api: Api) -> None:
    a_captured_lead()
    api("PATCH", LEAD, {"name": "Ibu Rina", "company": "Toko"}, If_Match='"1"')
    lead = store.get_card(an_account().id, LEAD_ID).lead
    assert lead is not None
    stated = lead.with_summary([Contact("name", "Dewi")])
    assert stated.name == "Ibu Rina"
    wrote("nama saya Dewi, WA 0812-8834-5572", 2)
    assert (card(api)["name"], card(api)["company"]) == ("Ibu Rina", "Toko")


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "  "}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"company": "a\u0000b"}, "/company"),
        ({"company": "a\nb"}, "/company"),
        ({"address": "a\u0007b"}, "/address"),
        ({"address": 7}, "/address"),
        ({"fields": {f"f{number}": "x" for number in range(21)}}, "/fields"),
        ({"fields": {"x" * 51: "x"}}, "/fields"),
        ({"fields": {"": "x"}}, "/fields"),
        ({"fields": {"size": "x" * 501}}, "/fields/size"),
        ({"fields": {"size": ["x"]}}, "/fields/size"),
        ({"status": "qualified"}, "/status"),
        ({"phone": PHONE}, "/phone"),
    ],
)
def test_details_that_are_none_are_refused(api: Api, asked: dict[str, Any], pointer: str) -> None:
    a_captured_lead()
    refused = api("PATCH", LEAD, asked, If_Match='"1"')
    assert (refused.status, refused.json["code"]) == (422, "invalid")
    assert [one["pointer"] for one in refused.json["errors"]] == [pointer]
    assert told() == []


def test_whoever_does_not_know_the_card_as_it_is_changes_nothing(api: Api) -> None:
    a_captured_lead()
    contact = at(added(api, OTHER))
    edits: list[tuple[str, str, Any]] = [
        ("PATCH", LEAD, {"company": "Toko"}), ("PATCH", contact, {"is_preferred": True}), ("DELETE", contact, None),
    ]  # fmt: skip
    for method, path, body in edits:
        assert api(method, path, body).json["code"] == "version_required"
        assert api(method, path, body, If_Match='"1"').json["code"] == "stale"
    assert len(told()) == 1


# Contacts


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("phone", "0812-8834-5572", OTHER),
        ("phone", " (0812) 8834 5572 ", OTHER),
        ("phone", "+62 812 8834 5572", OTHER),
        ("phone", "６２８１２８８３４５５７２", OTHER),
        ("phone", "60136609912", "+60136609912"),
        ("phone", "+65 9123 4567", "+6591234567"),
        ("email", " Rina@Pelanggan.Example", "rina@pelanggan.example"),
        ("email", "ri\u200bna＠pelanggan.example", "rina@pelanggan.example"),
        ("email", "rina@xn--bcher-kva.example", "rina@bücher.example"),
    ],
)
def test_what_is_typed_and_what_is_captured_is_one_contact(api: Api, kind: str, typed: str, value: str) -> None:
    a_captured_lead()
    reply = added(api, typed, kind)
    assert (reply.status, reply.json["value"]) == (201, value)
    assert reply.headers["location"] == at(reply)
    wrote(f"hubungi {value.replace('bücher', 'xn--bcher-kva')}", 2)
    assert set(contacts(api)) == {PHONE, value}
    assert contacts(api)[value] == reply.json


def test_a_contact_tells_how_it_came_onto_the_card(api: Api) -> None:
    a_captured_lead()
    typed = added(api, OTHER).json
    assert typed | {"added_at": ""} == {
        "id": Contact("phone", OTHER).id, "kind": "phone", "value": OTHER, "origin": "typed", "is_preferred": False,
        "added_at": "", "added_by": a_member("admin-1").id, "evidence": None, "suggestion": None,
    }  # fmt: skip
    assert api("GET", f"{LEAD}/contacts/{typed['id']}").json == typed
    captured = contacts(api)[PHONE]
    assert (captured["origin"], captured["added_by"]) == ("captured", None)
    assert captured["evidence"]["parts"][0]["text"] == "0812-8834-5571"
    assert told()[0] == {
        "lead_id": LEAD_ID, "status": "raw", "assignee": None, "what": "contact_added",
        "contact_id": typed["id"], "kind": "phone", "masked": "+62•••••5572",
    }  # fmt: skip


def test_a_contact_that_stands_is_taken_over_once(api: Api) -> None:
    a_captured_lead()
    captured = contacts(api)[PHONE]
    again = added(api, "0812 8834 5571")
    assert (again.status, again.json) == (200, captured)
    version = again.headers["etag"]
    assert added(api, "0812 8834 5571").headers["etag"] == version
    assert store.get_card(an_account().id, LEAD_ID).contacts[captured["id"]].is_touched
    wrote("WA 0812-8834-5571", 3)
    assert contacts(api)[PHONE] == captured


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone", "call me"),
        ("phone", "0812"),
        ("phone", "+62 1"),
        ("phone", "1 415 555 2671"),
        ("phone", "\u0000"),
        ("phone", "+" * 300),
        ("phone", "9" * 320),
        ("phone", "0811-0000-1111"),  # the account's own
        ("email", "rina"),
        ("email", "rina@"),
        ("email", "Rina <rina@pelanggan.example>"),
        ("email", "ri na@pelanggan.example"),
        ("email", "Halo@KopiSenja.example"),  # the account's own
        ("email", "@" * 300),
    ],
)
def test_a_value_that_is_no_customers_contact_is_refused(api: Api, kind: str, value: str) -> None:
    a_captured_lead()
    refused = added(api, value, kind)
    assert (refused.status, refused.json["code"]) == (422, "invalid")
    (fault,) = refused.json["errors"]
    assert fault["pointer"] == "/value"
    assert value not in fault["detail"]
    contact = f"{LEAD}/contacts/{Contact('phone', PHONE).id}"
    if kind == "phone":
        changed = api("PATCH", contact, {"value": value}, If_Match='"1"')
        assert (changed.status, [one["pointer"] for one in changed.json["errors"]]) == (422, ["/value"])
    assert list(contacts(api)) == [PHONE]


def test_kinds_and_bounds_of_a_contact(api: Api) -> None:
    a_captured_lead()
    for body in (
        {"kind": "name", "value": "Rina"},
        {"kind": "phone"},
        {"kind": "phone", "value": ""},
        {"kind": "phone", "value": "x" * 321},
        {"kind": "phone", "value": OTHER, "origin": "captured"},
    ):
        assert api("POST", f"{LEAD}/contacts", body).status == 422


def test_a_removed_contact_is_not_captured_again_until_somebody_types_it(api: Api) -> None:
    a_captured_lead()
    path = f"{LEAD}/contacts/{Contact('phone', PHONE).id}"
    removed = api("DELETE", path, If_Match='"1"')
    assert (removed.status, removed.headers["etag"]) == (204, '"2"')
    assert (told()[0]["what"], told()[0]["masked"]) == ("contact_removed", "+62•••••5571")
    assert card(api)["phone"] is None
    wrote("WA 0812-8834-5571", 2)
    wrote("nomor saya 0812 8834 5571", 3)
    assert contacts(api) == {}
    for method, body in (("GET", None), ("PATCH", {"is_preferred": True}), ("DELETE", None)):
        assert api(method, path, body, If_Match='"2"').json["code"] == "not_found"
    back = added(api, PHONE)
    assert (back.status, back.json["origin"], back.json["added_by"]) == (201, "typed", a_member("admin-1").id)
    assert card(api)["phone"] == PHONE


def test_a_corrected_contact_replaces_the_captured_one_for_good(api: Api) -> None:
    a_captured_lead()
    old = f"{LEAD}/contacts/{Contact('phone', PHONE).id}"
    preferred = api("PATCH", old, {"is_preferred": True}, If_Match='"1"')
    assert (preferred.status, preferred.json["is_preferred"]) == (200, True)
    assert told()[0]["what"] == "contact_preferred"
    corrected = api("PATCH", old, {"value": "0812 8834 5572"}, If_Match='"2"')
    assert (corrected.status, corrected.headers["etag"]) == (200, '"3"')
    assert (corrected.json["id"], corrected.json["origin"]) == (Contact("phone", OTHER).id, "typed")
    assert corrected.json["is_preferred"]
    assert (told()[0]["what"], told()[0]["contact_id"]) == ("contact_changed", corrected.json["id"])
    assert told()[0]["instead_of"] == preferred.json["id"]
    wrote("WA 0812-8834-5571", 2)
    assert set(contacts(api)) == {OTHER}
    assert api("GET", old).status == 404
    same = api("PATCH", at(corrected), {"value": OTHER}, If_Match='"3"')
    assert (same.headers["etag"], same.json) == ('"3"', corrected.json)
    assert api("PATCH", at(corrected), {}, If_Match='"3"').headers["etag"] == '"3"'


def test_a_contact_corrected_to_another_of_the_card_becomes_that_one(api: Api) -> None:
    a_captured_lead()
    typed = added(api, OTHER, is_preferred=True)
    old = f"{LEAD}/contacts/{Contact('phone', PHONE).id}"
    corrected = api("PATCH", old, {"value": OTHER}, If_Match=typed.headers["etag"])
    assert corrected.json == typed.json
    assert set(contacts(api)) == {OTHER}


def test_one_contact_of_a_kind_is_preferred_and_the_list_shows_it(api: Api) -> None:
    a_captured_lead()
    first = added(api, OTHER, is_preferred=True)
    added(api, "rina@pelanggan.example", "email", is_preferred=True)
    second = added(api, "0812-8834-5573", is_preferred=True)
    assert [one["value"] for one in card(api)["contacts"] if one["is_preferred"]] == [
        "rina@pelanggan.example", second.json["value"],
    ]  # fmt: skip
    wrote("ganti nomor 0812-8834-5574", 2)
    assert card(api)["phone"] == second.json["value"]
    version = api("GET", LEAD).headers["etag"]
    version = api("PATCH", at(first), {"is_preferred": True}, If_Match=version).headers["etag"]
    assert card(api)["phone"] == OTHER
    assert sum(one["is_preferred"] for one in card(api)["contacts"]) == 2
    assert added(api, OTHER).json["is_preferred"]
    api("PATCH", at(first), {"is_preferred": False}, If_Match=version)
    assert told()[0]["what"] == "contact_changed"
    assert not contacts(api)[OTHER]["is_preferred"]


def test_a_preferred_contact_stays_when_capture_finds_it_was_a_piece(api: Api) -> None:
    a_captured_lead()
    contact_id = Contact("phone", PHONE).id
    api("PATCH", f"{LEAD}/contacts/{contact_id}", {"is_preferred": True}, If_Match='"1"')
    assert store.get_card(an_account().id, LEAD_ID).contacts[contact_id].is_touched


def test_a_name_that_was_stated_can_be_corrected(api: Api) -> None:
    stored_account()
    stated, lead = Contact("name", "Riina"), a_lead(1)
    commit([
        store.add_lead(lead.with_summary([stated]), an_account().retention_days),
        store.save_contact(lead.account_id, lead.id, stated),
    ])  # fmt: skip
    path = f"{LEAD}/contacts/{stated.id}"
    assert api("PATCH", path, {"value": " "}, If_Match='"1"').status == 422
    assert api("PATCH", path, {"value": "x" * 201}, If_Match='"1"').status == 422
    assert api("PATCH", path, {"value": "a\u0007"}, If_Match='"1"').status == 422
    assert api("PATCH", path, {"value": " Rina "}, If_Match='"1"').json["value"] == "Rina"
    assert card(api)["name"] == "Rina"


def test_a_card_takes_a_hundred_contacts(api: Api) -> None:
    stored_account()
    lead = a_lead(1)
    account_id = lead.account_id
    commit([store.add_lead(lead, an_account().retention_days)])
    full = [Contact("phone", f"+62812883400{number:02}", origin=Origin.TYPED) for number in range(MOST_CONTACTS)]
    commit(store.save_contact(account_id, lead.id, one) for one in full)
    assert added(api, OTHER).json["code"] == "too_many_contacts"
    assert added(api, full[0].value).status == 200
    removed = api("DELETE", f"{LEAD}/contacts/{full[0].id}", If_Match=api("GET", LEAD).headers["etag"])
    assert removed.status == 204
    assert added(api, OTHER).status == 201


def test_an_added_contact_that_was_removed_since_does_not_come_back_by_repetition(api: Api) -> None:
    a_captured_lead()
    body = {"kind": "phone", "value": OTHER}
    first = api("POST", f"{LEAD}/contacts", body, Idempotency_Key="k-1")
    again = api("POST", f"{LEAD}/contacts", body, Idempotency_Key="k-1")
    assert (again.status, again.json) == (201, first.json)
    assert len(told()) == 1
    api("DELETE", at(first), If_Match=first.headers["etag"])
    assert api("POST", f"{LEAD}/contacts", body, Idempotency_Key="k-1").status == 404
    assert set(contacts(api)) == {PHONE}


def test_an_addition_repeated_undoes_nothing_that_was_done_since(api: Api) -> None:
    a_captured_lead()
    body = {"kind": "phone", "value": OTHER, "is_preferred": True}
    first = api("POST", f"{LEAD}/contacts", body, Idempotency_Key="k-1")
    second = added(api, "0812-8834-5573", is_preferred=True)
    again = api("POST", f"{LEAD}/contacts", body, Idempotency_Key="k-1")
    assert (again.status, again.json) == (201, first.json | {"is_preferred": False})
    assert again.headers["etag"] == second.headers["etag"]
    assert card(api)["phone"] == second.json["value"]
    assert len(told()) == 2


def test_an_addition_that_was_cut_off_before_it_was_made_is_made_under_its_key(api: Api) -> None:
    a_captured_lead()
    for number, cut in enumerate(cuts(8)):
        body = {"kind": "phone", "value": f"0812-8834-56{number:02}", "is_preferred": True}
        wrote(f"WA 0812-8834-56{number:02}", number + 2)

        def add(body: dict[str, Any] = body, key: str = f"k-{number}") -> None:
            for _ in range(2):
                reply = api("POST", f"{LEAD}/contacts", body, Idempotency_Key=key)
                if reply.json.get("code") == "still_running":
                    run_out(key)
                    continue
                assert reply.status < 300, reply.json

        run(add, [cut])
        assert card(api)["phone"] == f"+628128834{5600 + number}", cut


def run_out(key: str) -> None:
    """The time is over in which the first request of a key may still run."""
    for row in rows("accounts"):
        if row["kind"] == "idempotency" and "status" not in row:
            boto3.client("dynamodb").update_item(
                TableName="accounts", Key={"pk": {"S": row["pk"]}, "sk": {"S": row["sk"]}},
                UpdateExpression="SET running_until = :past", ExpressionAttributeValues={":past": {"N": "0"}},
            )  # fmt: skip


def test_who_edits_while_a_message_comes_in_loses_neither(api: Api) -> None:
    a_captured_lead()
    for call in range(1, 4):
        value = f"081288345{600 + call}"
        with disturbed([Meanwhile(call, lambda call=call: wrote(f"WA 0812-8834-57{call:02}", call + 1))]) as progress:  # type: ignore[misc]
            assert added(api, value).status == 201
        assert progress.remaining == []
    wanted = {f"+6281288345{600 + call}" for call in range(1, 4)} | {f"+62812883457{call:02}" for call in range(1, 4)}
    assert set(contacts(api)) == wanted | {PHONE}


def test_two_who_edit_at_once_never_lose_an_update(api: Api) -> None:
    a_captured_lead()

    def first() -> None:
        api("PATCH", LEAD, {"company": "Toko"}, If_Match='"1"')

    with disturbed([Meanwhile(3, first)]):
        second = api("PATCH", LEAD, {"address": "Jl. Melati 1"}, If_Match='"1"')
    assert second.json["code"] == "stale"
    assert (card(api)["company"], card(api)["address"]) == ("Toko", None)


# Who may


def test_an_operator_edits_and_an_analyst_does_not(api: Api) -> None:
    a_captured_lead()
    as_members(api)
    contact = f"{LEAD}/contacts/{Contact('phone', PHONE).id}"
    edits: list[tuple[str, str, Any]] = [
        ("PATCH", LEAD, {"company": "Toko"}),
        ("POST", f"{LEAD}/contacts", {"kind": "phone", "value": OTHER}),
        ("GET", contact, None),  # it would tell whether a number is on a card: its id is made of the number
        ("PATCH", contact, {"is_preferred": True}),
        ("DELETE", contact, None),
    ]
    for method, path, body in edits:
        assert api(method, path, body, as_="analyst-1", If_Match='"1"').json["code"] == "forbidden"
    for method, path, body in edits:
        version = api("GET", LEAD).headers["etag"]
        assert api(method, path, body, as_="operator-1", If_Match=version).status < 300


def test_a_card_of_another_account_can_neither_be_read_nor_edited(api: Api) -> None:
    a_captured_lead()
    other = api("POST", "/v1/accounts", {"name": "Lain", "market": "ID"}, as_="other").json["id"]
    contact_id = Contact("phone", PHONE).id
    for account_id in (other, an_account().id):
        lead = f"/v1/accounts/{account_id}/leads/{LEAD_ID}"
        for method, path, body in (
            ("PATCH", lead, {"company": "Toko"}),
            ("POST", f"{lead}/contacts", {"kind": "phone", "value": OTHER}),
            ("GET", f"{lead}/contacts/{contact_id}", None),
            ("PATCH", f"{lead}/contacts/{contact_id}", {"is_preferred": True}),
            ("DELETE", f"{lead}/contacts/{contact_id}", None),
        ):
            refused = api(method, path, body, as_="other", If_Match='"1"')
            assert (refused.status, refused.json["code"]) == (404, "not_found"), (method, path)
    assert api("GET", f"{LEAD}/contacts/con_{'0' * 32}").json["code"] == "not_found"
    assert api("GET", f"{LEAD}/contacts/{LEAD_ID}").json["code"] == "not_found"


def test_an_expired_card_is_not_edited(api: Api) -> None:
    stored_account(retention_days=1)
    take_in(a_dm("WA 0812-8834-5571"), an_account(retention_days=1), NOON)
    assert api("PATCH", LEAD, {"company": "Toko"}, If_Match='"1"').status == 404
    assert added(api, OTHER).status == 404


def test_an_analyst_sees_a_typed_card_masked(api: Api) -> None:
    a_captured_lead()
    as_members(api)
    added(api, "rina@pelanggan.example", "email")
    details = {"name": "Ibu Rina", "company": "Toko 0812", "address": "Melati", "fields": {"WA": PHONE}}
    api("PATCH", LEAD, details, If_Match='"2"')
    seen = api("GET", LEAD, as_="analyst-1").json
    assert [(one["id"], one["value"]) for one in seen["contacts"]] == [
        (None, "+62•••••5571"), (None, "r•••@pelanggan.example"),
    ]  # fmt: skip
    assert seen["contacts"][0]["evidence"]["parts"][0]["text"] is None
    assert (seen["name"], seen["company"], seen["address"], seen["fields"]) == ("I•••", None, None, None)
    for secret in ("8834", "rina@", "Rina", "Toko", "Melati"):
        assert secret not in json.dumps(seen)


def test_no_change_or_event_tells_what_was_typed(api: Api) -> None:
    a_captured_lead()
    added(api, "rina@pelanggan.example", "email")
    api("PATCH", LEAD, {"name": "Ibu Rina", "fields": {"size": "L"}}, If_Match='"2"')
    corrected = api("PATCH", f"{LEAD}/contacts/{Contact('phone', PHONE).id}", {"value": OTHER}, If_Match='"3"')
    api("DELETE", at(corrected), If_Match='"4"')
    kept = json.dumps([row for row in rows("changes") if row["subject"] == LEAD_ID], default=str)
    for secret in ("81288345", "rina@", "Rina", "size"):
        assert secret not in kept
    assert len(told()) == 4
