"""The Leads Center's list: whatever is asked for, the pages together hold just that, once and in order."""

import functools
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Role
from chalicelib.clock import hour_of, written
from chalicelib.leads import store
from chalicelib.leads.lead import Channel, Lead, Source, Status
from chalicelib.table import commit, write_one
from tests.builders import NOON, a_lead, a_member, an_account, stored_account
from tests.crashes import count_calls
from tests.deployment import Api

pytestmark = pytest.mark.usefixtures("aws")

PATH = f"/v1/accounts/{an_account().id}/leads"
MEMBERS = [a_member(name).id for name in ("agent-1", "agent-2")]
DAYS = an_account().retention_days


def some_leads(how_many: int, seed: int = 1) -> list[Lead]:
    """Leads of every sort, in the tables."""
    drawn = random.Random(seed)
    leads = []
    for number in range(how_many):
        created = NOON + timedelta(minutes=drawn.randrange(2_000))
        lead = a_lead(
            number,
            created_at=created,
            updated_at=created + timedelta(minutes=drawn.randrange(2_000)),
            activity=hour_of(created + timedelta(hours=drawn.randrange(50))),
            status=drawn.choice(list(Status)),
            assignee=drawn.choice([None, *MEMBERS]),
            source=drawn.choice(list(Source)),
            channel=drawn.choice(list(Channel)),
            phone=drawn.choice([None, "+6281288345571"]),
            email=drawn.choice([None, "rina@pelanggan.example"]),
        )
        leads.append(lead)
    stored(leads)
    return leads


def stored(leads: list[Lead], retention_days: int = DAYS) -> None:
    for lead in leads:
        write_one(store.add_lead(lead, retention_days))


def pages(api: Api, asked: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    cursor: dict[str, str] = {}
    while True:
        reply = api("GET", f"{PATH}?{urlencode(asked | cursor)}")
        assert reply.status == 200, reply.json
        yield reply.json["leads"]
        if "cursor" not in reply.json:
            return
        cursor = {"cursor": reply.json["cursor"]}


def is_asked_for(lead: Lead, asked: dict[str, Any]) -> bool:
    """What the filters mean, told apart from the product's own way of telling it."""
    facts: dict[str, Any] = {
        "status": lead.status.value,
        "assignee": lead.assignee or "none",
        "source": lead.source.value,
        "channel": lead.channel.value,
        "has_phone": "true" if lead.phone else "false",
        "has_email": "true" if lead.email else "false",
    }
    bounds = {
        "created_from": lambda limit: written(lead.created_at) >= limit,
        "created_before": lambda limit: written(lead.created_at) < limit,
        "updated_since": lambda limit: written(lead.updated_at) >= limit,
    }
    return all(bounds[name](one) if name in bounds else facts[name] == one for name, one in asked.items())


LATER, LATEST = (written(NOON + timedelta(minutes=minutes)) for minutes in (500, 1_500))
ASKED: list[dict[str, Any]] = [
    {},
    {"status": "qualified"},
    {"assignee": MEMBERS[0]},
    {"assignee": "none"},
    {"assignee": MEMBERS[1], "status": "raw"},
    {"source": "paid", "channel": "lead_form"},
    {"created_from": LATER},
    {"created_before": LATEST},
    {"created_from": LATER, "created_before": LATEST, "status": "converted"},
    {"created_from": LATER, "created_before": LATEST, "assignee": MEMBERS[0], "has_phone": "true"},
    {"updated_since": LATEST, "has_email": "false"},
    {"has_phone": "false", "has_email": "true", "status": "contacted", "source": "organic"},
]


@pytest.mark.parametrize("order", ["created", "activity"])
def test_the_pages_of_any_list_hold_what_was_asked_for_once_and_in_order(api: Api, order: str) -> None:
    stored_account()
    leads = some_leads(60)
    by = {"created": lambda one: (written(one.created_at), one.id), "activity": lambda one: (one.activity, one.id)}
    for asked in ASKED:
        wanted = sorted((one for one in leads if is_asked_for(one, asked)), key=by[order], reverse=True)
        for limit in (2, 100) if len(asked) == 2 else (7,):
            found = [one["id"] for page in pages(api, asked | {"order": order, "limit": limit}) for one in page]
            assert found == [one.id for one in wanted], (asked, limit)
        assert wanted or len(asked) > 2, asked


def test_the_bounds_of_a_time_are_the_moment_itself_and_the_one_before(api: Api) -> None:
    stored_account()
    stored([a_lead(number) for number in (1, 2, 3)])
    ids = [a_lead(number).id for number in (1, 2, 3)]
    second, third = (written(a_lead(number).created_at) for number in (2, 3))
    for order in ("created", "activity"):
        within = {"created_from": second, "created_before": third, "order": order}
        assert [one["id"] for page in pages(api, within) for one in page] == [ids[1]]
    elsewhere = {"created_from": "2026-11-20T19:02:00+07:00", "limit": "1"}
    assert [one["id"] for page in pages(api, elsewhere) for one in page] == [ids[2], ids[1]]


def test_a_page_examines_five_hundred_leads_and_goes_on(api: Api) -> None:
    stored_account()
    leads = [a_lead(number, source=Source.PAID if number in {3, 520} else Source.ORGANIC) for number in range(540)]
    stored(leads)
    assert [[one["id"] for one in page] for page in pages(api, {"source": "paid"})] == [[leads[520].id], [leads[3].id]]
    assert [len(page) for page in pages(api, {"channel": "import"})] == [0, 0]


def test_a_page_reads_what_it_shows_where_an_index_answers(api: Api) -> None:
    stored_account()
    some_leads(60)
    for query in ("order=created", "order=activity", "status=raw", f"assignee={MEMBERS[0]}", f"created_from={LATER}"):
        read(api, query)  # once, for what is read once only
        assert count_calls(functools.partial(read, api, query)) == 4  # the caller, the account, the index, the leads


def read(api: Api, query: str) -> None:
    assert len(api("GET", f"{PATH}?limit=3&{query}").json["leads"]) == 3


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("status=new", "status"),
        ("assignee=nobody", "assignee"),
        ("source=bought", "source"),
        ("channel=sms", "channel"),
        ("created_from=yesterday", "created_from"),
        ("created_from=2026-11-20T12:00:00", "created_from"),
        ("created_from=0001-01-01T00:00:00%2B14:00", "created_from"),
        ("updated_since=9999-12-31T23:59:59-14:00", "updated_since"),
        ("created_from=2026-11-20T12:00:00Z&created_before=2026-11-20T12:00:00Z", "created_before"),
        ("has_phone=perhaps", "has_phone"),
        ("label=x", "label"),
        ("limit=101", "limit"),
    ],
)
def test_a_query_that_is_none_is_told_which_part(api: Api, query: str, parameter: str) -> None:
    stored_account()
    refused = api("GET", f"{PATH}?{query}")
    assert (refused.status, refused.json["code"]) == (422, "invalid")
    assert [one["parameter"] for one in refused.json["errors"]] == [parameter]


