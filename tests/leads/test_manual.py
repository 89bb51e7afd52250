"""Leads that somebody types or hands in from a form: whole, once, and told without their contacts."""

import functools
import json
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Role
from chalicelib.capture.message import FormAd, LeadFormSubmission
from chalicelib.clock import utc_now, written
from chalicelib.faults import convert
from chalicelib.leads import card, store
from chalicelib.leads.forms import take_in_form
from chalicelib.leads.lead import Contact, Origin, form_lead_id_of
from chalicelib.leads.manual import make_lead
from chalicelib.leads.shapes import NewLead
from chalicelib.table import commit
from tests.builders import NOON, a_form, a_lead, a_member, an_account, stored_account
from tests.crashes import Disturbance, Meanwhile, count_calls, cuts, disturbed, run, single_and_double_cuts
from tests.deployment import Api, Reply
from tests.state import clear_tables, final_state, rows

pytestmark = pytest.mark.usefixtures("aws")

PATH = f"/v1/accounts/{an_account().id}/leads"
PHONE = {"kind": "phone", "value": "0812-8834-5571"}
EMAIL = {"kind": "email", "value": "Rina@Pelanggan.example"}
FORM: dict[str, Any] = {"channel": "lead_form", "external_id": "7126711421177430274", "contacts": [PHONE]}
FORM_ID = form_lead_id_of(an_account().id, "tiktok", "7126711421177430274")


def made(api: Api, as_: str = "admin-1", /, *, key: Any = None, **asked: Any) -> Reply:
    headers = {"Idempotency_Key": key} if key else {}
    return api("POST", PATH, asked, as_=as_, **headers)


def leads() -> list[dict[str, Any]]:
    return [row for row in rows("leads") if row["kind"] == "lead"]


def told() -> list[dict[str, Any]]:
    return [json.loads(row["body"]) for row in rows("changes") if row["types"] == "lead.created.v1"]


def test_a_lead_is_typed_with_all_that_is_known(api: Api) -> None:
    stored_account()
    asked = {"name": " Rina ", "company": "Toko", "address": "Jl. Melati 1", "fields": {"size": "L"}}
    reply = made(api, contacts=[PHONE, EMAIL, {**PHONE, "value": "+6281288345571"}], **asked)
    assert (reply.status, reply.headers["etag"]) == (201, '"1"')
    assert reply.headers["location"] == f"{PATH}/{reply.json['id']}"
    assert api("GET", f"{PATH}/{reply.json['id']}").json == reply.json
    wanted = asked | {
        "name": "Rina", "phone": "+6281288345571", "email": "rina@pelanggan.example", "status": "raw",
        "source": "organic", "channel": "manual", "conversation_id": None, "first_touch": None, "form": None,
        "customer": {"id": None, "platform": None, "username": None, "name": None}, "version": 1,
    }  # fmt: skip
    assert {name: reply.json[name] for name in wanted} == wanted
    assert {(one["kind"], one["value"], one["origin"], one["added_by"]) for one in reply.json["contacts"]} == {
        ("phone", "+6281288345571", "typed", a_member("admin-1").id),
        ("email", "rina@pelanggan.example", "typed", a_member("admin-1").id),
    }
    (listed,) = api("GET", f"{PATH}?channel=manual&has_email=true").json["leads"]
    assert listed["id"] == reply.json["id"]
    (body,) = told()
    assert body == {
        "lead_id": reply.json["id"], "conversation_id": None, "status": "raw", "source": "organic",
        "channel": "manual", "contacts": [
            {"kind": "phone", "masked": "+62•••••5571"}, {"kind": "email", "masked": "r•••@pelanggan.example"},
        ],
    }  # fmt: skip


def test_a_name_is_enough(api: Api) -> None:
    stored_account()
    assert made(api, name="Rina").status == 201
    assert made(api, source="paid", name="Rina").json["source"] == "paid"
    assert len(leads()) == 2


