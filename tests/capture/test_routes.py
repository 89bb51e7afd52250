"""Capture's state and toggle, conversations, threads and messages in, through the API."""

import json
import os
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import IdentityKind, Role
from chalicelib.accounts.identities import request_link
from chalicelib.aws import client
from chalicelib.capture import store
from chalicelib.capture.batch import take_in_batch
from chalicelib.capture.intake import _message, conversation_id_of, take_in
from chalicelib.capture.message import Customer, DirectMessage, Referral, an_activity
from chalicelib.clock import utc_now, written
from chalicelib.leads.lead import lead_id_of
from chalicelib.table import commit, write_one
from tests.builders import BUSINESS_ID, NOON, a_dm, a_member, an_account, linked, stored_account
from tests.deployment import Api
from tests.queues import an_sqs_event, letters
from tests.state import change_types, rows

pytestmark = pytest.mark.usefixtures("aws")

ACCOUNT = f"/v1/accounts/{an_account().id}"
CONVERSATIONS = f"{ACCOUNT}/conversations"
MESSAGES = f"{ACCOUNT}/messages"
CAPTURE = f"{ACCOUNT}/capture"
CHAT_1 = f"{CONVERSATIONS}/{conversation_id_of(an_account().id, 'tiktok', 'chat-1')}"


def with_roles() -> None:
    stored_account()
    commit(accounts.add_member(a_member("analyst-1", Role.ANALYST)))
    commit(accounts.add_member(a_member("operator-1", Role.OPERATOR)))


# Capture


def test_capture_tells_its_state_and_is_switched_by_who_knows_it(api: Api) -> None:
    with_roles()
    read = api("GET", CAPTURE, as_="analyst-1")
    assert read.status == 200
    assert read.json == {
        "is_on": True,
        "is_approved": True,
        "application_in_review": None,
        "approved_application": "app_" + "1" * 32,
        "policy_sha256": "0" * 64,
        "rule_set": "1.test",
        "intervals": [{"start": written(NOON - timedelta(days=30)), "end": None}],
    }
    assert api("PUT", CAPTURE, {"is_on": False}).json["code"] == "version_required"
    assert api("PUT", CAPTURE, {"is_on": False}, If_Match='"9"').json["code"] == "stale"
    for who in ("analyst-1", "operator-1"):
        assert api("PUT", CAPTURE, {"is_on": False}, as_=who, If_Match=read.headers["etag"]).status == 403
    off = api("PUT", CAPTURE, {"is_on": False}, If_Match=read.headers["etag"])
    assert (off.status, off.json["is_on"]) == (200, False)
    assert off.json["intervals"][0]["end"] is not None
    again = api("PUT", CAPTURE, {"is_on": False}, If_Match=off.headers["etag"])
    assert again.headers["etag"] == off.headers["etag"]
    assert change_types() == ["capture.switched.v1"]


def test_the_next_message_processed_after_the_switch_is_not_read(api: Api) -> None:
    with_roles()
    etag = api("GET", CAPTURE).headers["etag"]
    api("PUT", CAPTURE, {"is_on": False}, If_Match=etag)
    take_in_batch(an_sqs_event(json.dumps(a_message(text="WA 0812-8834-5571"))))
    assert rows("leads") == []
    assert len(rows("conversations")) == 2


# Conversations


def said(number: int, at: datetime, **changes: Any) -> DirectMessage:
    """A message of the chat of this number, taken in."""
    dm = a_dm(conversation=f"chat-{number}", customer=Customer(f"c-{number}"), at=at, **changes)
    take_in(dm, an_account(), at)
    return dm


def all_pages(api: Api, path: str, of: str) -> tuple[list[Any], int]:
    """Everything a list holds, and in how many pages."""
    found, pages, cursor = [], 0, ""
    while True:
        page = api("GET", f"{path}{cursor}")
        assert page.status == 200, page.json
        found += page.json[of]
        pages += 1
        if "cursor" not in page.json:
            return found, pages
        cursor = f"&cursor={page.json['cursor']}"


def test_conversations_are_listed_latest_activity_first_page_by_page(api: Api) -> None:
    stored_account()
    now = utc_now()
    for number in range(7):
        said(number, now - timedelta(hours=number * 2))
    found, pages = all_pages(api, f"{CONVERSATIONS}?limit=3", "conversations")
    assert [one["platform_conversation_id"] for one in found] == [f"chat-{number}" for number in range(7)]
    assert pages == 3
    assert found[0]["reply_window"]["is_open"]
    assert api("GET", f"{CONVERSATIONS}?limit=0").status == 422
    assert api("GET", f"{CONVERSATIONS}?unanswered=perhaps").status == 422
    assert api("GET", f"{CONVERSATIONS}?colour=red").status == 422


