"""The webhooks' front door: verify the signature, put the envelope on the queue, answer; nothing else."""

import base64
import functools
import json
import time
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.aws import client
from chalicelib.capture import tiktok
from chalicelib.clock import written
from chalicelib.config import settings
from chalicelib.observability import count, logger

SECRETS_KEPT_SECONDS = 60
SHORTEST_SECRET = 16  # characters; a shorter one could be guessed
LARGEST_BODY = 250_000  # bytes: an envelope with one message of 6,000 characters, escaped twice, is under 80,000


class _Secrets(msgspec.Struct):
    messages: list[str]


def receive(event: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The answer to a function URL's request: 200 once the envelope is on the queue, 401 for what is not signed.

    **Repeats**: the platform sends again after anything but 200, and the queue takes it again: storing is idempotent.
    """
    request = event.get("requestContext", {}).get("http", {})
    if event.get("rawPath") != "/tiktok/messages":
        return _answer(404, "not_found")
    if request.get("method") != "POST":
        return _answer(405, "method_not_allowed")
    body = _raw_body(event)
    if body is None or len(body) > LARGEST_BODY:
        return _answer(413, "too_large")
    signature = (event.get("headers") or {}).get("tiktok-signature", "")
    try:
        tiktok.verify_messages(signature, body, _secrets(), now, timedelta(seconds=settings().webhook_max_age_seconds))
        envelope = body.decode()
    except (tiktok.SignatureError, UnicodeDecodeError):
        count("webhooks_refused")
        logger.warning("A webhook was refused")
        return _answer(401, "unauthorized")
    _enqueue(envelope, now)
    return _answer(200, "accepted")


def _raw_body(event: dict[str, Any]) -> bytes | None:
    """The body as it was signed; None if it is no base64 although it says so."""
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return text.encode(errors="replace")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None


def _enqueue(envelope: str, now: datetime) -> None:
    message = {"type": "tiktok_webhook", "version": 1, "received_at": written(now), "body": envelope}
    client("sqs").send_message(
        QueueUrl=settings().inbound_queue_url,
        MessageBody=json.dumps(message),
        MessageGroupId=_group(envelope),
    )


def _group(envelope: str) -> str:
    """Whose turn it is: SQS is fair between groups, so that one busy account never holds up the others.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html (2026-11).
    """
    try:
        business_id = json.loads(envelope).get("user_openid", "")
    except (ValueError, AttributeError, RecursionError):
        return "unknown"
    kept = "".join(letter for letter in str(business_id) if (letter.isascii() and letter.isalnum()) or letter in "-_")
    return kept[:128] or "unknown"


def _secrets() -> tuple[str, ...]:
    """The secrets that hold now. A new one holds on every warm function within a minute."""
    return _secrets_read(int(time.time() / SECRETS_KEPT_SECONDS))


@functools.lru_cache(maxsize=1)
def _secrets_read(_minute: int) -> tuple[str, ...]:
    """The generated secret as it is, or those of `{"messages": ["new", "old"]}`. Of any other shape none holds."""
    secret = client("secretsmanager").get_secret_value(SecretId=settings().webhook_secrets_arn)["SecretString"]
    if not secret.lstrip().startswith(("{", "[", '"')):
        # As it was generated. Not left to the parser to tell: to that, one that begins with a digit is a number.
        listed = [secret]
    else:
        try:
            listed = msgspec.json.decode(secret, type=_Secrets).messages
        except msgspec.DecodeError:
            logger.error("The webhook secrets have another shape than {'messages': [...]}")
            return ()
    return tuple(one for one in listed if len(one) >= SHORTEST_SECRET)


def _answer(status: int, code: str) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"code": code}),
    }