def test_a_lead_of_an_ad_is_paid_and_keeps_it(api: Api) -> None:
    stored_account()
    ad = {"campaign_id": "7126711421177430002", "ad_id": "7126711421177430004", "ad_name": "Video"}
    reply = made(api, **FORM, ad=ad, submitted_at="2026-11-20T19:00:00+07:00", form={"id": "5", "name": "Prices"})
    assert reply.json["source"] == "paid"
    assert reply.json["first_touch"] == reply.json["last_touch"] == {"at": written(NOON), **ad}
    assert reply.json["form"] == {
        "lead_id": FORM["external_id"], "submitted_at": written(NOON), "form_id": "5", "form_name": "Prices",
        "is_test": False, "answers": [],
    }  # fmt: skip
    assert reply.json["customer"]["platform"] == "tiktok"
    assert made(api, name="Rina", ad={}).json["source"] == "paid"


def test_a_form_entry_is_one_lead_however_often_it_comes(api: Api) -> None:
    stored_account()
    first = made(api, **FORM)
    assert (first.status, first.json["id"]) == (201, FORM_ID)
    api("PATCH", f"{PATH}/{FORM_ID}", {"company": "Toko"}, If_Match='"1"')
    again = made(api, **FORM | {"contacts": [EMAIL], "name": "Other"})
    assert (again.status, again.headers["etag"]) == (200, '"2"')
    assert (again.json["company"], again.json["email"], again.json["name"]) == ("Toko", None, None)
    assert len(told()) == len(leads()) == 1


def test_two_who_hand_in_one_entry_at_once_make_one_lead(api: Api) -> None:
    stored_account()

    def other() -> None:
        assert made(api, **entry).status == 201

    for call in range(4):
        entry = FORM | {"external_id": f"entry-{call}"}
        with disturbed([Meanwhile(call, other)]) as progress:
            assert made(api, **entry).status == 200
        assert progress.remaining == []
    assert len(told()) == len(leads()) == 4


def test_a_lead_cut_off_anywhere_and_handed_in_again_is_one_and_told_once(aws: None) -> None:
    account = stored_account()

    def make(entry: str) -> None:
        asked = convert(FORM | {"external_id": entry}, NewLead)
        make_lead(account, asked, "led_" + "0" * 32, by="mem_1", now=utc_now())

    calls = count_calls(functools.partial(make, "first"))
    for number, cut in enumerate(cuts(calls)):
        assert run(functools.partial(make, str(number)), [cut]) == [cut]
    assert len(leads()) == len(told()) == 1 + 2 * calls


def test_the_same_key_makes_one_lead_and_answers_it_as_it_is(api: Api) -> None:
    stored_account()
    first = made(api, key="k-1", name="Rina")
    api("PATCH", f"{PATH}/{first.json['id']}", {"company": "Toko"}, If_Match='"1"')
    again = made(api, key="k-1", name="Rina")
    assert (again.status, again.json["id"], again.json["company"]) == (201, first.json["id"], "Toko")
    assert made(api, key="k-1", name="Budi").json["code"] == "idempotency_key_reused"
    form = made(api, key="k-2", **FORM)
    assert made(api, key="k-2", **FORM).json == form.json
    assert len(leads()) == 2


@pytest.mark.parametrize(
    ("asked", "pointers"),
    [
        ({}, ["/contacts"]),
        ({"contacts": []}, ["/contacts"]),
        ({"company": "Toko"}, ["/contacts"]),
        ({"contacts": [PHONE] * 21}, ["/contacts"]),
        ({"contacts": [PHONE, {"kind": "phone", "value": "x"}, {"kind": "email", "value": "halo@kopisenja.example"}]},
         ["/contacts/1/value", "/contacts/2/value"]),
        ({"contacts": [{"kind": "name", "value": "Rina"}]}, ["/contacts/0/kind"]),
        ({"name": "Rina", "channel": "lead_form"}, ["/external_id"]),
        ({"name": "Rina", "channel": "direct_message"}, ["/channel"]),
        ({"name": "Rina", "channel": "import"}, ["/channel"]),
        ({"name": "Rina", "source": "bought"}, ["/source"]),
        ({"name": "Rina", "platform": "other"}, ["/platform"]),
        ({"name": "Rina", "external_id": "1", "form": {"id": "1"}, "submitted_at": written(NOON)},
         ["/external_id", "/form", "/submitted_at"]),
        (FORM | {"submitted_at": "0001-01-01T00:00:00+14:00"}, ["/submitted_at"]),
        (FORM | {"submitted_at": "9999-12-31T23:59:59-14:00"}, ["/submitted_at"]),
        (FORM | {"submitted_at": written(utc_now() + timedelta(days=2))}, ["/submitted_at"]),
        (FORM | {"submitted_at": "2026-11-20T12:00:00"}, ["/submitted_at"]),
        (FORM | {"external_id": 7}, ["/external_id"]),
        (FORM | {"external_id": "x" * 201}, ["/external_id"]),
        (FORM | {"external_id": "a\u0000"}, ["/external_id"]),
        (FORM | {"ad": {"campaign": "1"}}, ["/ad/campaign"]),
        ({"name": "Rina", "fields": {"size": "x" * 501}}, ["/fields/size"]),
        ({"name": "Rina", "status": "raw"}, ["/status"]),
    ],
)  # fmt: skip
def test_every_fault_of_a_lead_is_told_at_once(api: Api, asked: dict[str, Any], pointers: list[str]) -> None:
    stored_account()
    refused = made(api, **asked)
    assert (refused.status, refused.json["code"]) == (422, "invalid")
    assert [one["pointer"] for one in refused.json["errors"]] == pointers
    assert leads() == []