def test_unanswered_are_those_in_which_the_customer_wrote_last(api: Api) -> None:
    stored_account()
    now = utc_now() - timedelta(hours=10)
    for number in range(6):
        said(number, now + timedelta(minutes=number))
        if number % 2:
            said(number, now + timedelta(hours=number), direction="outbound", message_id="out")
    said(3, now + timedelta(hours=9), message_id="again")
    said(9, now, direction="outbound")  # who never wrote waits for no answer
    found, _ = all_pages(api, f"{CONVERSATIONS}?unanswered=true&limit=2", "conversations")
    assert sorted(one["platform_conversation_id"] for one in found) == ["chat-0", "chat-2", "chat-3", "chat-4"]
    everything, _ = all_pages(api, f"{CONVERSATIONS}?limit=2", "conversations")
    assert len(everything) == 7
    cursor = api("GET", f"{CONVERSATIONS}?unanswered=true&limit=2").json["cursor"]
    assert api("GET", f"{CONVERSATIONS}?limit=2&cursor={cursor}").json["code"] == "invalid_cursor"


def test_a_page_examines_few_and_only_an_absent_cursor_ends(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_EXAMINED", 4)
    monkeypatch.setattr(store, "READ_AT_A_TIME", 2)
    stored_account()
    now = utc_now()
    for number in range(9):
        said(number, now - timedelta(hours=number), direction="inbound" if number == 8 else "outbound")
    first = api("GET", f"{CONVERSATIONS}?unanswered=true&limit=2").json
    assert first["conversations"] == []
    assert "cursor" in first
    found, pages = all_pages(api, f"{CONVERSATIONS}?unanswered=true&limit=2", "conversations")
    assert [one["platform_conversation_id"] for one in found] == ["chat-8"]
    assert pages == 3


def test_a_conversation_tells_its_window_and_counts_replies_only_where_there_are_any(api: Api) -> None:
    stored_account()
    now = utc_now()
    said(1, now - timedelta(hours=1))
    said(2, now - timedelta(hours=50))
    said(2, now - timedelta(hours=49), direction="outbound", message_id="out")
    said(3, now - timedelta(hours=2), direction="outbound")
    said(4, now - timedelta(hours=3))
    for number in range(12):
        said(4, now - timedelta(hours=2, minutes=-number), direction="outbound", message_id=f"out-{number}")
    windows = {
        one["platform_conversation_id"]: one["reply_window"] for one in api("GET", CONVERSATIONS).json["conversations"]
    }
    assert windows == {
        "chat-1": {"is_open": True, "closes_at": written(now + timedelta(hours=47)), "replies_left": 10},
        "chat-2": {"is_open": False, "closes_at": written(now - timedelta(hours=2)), "replies_left": 0},
        "chat-3": {"is_open": False, "closes_at": None, "replies_left": 0},
        "chat-4": {"is_open": False, "closes_at": written(now + timedelta(hours=45)), "replies_left": 0},
    }
    one = api("GET", CHAT_1).json
    assert one["reply_window"] == windows["chat-1"]
    assert one["last_message"]["direction"] == "inbound"
    assert one["lead_id"] is None


def test_what_is_expired_is_hidden_in_list_detail_and_thread(api: Api) -> None:
    stored_account(retention_days=2)
    now = utc_now()
    said(1, now - timedelta(days=3))
    said(2, now - timedelta(days=3), message_id="old")
    said(2, now - timedelta(days=1), message_id="new")
    listed = api("GET", CONVERSATIONS).json["conversations"]
    assert [one["platform_conversation_id"] for one in listed] == ["chat-2"]
    assert api("GET", CHAT_1).status == 404
    assert api("GET", f"{CHAT_1}/messages").status == 404
    thread = api("GET", f"{CONVERSATIONS}/{listed[0]['id']}/messages").json
    assert [one["message_id"] for one in thread["messages"]] == ["new"]
    assert "cursor" not in thread


def test_an_entry_whose_own_time_is_over_is_hidden_and_ends_no_page(api: Api) -> None:
    stored_account()
    now = utc_now()
    for number in range(6):
        retention = 1 if number in {1, 2, 3} else 36_500  # as it was when they were stored
        dm = a_dm(at=now - timedelta(days=2, minutes=number), message_id=f"m-{number}")
        take_in(dm, an_account(retention_days=retention), now)
    found, _ = all_pages(api, f"{CHAT_1}/messages?limit=1", "messages")
    assert [one["message_id"] for one in found] == ["m-0", "m-4", "m-5"]


def test_a_thread_tells_messages_and_activities_newest_first(api: Api) -> None:
    stored_account()
    now = utc_now()
    ad = Referral("ad", ad_id="9", prefilled_message="Halo, 0812-8834-5571")
    take_in(a_dm("halo", at=now - timedelta(minutes=9), message_id="m-1", referral=ad), an_account(), now)
    take_in(a_dm("WA 0812-8834-5571", at=now - timedelta(minutes=8), message_id="m-2"), an_account(), now)
    lead_id = lead_id_of(an_account().id, "tiktok", "customer-1")
    activity = an_activity(
        account_id=an_account().id,
        conversation_id=conversation_id_of(an_account().id, "tiktok", "chat-1"),
        id_="act_1",
        at=now - timedelta(minutes=7),
        kind="lead.status_changed",
        lead_id=lead_id,
        details={"from": "raw", "to": "qualified"},
    )
    write_one(store.add_message(activity, 36_500))
    before = api("GET", CHAT_1).json
    thread = api("GET", f"{CHAT_1}/messages").json["messages"]
    assert [(one["message_id"], one["direction"], one["lead_id"]) for one in thread] == [
        ("act_1", "activity", lead_id), ("m-2", "inbound", lead_id), ("m-1", "inbound", None),
    ]  # fmt: skip
    assert (thread[0]["message_type"], thread[0]["details"]) == (
        "lead.status_changed", {"from": "raw", "to": "qualified"},
    )  # fmt: skip
    assert (thread[1]["text"], thread[1]["details"]) == ("WA 0812-8834-5571", None)
    assert thread[2]["referral"]["prefilled_message"] == "Halo, 0812-8834-5571"
    assert before["last_message"]["message_id"] == "m-2"
    assert before["reply_window"]["replies_left"] == 10


def test_an_analyst_reads_no_name_whole_and_nothing_that_was_typed(api: Api) -> None:
    with_roles()
    ad = Referral("ad", ad_id="9", prefilled_message="0812-8834-5571")
    now = utc_now()
    customer = Customer("customer-1", "081288345571", "Budi @081288345571")
    take_in(a_dm("WA 0812-8834-5571", at=now, referral=ad, customer=customer), an_account(), now)
    (listed,) = api("GET", CONVERSATIONS, as_="analyst-1").json["conversations"]
    assert listed["customer"] == {"id": "customer-1", "username": "0•••", "name": "B•••"}
    assert api("GET", CHAT_1, as_="analyst-1").json == listed
    lead = api("GET", f"{ACCOUNT}/leads/{listed['lead_id']}", as_="analyst-1").json
    assert lead["customer"] == listed["customer"] | {"platform": "tiktok"}
    assert api("GET", CHAT_1, as_="operator-1").json["customer"] == msgspec.to_builtins(customer)
    assert "88345571" not in json.dumps([listed, lead])
    (message,) = api("GET", f"{CHAT_1}/messages", as_="analyst-1").json["messages"]
    assert message["text"] is None
    assert message["referral"] == {
        "source": "ad", "advertiser_id": None, "ad_id": "9", "ad_name": None, "embed_url": None, "ref": None,
        "prefilled_message": None,
    }  # fmt: skip
    assert message["lead_id"] is not None


@pytest.mark.parametrize("letter", ["🙏", "ก", '"', "\u0001", "a"])
def test_a_page_of_a_thread_ends_before_it_is_too_large_for_an_answer(api: Api, letter: str) -> None:
    stored_account()
    now = utc_now()
    ad = Referral("ad", ad_id="9", embed_url=letter * 2_048, prefilled_message=letter * 6_000)
    for number in range(100):
        dm = a_dm(letter * 6_000, at=now - timedelta(minutes=number), message_id=f"m-{number}", referral=ad)
        message = replace(_message(dm, an_account()), is_read=False)
        write_one(store.add_message(message, 36_500))
    take_in(a_dm("halo", at=now, message_id="last"), an_account(), now)
    seen, cursor = [], ""
    while True:
        page = api("GET", f"{CHAT_1}/messages?limit=100{cursor}").json
        body = json.dumps(page, ensure_ascii=False)
        assert len(json.dumps({"body": body})) < 6_000_000
        seen += [one["message_id"] for one in page["messages"]]
        if "cursor" not in page:
            break
        cursor = f"&cursor={page['cursor']}"
    assert sorted(seen) == sorted(["last", *(f"m-{number}" for number in range(100))])


def test_a_conversation_of_another_account_is_no_conversation(api: Api) -> None:
    stored_account()
    said(1, utc_now())
    other = api("POST", "/v1/accounts", {"name": "Lain", "market": "ID"}, as_="other").json["id"]
    conversation = CHAT_1.rpartition("/")[2]
    for path in (conversation, f"{conversation}/messages", "x", "x/messages"):
        assert api("GET", f"/v1/accounts/{other}/conversations/{path}", as_="other").status == 404
        assert api("GET", f"{CONVERSATIONS}/{path}", as_="other").status == 404
    assert api("GET", CONVERSATIONS, as_="other").status == 404


# Messages in


def a_message(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A message as a client of the API writes it, with fields changed, or left out by None."""
    message = msgspec.to_builtins(a_dm(f"halo {number}", number=number, at=utc_now())) | changes
    return {name: value for name, value in message.items() if value is not None}


def sent(api: Api, *messages: Any, as_: str = "operator-1", **headers: str) -> Any:
    return api("POST", MESSAGES, {"messages": list(messages)}, as_=as_, **headers)


def faults(reply: Any) -> dict[str, str]:
    assert (reply.status, reply.json["code"]) == (422, "invalid"), reply.json
    return {one["pointer"]: one["detail"] for one in reply.json["errors"]}


def test_a_batch_lies_on_the_queue_and_becomes_messages_and_leads(api: Api) -> None:
    with_roles()
    batch = [a_message(number) for number in range(23)]
    batch += [a_message(99, text="WA 0812-8834-5571"), a_message(100, direction="outbound", customer=None)]
    reply = sent(api, *batch)
    assert reply.status == 202
    conversation = conversation_id_of(an_account().id, "tiktok", "chat-1")
    assert reply.json["messages"] == [
        {"message_id": one["message_id"], "conversation_id": conversation, "platform_conversation_id": "chat-1"}
        for one in batch
    ]
    bodies = [one["body"] for one in letters("INBOUND_QUEUE_URL")]
    assert len(bodies) == 25
    assert take_in_batch(an_sqs_event(*bodies)) == {"batchItemFailures": []}
    assert letters("INBOUND_DEAD_LETTERS_URL") == []
    thread, _ = all_pages(api, f"{CHAT_1}/messages?limit=10", "messages")
    assert {one["message_id"] for one in thread} == {one["message_id"] for one in batch}
    (lead,) = [row for row in rows("leads") if row["kind"] == "lead"]
    assert lead["phone"] == "+6281288345571"


def test_what_sqs_would_refuse_as_it_is_lies_there_escaped(api: Api) -> None:
    with_roles()
    text = "halo \ufffe \uffff \u0001 🙏 ก"
    assert sent(api, a_message(text=text)).status == 202
    (body,) = [one["body"] for one in letters("INBOUND_QUEUE_URL")]
    assert all(" " <= letter <= "~" for letter in body)
    take_in_batch(an_sqs_event(body))
    assert [row["text"] for row in rows("conversations") if row["kind"] == "message"] == [text]


def test_a_batch_again_is_stored_once(api: Api) -> None:
    with_roles()
    batch = [a_message(1), a_message(2)]
    replies = [sent(api, *batch, Idempotency_Key="k-1") for _ in range(2)] + [sent(api, *batch)]
    assert [reply.status for reply in replies] == [202, 202, 202]
    assert replies[0].json == replies[1].json == replies[2].json
    assert sent(api, a_message(3), Idempotency_Key="k-1").json["code"] == "idempotency_key_reused"
    take_in_batch(an_sqs_event(*[one["body"] for one in letters("INBOUND_QUEUE_URL")]))
    assert len([row for row in rows("conversations") if row["kind"] == "message"]) == 2


def test_each_message_takes_the_turn_of_its_business_account(api: Api) -> None:
    with_roles()
    sent(api, a_message())
    (got,) = client("sqs").receive_message(QueueUrl=os.environ["INBOUND_QUEUE_URL"], AttributeNames=["All"])["Messages"]
    assert got["Attributes"]["MessageGroupId"] == BUSINESS_ID


def test_every_fault_of_a_batch_is_told_with_its_place(api: Api) -> None:
    with_roles()
    assert faults(
        sent(
            api,
            a_message(1),
            a_message(2, text="x" * 6_001, colour="red"),
            a_message(3, customer=None),
            a_message(4, message_id="\n", direction="sideways"),
            7,
            a_message(6, sent_at="0001-01-01T00:00:00Z"),
            a_message(7, message_id="🙏" * 256),
            a_message(8, channel_account={"platform": "tiktok", "business_id": 5}),
        )
    ) == {
        "/messages/1/colour": "is not a field of this request",
        "/messages/1/text": "Expected `str` of length <= 6000",
        "/messages/2": "an inbound message names its customer",
        "/messages/3/message_id": "Expected `str` matching regex '^[^\\\\x00-\\\\x1f\\\\x7f]+\\\\Z'",
        "/messages/3/direction": "Invalid enum value",
        "/messages/4": "Expected `object`, got `int`",
        "/messages/5": "no message is that old",
        "/messages/6": "the message id is too long",
        "/messages/7/channel_account/business_id": "Expected `str`, got `int`",
    }
    assert letters("INBOUND_QUEUE_URL") == []


def test_a_foreign_and_an_unknown_business_account_read_alike_and_send_nothing(api: Api) -> None:
    with_roles()
    account = an_account()
    other = an_account(id="acc_" + "2" * 32)
    commit([accounts.add(other)])
    linked(other, IdentityKind.BUSINESS_ID, "b-2")
    linked(account, IdentityKind.ADVERTISER_ID, "b-4")
    request_link(account, "tiktok", IdentityKind.BUSINESS_ID, "b-5", NOON)
    channels = [{"platform": "tiktok", "business_id": one} for one in ("b-2", "b-3", "b-4", "b-5")]
    ahead = written(utc_now() + timedelta(minutes=6))
    batch = [a_message(number, channel_account=one) for number, one in enumerate(channels)]
    told = faults(sent(api, *batch, a_message(5, sent_at=ahead), a_message(6)))
    assert told == {
        **{f"/messages/{place}/channel_account": "is not linked to this account" for place in range(4)},
        "/messages/4/sent_at": "must not be more than five minutes ahead",
    }
    assert letters("INBOUND_QUEUE_URL") == []
    assert sent(api, a_message(1, sent_at=written(utc_now() + timedelta(minutes=4)))).status == 202


@pytest.mark.parametrize("batch", [[], [a_message(number) for number in range(101)]])
def test_a_batch_holds_one_to_a_hundred(api: Api, batch: list[Any]) -> None:
    with_roles()
    assert set(faults(sent(api, *batch))) == {"/messages"}
    assert api("POST", MESSAGES, {}).json["errors"] == [{"pointer": "/messages", "detail": "is required"}]


def test_a_hundred_of_the_longest_messages_are_sent_in_batches_sqs_takes(api: Api) -> None:
    with_roles()
    batch = [a_message(number, text="ก" * 2_500) for number in range(100)]
    assert api("POST", MESSAGES, json.dumps({"messages": batch}, ensure_ascii=False).encode()).status == 202
    assert len(letters("INBOUND_QUEUE_URL")) == 100


def test_only_the_team_may_send(api: Api) -> None:
    with_roles()
    assert sent(api, a_message(), as_="analyst-1").status == 403
    assert sent(api, a_message(), as_="stranger").status == 404
    assert api("POST", MESSAGES, {"messages": [a_message()]}, as_=None).status == 401
    for who in ("operator-1", "admin-1"):
        assert sent(api, a_message(), as_=who).status == 202


def test_what_sqs_refuses_is_told_and_may_be_sent_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    with_roles()
    sqs = client("sqs")
    batch = [a_message()]
    with monkeypatch.context() as patch:
        patch.setattr(sqs, "send_message_batch", lambda **_: {"Failed": [{"Id": "0"}]})
        refused = sent(api, *batch, Idempotency_Key="k-1")
    assert (refused.status, refused.json["code"]) == (503, "not_queued")
    assert refused.headers["retry-after"]
    assert sent(api, *batch, Idempotency_Key="k-1").status == 202
    assert len(letters("INBOUND_QUEUE_URL")) == 1
