"""The Leads Center's list and cards, through the API."""

from datetime import timedelta

import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Role
from chalicelib.capture.intake import conversation_id_of, take_in
from chalicelib.capture.message import Customer
from chalicelib.table import commit
from tests.builders import NOON, a_dm, a_member, an_account, stored_account
from tests.deployment import Api

pytestmark = pytest.mark.usefixtures("aws")

PATH = f"/v1/accounts/{an_account().id}/leads"


def captured(number: int) -> None:
    """A lead of its own customer, made `number` minutes past noon."""
    dm = a_dm(
        f"WA 0812-8834-{5000 + number}", number=number, conversation=f"chat-{number}", customer=Customer(f"c-{number}")
    )
    take_in(dm, an_account(), NOON + timedelta(minutes=number))


def test_leads_are_listed_newest_first_page_by_page(api: Api) -> None:
    stored_account()
    for number in range(7):
        captured(number)
    seen, cursor = [], ""
    while True:
        page = api("GET", f"{PATH}?limit=3{cursor}").json
        seen += [one["phone"][-1] for one in page["leads"]]
        if "cursor" not in page:
            break
        cursor = f"&cursor={page['cursor']}"
    assert seen == list("6543210")
    assert api("GET", f"{PATH}?limit=3&order=activity{cursor}").json["code"] == "invalid_cursor"
    by_activity = api("GET", f"{PATH}?order=activity").json["leads"]
    assert len(by_activity) == 7
    assert api("GET", f"{PATH}?order=size").status == 422


def test_a_card_tells_its_contacts_with_their_evidence(api: Api) -> None:
    stored_account()
    captured(1)
    (listed,) = api("GET", PATH).json["leads"]
    card = api("GET", f"{PATH}/{listed['id']}")
    assert card.headers["etag"] == '"1"'
    (contact,) = card.json["contacts"]
    assert (contact["kind"], contact["value"]) == ("phone", "+6281288345001")
    (part,) = contact["evidence"]["parts"]
    assert (part["message_id"], part["text"], part["start"]) == ("message-1", "0812-8834-5001", 3)
    assert contact["evidence"]["rule"] == "phone-written"
    assert card.json["conversation_id"] == conversation_id_of(an_account().id, "tiktok", "chat-1")


def test_an_analyst_sees_contacts_masked_wherever_they_stand(api: Api) -> None:
    stored_account()
    captured(1)
    commit(accounts.add_member(a_member("analyst-1", Role.ANALYST)))
    listed = api("GET", PATH, as_="analyst-1").json
    card = api("GET", f"{PATH}/{listed['leads'][0]['id']}", as_="analyst-1").json
    conversation = f"/v1/accounts/{an_account().id}/conversations/{card['conversation_id']}"
    thread = api("GET", f"{conversation}/messages", as_="analyst-1").json
    assert listed["leads"][0]["phone"] == "+62•••••5001"
    for one in (listed, card, thread):
        assert "8834" not in str(one)
        assert "0812" not in str(one)


def test_a_lead_of_another_account_is_no_lead(api: Api) -> None:
    stored_account()
    captured(1)
    lead_id = api("GET", PATH).json["leads"][0]["id"]
    other = api("POST", "/v1/accounts", {"name": "Lain", "market": "ID"}, as_="other").json["id"]
    assert api("GET", f"/v1/accounts/{other}/leads/{lead_id}", as_="other").status == 404
    assert api("GET", f"{PATH}/{lead_id}", as_="other").status == 404
    assert api("GET", f"{PATH}/led_{'0' * 32}").status == 404


def test_an_expired_lead_is_hidden_at_once(api: Api) -> None:
    stored_account(retention_days=1)
    take_in(a_dm("WA 0812-8834-5001"), an_account(retention_days=1), NOON)
    assert api("GET", PATH).json["leads"] == []


def test_a_conversation_tells_its_customer_last_message_and_window(api: Api) -> None:
    from chalicelib.clock import utc_now, written

    stored_account()
    now = utc_now()
    take_in(a_dm("halo", at=now - timedelta(hours=1)), an_account(), now)
    for number in range(3):
        reply = a_dm("ya", at=now - timedelta(minutes=30 - number), direction="outbound", message_id=f"out-{number}")
        take_in(reply, an_account(), now)
    (listed,) = api("GET", f"/v1/accounts/{an_account().id}/conversations").json["conversations"]
    assert listed["platform_conversation_id"] == "chat-1"
    assert listed["customer"]["username"] == "budi88"
    read = api("GET", f"/v1/accounts/{an_account().id}/conversations/{listed['id']}").json
    assert read["last_message"]["message_id"] == "out-2"
    assert read["reply_window"] == {
        "is_open": True, "closes_at": written(now + timedelta(hours=47)), "replies_left": 7,
    }  # fmt: skip
    path = f"/v1/accounts/{an_account().id}/conversations/{listed['id']}/messages"
    first = api("GET", f"{path}?limit=3").json
    assert [one["message_id"] for one in first["messages"]] == ["out-2", "out-1", "out-0"]
    second = api("GET", f"{path}?limit=3&cursor={first['cursor']}").json
    assert [one["message_id"] for one in second["messages"]] == ["message-1"]
    assert "cursor" not in second


def test_a_message_that_gave_a_contact_leads_to_its_card(api: Api) -> None:
    """*See details*: from the message to the lead, and from the card back to the message."""
    stored_account()
    captured(1)
    conversation = conversation_id_of(an_account().id, "tiktok", "chat-1")
    thread = api("GET", f"/v1/accounts/{an_account().id}/conversations/{conversation}/messages").json
    card = api("GET", f"{PATH}/{thread['messages'][0]['lead_id']}").json
    (part,) = card["contacts"][0]["evidence"]["parts"]
    assert (part["conversation_id"], part["message_id"]) == (conversation, thread["messages"][0]["message_id"])
    assert card["contacts"][0]["origin"] == "captured"