def test_an_entry_that_comes_after_its_lead_expired_makes_a_new_one(api: Api) -> None:
    stored_account(retention_days=20_000)
    decided = Contact("email", "rina@pelanggan.example", is_removed=True)
    left = Contact("phone", "+6281288345579", origin=Origin.FORM)
    commit([
        store.add_lead(a_lead(id=FORM_ID, activity="1970-01-02T00", version=7, company="Toko"), 20_000),
        *(store.save_contact(an_account().id, FORM_ID, one) for one in (decided, left)),
    ])  # fmt: skip
    assert api("GET", f"{PATH}/{FORM_ID}").status == 404
    reply = made(api, **FORM)
    assert (reply.status, reply.headers["etag"], reply.json["company"]) == (201, '"8"', None)
    assert [one["value"] for one in reply.json["contacts"]] == ["+6281288345571"]
    assert api("GET", f"{PATH}/{FORM_ID}").json == reply.json


def test_of_what_an_expired_lead_left_nothing_comes_back_however_much_it_is(api: Api) -> None:
    stored_account(retention_days=20_000)
    commit([store.add_lead(a_lead(id=FORM_ID, activity="1970-01-02T00"), 20_000)])
    for number in range(130):
        left = Contact("phone", f"+62812883{number:05}", origin=Origin.FORM)
        commit([store.save_contact(an_account().id, FORM_ID, left)])
    reply = made(api, **FORM)
    assert (reply.status, [one["value"] for one in reply.json["contacts"]]) == (201, ["+6281288345571"])
    assert api("GET", f"{PATH}/{FORM_ID}").json == reply.json


# The platform's own copy of an entry that was handed in first

ENTRY = a_form(
    ad=FormAd(ad_id="3"), phone_number="0812-8834-5571", email="Budi@Pelanggan.example", name="Budi", warna="merah"
)


def entry_came(submission: LeadFormSubmission = ENTRY) -> bool:
    return take_in_form(submission, an_account(), utc_now())


def test_an_entry_that_was_handed_in_gets_its_answers_from_the_platform(api: Api) -> None:
    stored_account()
    typed = made(api, **FORM, company="Toko")
    assert entry_came()
    shown = api("GET", f"{PATH}/{FORM_ID}")
    assert (shown.headers["etag"], shown.json["company"], shown.json["created_at"]) == (
        '"2"', "Toko", typed.json["created_at"],
    )  # fmt: skip
    assert {(one["value"], one["origin"]) for one in shown.json["contacts"]} == {
        ("+6281288345571", "typed"), ("budi@pelanggan.example", "form"), ("Budi", "form"),
    }  # fmt: skip
    assert (shown.json["phone"], shown.json["email"]) == ("+6281288345571", "budi@pelanggan.example")
    assert shown.json["form"] == {
        "lead_id": FORM["external_id"], "submitted_at": written(NOON), "form_id": "55", "form_name": "Promo kopi",
        "is_test": False, "answers": [{"field": one.field, "value": one.value} for one in ENTRY.fields],
    }  # fmt: skip
    assert (shown.json["source"], shown.json["first_touch"]["ad_id"]) == ("paid", "3")
    (entry, _) = api("GET", f"{PATH}/{FORM_ID}/activity").json["activities"]
    assert (entry["kinds"], entry["actor"], entry["details"]["what"]) == (["lead.updated"], "system", "form_completed")
    assert [one["kind"] for one in entry["details"]["contacts"]] == ["email", "name"]
    assert "Budi" not in json.dumps(entry)


