"""The webhooks' front door: what is let in, and what it puts on the queue."""

import base64
import hashlib
import hmac
import json
import os
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.aws import client
from chalicelib.capture import webhook
from chalicelib.capture.webhook import receive
from tests.builders import NOON
from tests.crashes import count_calls, run, single_and_double_cuts
from tests.queues import letters

pytestmark = pytest.mark.usefixtures("aws")

SECRET = "w" * 64
BODY = '{"event": "im_receive_msg", "user_openid": "business-1", "content": "é"}'


def a_request(
    body: str = BODY, *, secret: str = SECRET, stamp: int | str | None = None, **changes: Any
) -> dict[str, Any]:
    signed_at = int(NOON.timestamp()) if stamp is None else stamp
    signature = hmac.new(secret.encode(), f"{signed_at}.{body}".encode(), hashlib.sha256).hexdigest()
    request = {
        "rawPath": "/tiktok/messages",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {"tiktok-signature": f"t={signed_at},s={signature}"},
        "body": body,
        "isBase64Encoded": False,
    }
    return request | changes


def test_a_signed_envelope_lies_on_the_queue_as_it_came() -> None:
    assert receive(a_request(), NOON)["statusCode"] == 200
    (letter,) = letters("INBOUND_QUEUE_URL")
    assert json.loads(letter["body"]) == {
        "type": "tiktok_webhook", "version": 1, "received_at": "2026-11-20T12:00:00.000Z", "body": BODY,
    }  # fmt: skip


def test_a_body_in_base64_is_verified_as_it_was_signed() -> None:
    encoded = base64.b64encode(BODY.encode()).decode()
    assert receive(a_request() | {"body": encoded, "isBase64Encoded": True}, NOON)["statusCode"] == 200
    assert receive(a_request() | {"body": "%%", "isBase64Encoded": True}, NOON)["statusCode"] == 413


REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "another secret": (a_request(secret="x" * 64), 401),
    "no signature": (a_request(headers={}), 401),
    "half a signature": (a_request(headers={"tiktok-signature": "t=1"}), 401),
    "another body": (a_request() | {"body": BODY + " "}, 401),
    "no time": (a_request(stamp="soon"), 401),
    "a time in other digits": (a_request(stamp="١٢٣"), 401),
    "a time beyond all": (a_request(stamp="9" * 12), 401),
    "no headers at all": (a_request(headers=None), 401),
    "signed three days and six minutes ago": (
        a_request(stamp=int((NOON - timedelta(days=3, minutes=6)).timestamp())),
        401,
    ),
    "signed six minutes ahead": (a_request(stamp=int((NOON + timedelta(minutes=6)).timestamp())), 401),
    "another path": (a_request(rawPath="/tiktok"), 404),
    "another method": (a_request(requestContext={"http": {"method": "GET"}}), 405),
    "a body without end": (a_request("x" * 300_000), 413),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_the_platforms_is_refused_and_leaves_nothing(kind: str) -> None:
    request, status = REFUSED[kind]
    assert receive(request, NOON)["statusCode"] == status
    assert letters("INBOUND_QUEUE_URL") == []


@pytest.mark.parametrize("age", [timedelta(days=3, minutes=4), timedelta(minutes=-4)])
def test_the_platform_may_repeat_for_three_days(age: timedelta) -> None:
    assert receive(a_request(stamp=int((NOON - age).timestamp())), NOON)["statusCode"] == 200


def test_while_a_secret_is_exchanged_both_hold() -> None:
    boto3.client("secretsmanager").put_secret_value(
        SecretId=os.environ["WEBHOOK_SECRETS_ARN"], SecretString=json.dumps({"messages": ["n" * 32, "o" * 32]})
    )
    webhook._secrets_read.cache_clear()
    assert receive(a_request(secret="n" * 32), NOON)["statusCode"] == 200
    assert receive(a_request(secret="o" * 32), NOON)["statusCode"] == 200
    assert receive(a_request(), NOON)["statusCode"] == 401


@pytest.mark.parametrize("first", ["5", "0", "-", "t", "n", "A"])
def test_a_generated_secret_holds_whatever_it_begins_with(first: str) -> None:
    secret = first + "x" * 63
    boto3.client("secretsmanager").put_secret_value(SecretId=os.environ["WEBHOOK_SECRETS_ARN"], SecretString=secret)
    webhook._secrets_read.cache_clear()
    assert receive(a_request(secret=secret), NOON)["statusCode"] == 200


@pytest.mark.parametrize(
    "secret", ['{"messages": "abc"}', '{"messages": [""]}', '{"other": ["x"]}', '["new"]', '""', "short"]
)
def test_secrets_of_another_shape_let_nobody_in(secret: str) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId=os.environ["WEBHOOK_SECRETS_ARN"], SecretString=secret)
    webhook._secrets_read.cache_clear()
    for key in ("a", "", secret, "new"):
        assert receive(a_request(secret=key), NOON)["statusCode"] == 401


