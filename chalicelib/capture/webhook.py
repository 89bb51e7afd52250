"""The webhooks' front door: verify the signature, put the envelope on the queue, answer; nothing else."""

import base64
import functools
import json
import time
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.aws import client
from chalicelib.capture import tiktok, tiktok_leads
from chalicelib.capture.queue import Outgoing, enqueue
from chalicelib.clock import written
from chalicelib.config import settings
from chalicelib.observability import count, logger

SECRETS_KEPT_SECONDS = 60
SHORTEST_SECRET = 16  # characters; a shorter one could be guessed
LARGEST_MESSAGE = 250_000  # bytes: an envelope with one message of 6,000 characters, escaped twice, is under 80,000
LARGEST_LEADS = 6_291_456  # bytes: what a function URL lets through, for an envelope with 1,000 leads


class _Secrets(msgspec.Struct):
    messages: list[str] = []
    leads: list[str] = []


def receive(event: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The answer to a function URL's request: 200 once all of it is on the queue, 401 for what is not signed.

    **Repeats**: the platform sends again after anything but 200, and the queue takes it again: storing is idempotent.
    """
    take = {"/tiktok/messages": _take_message, "/tiktok/leads": _take_leads}.get(event.get("rawPath", ""))
    if take is None:
        return _answer(404, "not_found")
    if event.get("requestContext", {}).get("http", {}).get("method") != "POST":
        return _answer(405, "method_not_allowed")
    body = _raw_body(event)
    if body is None:
        return _answer(413, "too_large")
    try:
        return take(event.get("headers") or {}, body, now)
    except (tiktok.SignatureError, UnicodeDecodeError):
        count("webhooks_refused")
        logger.warning("A webhook was refused")
        return _answer(401, "unauthorized")


def _take_message(headers: dict[str, str], body: bytes, now: datetime) -> dict[str, Any]:
    if len(body) > LARGEST_MESSAGE:
        return _answer(413, "too_large")
    max_age = timedelta(seconds=settings().webhook_max_age_seconds)
    tiktok.verify_messages(headers.get("tiktok-signature", ""), body, _secrets().messages, now, max_age)
    envelope = body.decode()
    return _enqueued([_outgoing(envelope, tiktok.owner_of(envelope), now)])


def _take_leads(headers: dict[str, str], body: bytes, now: datetime) -> dict[str, Any]:
    """Each entry is a message of its own, so that one of another shape or account never holds up the others."""
    if len(body) > LARGEST_LEADS:
        return _answer(413, "too_large")
    tiktok_leads.verify_leads(headers.get("x-open-signature", ""), body, _secrets().leads)
    entries = tiktok_leads.entries_of(body.decode())
    if len(entries) > tiktok_leads.MOST_ENTRIES:
        return _answer(413, "too_large")
    return _enqueued([_outgoing(one, tiktok_leads.owner_of(one), now) for one in entries])


def _outgoing(envelope: str, owner: str, now: datetime) -> Outgoing:
    message = {"type": "tiktok_webhook", "version": 1, "received_at": written(now), "body": envelope}
    return Outgoing(json.dumps(message), owner)


def _enqueued(messages: list[Outgoing]) -> dict[str, Any]:
    """The answer once they lie on the queue. One that no queue takes is never said to be accepted; the others are."""
    fitting = [one for one in messages if not one.is_too_large]
    if not enqueue(fitting):
        return _answer(500, "try_again")
    return _answer(200, "accepted") if len(fitting) == len(messages) else _answer(413, "too_large")


def _raw_body(event: dict[str, Any]) -> bytes | None:
    """The body as it was signed; None if it is no base64 although it says so."""
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return text.encode(errors="replace")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None


def _secrets() -> _Secrets:
    """The secrets that hold now. A new one holds on every warm function within a minute."""
    return _secrets_read(int(time.time() / SECRETS_KEPT_SECONDS))


@functools.lru_cache(maxsize=1)
def _secrets_read(_minute: int) -> _Secrets:
    """The generated secret as it is for both webhooks, or those of `{"messages": ["new", "old"], "leads": ["new"]}`.

    Of any other shape none holds.
    """
    secret = client("secretsmanager").get_secret_value(SecretId=settings().webhook_secrets_arn)["SecretString"]
    if not secret.lstrip().startswith(("{", "[", '"')):
        # As it was generated. Not left to the parser to tell: to that, one that begins with a digit is a number.
        listed = _Secrets([secret], [secret])
    else:
        try:
            listed = msgspec.json.decode(secret, type=_Secrets)
        except msgspec.DecodeError:
            logger.error("The webhook secrets have another shape than {'messages': [...], 'leads': [...]}")
            return _Secrets()
    return _Secrets(_long_enough(listed.messages), _long_enough(listed.leads))


def _long_enough(secrets: list[str]) -> list[str]:
    return [one for one in secrets if len(one) >= SHORTEST_SECRET]


def _answer(status: int, code: str) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"code": code}),
    }