def test_the_platforms_copies_that_follow_change_nothing(api: Api) -> None:
    stored_account()
    made(api, **FORM)
    entry_came()
    before = final_state()
    assert not entry_came()
    assert not entry_came(a_form(phone_number="0812-8834-9999"))
    assert made(api, **FORM).status == 200
    assert final_state() == before
    assert len(rows("changes")) == 2


def test_an_entry_without_answers_changes_no_lead_that_was_handed_in(api: Api) -> None:
    stored_account()
    made(api, **FORM)
    assert not entry_came(structs.replace(ENTRY, fields=[]))
    assert api("GET", f"{PATH}/{FORM_ID}").headers["etag"] == '"1"'


def test_what_a_member_removed_or_typed_of_a_form_lead_stays_so(api: Api) -> None:
    stored_account()
    contact = made(api, **FORM).json["contacts"][0]
    api("DELETE", f"{PATH}/{FORM_ID}/contacts/{contact['id']}", If_Match='"1"')
    typed = {"kind": "email", "value": "budi@pelanggan.example", "is_preferred": True}
    api("POST", f"{PATH}/{FORM_ID}/contacts", typed)
    before = api("GET", f"{PATH}/{FORM_ID}").json["contacts"]
    assert entry_came()
    after = api("GET", f"{PATH}/{FORM_ID}").json["contacts"]
    assert [one for one in after if one["kind"] != "name"] == before
    assert [one["kind"] for one in before] == ["email"]


def test_an_entry_cut_off_anywhere_or_met_by_an_edit_completes_its_lead_once(api: Api) -> None:
    account = stored_account()

    def begin() -> None:
        clear_tables()
        make_lead(account, convert(FORM, NewLead), "led_" + "0" * 32, by="mem_1", now=utc_now())

    def edit() -> None:
        card.change_details(account, FORM_ID, {"company": "Toko"}, require_version=lambda _: None, by="x", now=NOON)

    def come() -> None:
        entry_came()

    begin()
    calls = count_calls(come)
    plans: list[list[Disturbance]] = list(single_and_double_cuts(calls))
    plans += [[Meanwhile(call, work)] for call in range(calls) for work in (edit, come)]
    for plan in plans:
        begin()
        run(come, plan)
        lead = store.get_card(account.id, FORM_ID).lead
        assert lead is not None
        assert lead.form is not None
        assert (lead.email, len(lead.form.answers)) == ("budi@pelanggan.example", 4), plan
        completed = [row for row in rows("changes") if "form_completed" in row["body"]]
        assert len(completed) == 1, plan


def test_an_operator_types_leads_and_an_analyst_does_not(api: Api) -> None:
    stored_account()
    for name, role in (("operator-1", Role.OPERATOR), ("analyst-1", Role.ANALYST)):
        commit(accounts.add_member(a_member(name, role)))
    assert made(api, "operator-1", name="Rina").status == 201
    assert made(api, "analyst-1", name="Rina").json["code"] == "forbidden"
    assert made(api, "stranger", name="Rina").json["code"] == "not_found"
    masked = api("GET", f"{PATH}/{made(api, **FORM).json['id']}", as_="analyst-1").json
    assert masked["form"]["answers"] is None


def test_an_entry_of_one_account_is_none_of_another(api: Api) -> None:
    stored_account()
    other = api("POST", "/v1/accounts", {"name": "Lain", "market": "ID"}, as_="other").json["id"]
    mine = made(api, **FORM).json["id"]
    theirs = api("POST", f"/v1/accounts/{other}/leads", FORM, as_="other")
    assert theirs.status == 201
    assert theirs.json["id"] != mine