@pytest.mark.parametrize("body", ["[]", "null", '{"user_openid": 5}', '{"user_openid": ""}', "x", "[" * 100_000])
def test_a_signed_body_of_any_shape_is_for_the_consumer_to_judge(body: str) -> None:
    assert receive(a_request(body), NOON)["statusCode"] == 200
    assert len(letters("INBOUND_QUEUE_URL")) == 1


# Leads


def an_entry(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {"id": 7126711421177430000 + number, "advertiser_id": 7126711421177430271, "page_name": "Kopi ☕"} | changes


def an_envelope(*entries: Any) -> str:
    return json.dumps({"object": 1, "time": 1614334356, "request_id": 0, "entry": list(entries)}, ensure_ascii=False)


def a_lead_request(body: str, *, secret: str = SECRET, signed: str | None = None, **changes: Any) -> dict[str, Any]:
    signature = hmac.new(secret.encode(), (signed or body).encode(), hashlib.sha256).hexdigest()
    request = {
        "rawPath": "/tiktok/leads",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {"x-open-signature": signature},
        "body": body,
        "isBase64Encoded": False,
    }
    return request | changes


def test_each_entry_of_a_lead_webhook_is_a_message_of_its_own() -> None:
    entries = [an_entry(number) for number in range(25)]
    assert receive(a_lead_request(an_envelope(*entries)), NOON)["statusCode"] == 200
    queued = [json.loads(one["body"]) for one in letters("INBOUND_QUEUE_URL")]
    assert {(one["type"], one["version"], one["received_at"]) for one in queued} == {
        ("tiktok_webhook", 1, "2026-11-20T12:00:00.000Z")
    }
    envelopes = [json.loads(one["body"]) for one in queued]
    assert [one["entry"] for one in envelopes] == [[entry] for entry in entries]
    assert all(one["time"] == 1614334356 for one in envelopes)


def test_each_entry_takes_the_turn_of_its_advertiser_or_library() -> None:
    owners: list[dict[str, Any]] = [
        {},
        {"advertiser_id": 0, "library_id": "77"},
        {"advertiser_id": 0},
        {"advertiser_id": {"a": 1}},
    ]
    receive(a_lead_request(an_envelope(*(an_entry(place, **one) for place, one in enumerate(owners)), "lead")), NOON)
    got = client("sqs").receive_message(
        QueueUrl=os.environ["INBOUND_QUEUE_URL"], MaxNumberOfMessages=10, AttributeNames=["All"]
    )["Messages"]
    assert [one["Attributes"]["MessageGroupId"] for one in got] == [
        "7126711421177430271", "77", "unknown", "a1", "unknown",
    ]  # fmt: skip


def test_the_signature_may_cover_the_body_as_sent_or_escaped() -> None:
    body = an_envelope(an_entry(page_name="Kopi ☕ é 🙏"))
    escaped = body.replace("☕", "\\u2615").replace("é", "\\u00e9").replace("🙏", "\\ud83d\\ude4f")
    for signed in (body, escaped):
        assert receive(a_lead_request(body, signed=signed), NOON)["statusCode"] == 200
    assert receive(a_lead_request(escaped), NOON)["statusCode"] == 200
    assert receive(a_lead_request(body, signed=escaped.upper()), NOON)["statusCode"] == 401


LEAD_BODY = an_envelope(an_entry())
LEADS_REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "another secret": (a_lead_request(LEAD_BODY, secret="x" * 64), 401),
    "another body": (a_lead_request(LEAD_BODY) | {"body": LEAD_BODY + " "}, 401),
    "no signature": (a_lead_request(LEAD_BODY, headers={}), 401),
    "no headers at all": (a_lead_request(LEAD_BODY, headers=None), 401),
    "a signature beyond ASCII": (a_lead_request(LEAD_BODY, headers={"x-open-signature": "é\ud800"}), 401),
    "a signature in capitals": (
        a_lead_request(LEAD_BODY)
        | {"headers": {"x-open-signature": a_lead_request(LEAD_BODY)["headers"]["x-open-signature"].upper()}},
        401,
    ),
    "a message's signature": (a_request(LEAD_BODY, rawPath="/tiktok/leads"), 401),
    "bytes that are no text": (
        a_lead_request(LEAD_BODY) | {"body": base64.b64encode(b"\xff").decode(), "isBase64Encoded": True}, 401,
    ),
    "another method": (a_lead_request(LEAD_BODY, requestContext={"http": {"method": "GET"}}), 405),
    "a thousand and one entries": (a_lead_request(an_envelope(*range(1_001))), 413),
    "a body without end": (a_lead_request("x" * 6_300_000), 413),
}  # fmt: skip