def test_a_cursor_is_of_one_query_and_one_caller(api: Api) -> None:
    stored_account()
    commit(accounts.add_member(a_member("operator-1", Role.OPERATOR)))
    stored([a_lead(number) for number in (1, 2)])
    cursor = api("GET", f"{PATH}?limit=1&status=raw").json["cursor"]
    assert api("GET", f"{PATH}?limit=1&status=raw&cursor={cursor}").status == 200
    assert api("GET", f"{PATH}?limit=1&status=qualified&cursor={cursor}").json["code"] == "invalid_cursor"
    assert api("GET", f"{PATH}?limit=1&cursor={cursor}").json["code"] == "invalid_cursor"
    refused = api("GET", f"{PATH}?limit=1&status=raw&cursor={cursor}", as_="operator-1")
    assert refused.json["code"] == "invalid_cursor"


def test_leads_of_another_account_are_in_no_list(api: Api) -> None:
    stored_account()
    stored([a_lead(1, assignee=MEMBERS[0])])
    other = api("POST", "/v1/accounts", {"name": "Lain", "market": "ID"}, as_="other").json["id"]
    for query in ("", "?status=raw", f"?assignee={MEMBERS[0]}", "?order=activity"):
        assert api("GET", f"/v1/accounts/{other}/leads{query}", as_="other").json == {"leads": []}


def test_expired_leads_take_no_place_on_a_page(api: Api) -> None:
    stored_account(retention_days=20_000)
    gone = [a_lead(number, activity="1971-01-01T00") for number in range(1, 6)]
    stored([a_lead(0), *gone, a_lead(9)], 20_000)
    assert [len(page) for page in pages(api, {"limit": 2})] == [2]
    assert [len(page) for page in pages(api, {"limit": 2, "status": "raw"})] == [2]


def test_a_shorter_retention_hides_at_once_what_was_stored_under_a_longer_one(api: Api) -> None:
    stored_account(retention_days=30)
    old = replace(a_lead(1), activity="2020-01-01T00")
    stored([old], 36_500)
    assert api("GET", PATH).json["leads"] == []
    assert api("GET", f"{PATH}/{old.id}").status == 404


def test_a_lead_in_the_list_tells_all_but_its_contacts(api: Api) -> None:
    stored_account()
    lead = a_lead(
        1, customer_name="Rina", customer_username="0812@rina", typed_name="Ibu Rina", name="Ibu Rina", company="Toko",
        address="Jl. Melati 1", fields={"size": "L"}, phone="+6281288345571", status_since=NOON + timedelta(hours=1),
    )  # fmt: skip
    stored([lead])
    (listed,) = api("GET", PATH).json["leads"]
    assert listed == {
        "id": lead.id,
        "customer": {"id": "customer-1", "platform": "tiktok", "username": "0812@rina", "name": "Rina"},
        "conversation_id": None, "status": "raw", "status_since": "2026-11-20T13:00:00.000Z", "source": "organic",
        "channel": "direct_message", "assignee": None, "phone": "+6281288345571", "email": None, "name": "Ibu Rina",
        "company": "Toko", "address": "Jl. Melati 1", "fields": {"size": "L"}, "first_touch": None, "last_touch": None,
        "created_at": "2026-11-20T12:01:00.000Z", "updated_at": "2026-11-20T12:01:00.000Z",
        "active_in_hour": "2026-11-20T12:00:00.000Z", "version": 1,
    }  # fmt: skip
    commit(accounts.add_member(a_member("analyst-1", Role.ANALYST)))
    (masked,) = api("GET", PATH, as_="analyst-1").json["leads"]
    assert (masked["phone"], masked["name"], masked["customer"]["name"]) == ("+62•••••5571", "I•••", "R•••")
    assert masked["customer"]["username"] == "0•••"
    assert (masked["company"], masked["address"], masked["fields"]) == (None, None, None)
