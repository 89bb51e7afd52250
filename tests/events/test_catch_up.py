"""Catching up with an account's events, through the API."""

from datetime import timedelta

import pytest

from chalicelib.clock import utc_now
from chalicelib.events import store
from chalicelib.events.change import a_change
from chalicelib.table import commit
from tests.builders import ACCOUNT_ID, stored_account
from tests.deployment import Api

pytestmark = pytest.mark.usefixtures("aws")

PATH = f"/v1/accounts/{ACCOUNT_ID}/events"


def told(*types: str, seconds_ago: float, subject: str = "led_1") -> str:
    """A change of so long ago; answers its id."""
    at = utc_now() - timedelta(seconds=seconds_ago)
    change = a_change(*types, account_id=ACCOUNT_ID, market="ID", subject=subject, version=1, at=at)
    commit([store.add(change)])
    return change.id


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_page_after_page_tells_every_event_once_and_in_order(api: Api, limit: int) -> None:
    stored_account()
    wanted = []
    for number in range(7):
        types = ("lead.created.v1", "lead.contact_captured.v1") if number % 2 else ("lead.updated.v1",)
        change_id = told(*types, seconds_ago=1_000 - number, subject=f"led_{number}")
        wanted += [f"{change_id}-{place}" for place in range(len(types))]
    seen: list[str] = []
    after = ""
    while True:
        page = api("GET", f"{PATH}?limit={limit}{after}").json
        seen += [one["id"] for one in page["events"]]
        assert len(page["events"]) <= limit
        if not page["has_more"]:
            break
        after = f"&after={seen[-1]}"
    assert seen == wanted
    assert api("GET", f"{PATH}?after={seen[-1]}").json == {"events": [], "has_more": False}


def test_what_has_just_happened_is_left_for_the_next_call(api: Api) -> None:
    stored_account()
    settled = told("lead.updated.v1", seconds_ago=100)
    fresh = told("lead.updated.v1", seconds_ago=5, subject="led_2")
    assert [one["id"] for one in api("GET", PATH).json["events"]] == [f"{settled}-0"]
    assert api("GET", f"{PATH}?after={fresh}-0").json == {"events": [], "has_more": False}


def test_an_event_that_is_none_or_too_old_is_told(api: Api) -> None:
    stored_account()
    old = told("lead.updated.v1", seconds_ago=31 * 86_400)
    assert api("GET", f"{PATH}?after={old}-0").json["code"] == "event_expired"
    assert api("GET", f"{PATH}?after=chg_{'z' * 32}-0").json["code"] == "event_unknown"
    assert api("GET", f"{PATH}?after=evil").status == 422
    assert api("GET", PATH).json["events"] == []


def test_another_accounts_events_are_not_told(api: Api) -> None:
    stored_account()
    told("lead.updated.v1", seconds_ago=100)
    other = api("POST", "/v1/accounts", {"name": "Lain", "market": "ID"}, as_="other").json["id"]
    assert api("GET", f"/v1/accounts/{other}/events", as_="other").json["events"] == []
    assert api("GET", PATH, as_="other").status == 404


def test_an_event_tells_no_id_that_a_value_could_be_tried_against() -> None:
    from chalicelib.events.change import events_of

    body = {"lead_id": "led_1", "contact_id": "con_1", "instead_of": "con_2", "masked": "+62•••••5571"}
    change = a_change(
        "lead.updated.v1", account_id="acc_1", market="ID", subject="led_1", version=2, at=utc_now(), body=body
    )
    assert "con_" not in str(events_of(change))