@pytest.mark.parametrize("kind", LEADS_REFUSED)
def test_a_lead_webhook_that_is_not_the_platforms_is_refused_and_leaves_nothing(kind: str) -> None:
    request, status = LEADS_REFUSED[kind]
    assert receive(request, NOON)["statusCode"] == status
    assert letters("INBOUND_QUEUE_URL") == []


@pytest.mark.parametrize("body", ["[]", "null", "x", '{"entry": {}}', '{"entry": 5}', "[" * 100_000, '{"a": 1}', ""])
def test_a_signed_lead_webhook_of_any_shape_is_for_the_consumer_to_judge(body: str) -> None:
    assert receive(a_lead_request(body), NOON)["statusCode"] == 200
    (letter,) = letters("INBOUND_QUEUE_URL")
    assert json.loads(letter["body"])["body"] == body


def test_an_envelope_without_entries_leaves_nothing_to_do() -> None:
    assert receive(a_lead_request(an_envelope()), NOON)["statusCode"] == 200
    assert letters("INBOUND_QUEUE_URL") == []


def test_batches_stay_within_what_sqs_takes() -> None:
    large = [an_entry(number, changes=[{"field": "x", "value": "é" * 30_000}]) for number in range(14)]
    assert receive(a_lead_request(an_envelope(*large)), NOON)["statusCode"] == 200
    assert len(letters("INBOUND_QUEUE_URL")) == 14


def test_an_entry_that_no_queue_takes_is_not_accepted_and_holds_up_no_other() -> None:
    too_large = an_entry(2, changes=[{"field": "x", "value": "x" * 1_100_000}])
    assert receive(a_lead_request(an_envelope(an_entry(1), too_large, an_entry(3))), NOON)["statusCode"] == 413
    assert len(letters("INBOUND_QUEUE_URL")) == 2


def test_the_largest_envelope_is_taken_whole() -> None:
    changes = [{"field": f"question_{number}", "value": "x" * 200} for number in range(20)]
    entries = [an_entry(number, changes=changes) for number in range(1_000)]
    assert receive(a_lead_request(an_envelope(*entries)), NOON)["statusCode"] == 200
    queue = client("sqs").get_queue_attributes(QueueUrl=os.environ["INBOUND_QUEUE_URL"], AttributeNames=["All"])
    assert queue["Attributes"]["ApproximateNumberOfMessages"] == "1000"


def test_what_sqs_refuses_the_platform_is_asked_to_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = client("sqs")
    send = sqs.send_message_batch

    def refusing(**batch: Any) -> Any:
        answer = send(**batch | {"Entries": batch["Entries"][1:]})
        return answer | {"Failed": [{"Id": batch["Entries"][0]["Id"], "SenderFault": False, "Code": "InternalError"}]}

    monkeypatch.setattr(sqs, "send_message_batch", refusing)
    assert receive(a_lead_request(an_envelope(*(an_entry(number) for number in range(3)))), NOON)["statusCode"] == 500
    assert len(letters("INBOUND_QUEUE_URL")) == 2


def test_leads_and_messages_have_secrets_of_their_own() -> None:
    boto3.client("secretsmanager").put_secret_value(
        SecretId=os.environ["WEBHOOK_SECRETS_ARN"],
        SecretString=json.dumps({"messages": ["m" * 32], "leads": ["n" * 32, "o" * 32]}),
    )
    webhook._secrets_read.cache_clear()
    for secret, of_messages, of_leads in (("m" * 32, 200, 401), ("n" * 32, 401, 200), ("o" * 32, 401, 200)):
        assert receive(a_request(secret=secret), NOON)["statusCode"] == of_messages
        assert receive(a_lead_request(LEAD_BODY, secret=secret), NOON)["statusCode"] == of_leads


def test_secrets_of_messages_alone_let_no_lead_in() -> None:
    boto3.client("secretsmanager").put_secret_value(
        SecretId=os.environ["WEBHOOK_SECRETS_ARN"], SecretString=json.dumps({"messages": ["m" * 32]})
    )
    webhook._secrets_read.cache_clear()
    for secret in ("m" * 32, "", SECRET):
        assert receive(a_lead_request(LEAD_BODY, secret=secret or "x"), NOON)["statusCode"] == 401


def test_a_webhook_cut_off_anywhere_and_repeated_leaves_every_entry_on_the_queue() -> None:
    request = a_lead_request(an_envelope(*(an_entry(number) for number in range(11))))

    def work() -> None:
        assert receive(request, NOON)["statusCode"] == 200

    work()
    calls = count_calls(work)
    letters("INBOUND_QUEUE_URL")
    for plan in single_and_double_cuts(calls):
        run(work, plan)
        ids = {json.loads(json.loads(one["body"])["body"])["entry"][0]["id"] for one in letters("INBOUND_QUEUE_URL")}
        assert len(ids) == 11, plan
