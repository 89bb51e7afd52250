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

from chalicelib.capture import webhook
from chalicelib.capture.webhook import receive
from tests.builders import NOON
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
