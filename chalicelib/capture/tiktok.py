"""TikTok's webhooks of messages: their signature, and their envelope as one of our own messages.

Source: TikTok for Business, Business Messaging webhooks and Webhooks verification (2024-2026).
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from chalicelib.capture.message import DirectMessage, Referral
from chalicelib.strict_json import parse_json

# Only these concern the thread; marks of reading, automatic messages and whatever comes next are counted and let go.
DIRECTIONS = {"im_receive_msg": "inbound", "im_referral_msg": "inbound", "im_send_msg": "outbound"}
LONGEST_LEAD = timedelta(seconds=300)  # how far a sender's clock may be ahead of ours


class SignatureError(Exception):
    """The request is not signed by the platform, or not at a time we accept."""


class Envelope(msgspec.Struct, frozen=True):
    """What every webhook of the platform is wrapped in; `content` is JSON once more."""

    event: str
    user_openid: str
    content: str


class User(msgspec.Struct, frozen=True):
    id: str = ""


class TextBody(msgspec.Struct, frozen=True):
    body: str = ""


class Content(msgspec.Struct, frozen=True, rename={"sender": "from", "receiver": "to"}):
    conversation_id: str
    message_id: str
    timestamp: int  # milliseconds
    type: str = "unknown"
    sender: str = ""  # user names, which may change; the ids are below
    receiver: str = ""
    unique_identifier: str = ""
    to_user: User = User()
    from_user: User = User()
    text: TextBody | None = None
    referral: dict[str, Any] | None = None


def verify_messages(header: str, body: bytes, secrets: Sequence[str], now: datetime, max_age: timedelta) -> None:
    """Raises SignatureError unless `TikTok-Signature: t=<seconds>,s=<hex>` signs this very body with a secret of ours.

    Several secrets hold at once, so that one can be exchanged without losing a message. A replay within `max_age` is
    let in: the platform itself repeats for 72 hours, and storing a message twice stores it once.
    """
    fields = dict(part.strip().split("=", 1) for part in header.split(",") if "=" in part)
    stamp, signature = fields.get("t", ""), fields.get("s", "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 10:
        raise SignatureError("the header has no time")
    signed = f"{stamp}.".encode() + body
    if not any(hmac.compare_digest(mac(secret, signed), signature.encode(errors="replace")) for secret in secrets):
        raise SignatureError("no secret fits")
    age = now - datetime.fromtimestamp(int(stamp), UTC)
    if age > max_age or -age > LONGEST_LEAD:
        raise SignatureError("signed too long ago, or ahead of time")


def mac(secret: str, signed: bytes) -> bytes:
    """The signature as the platform writes it: HMAC-SHA256 in lower-case hex."""
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()


def owner_of(body: str) -> str:
    """The business account an envelope names; `unknown` where it names none."""
    try:
        return str(json.loads(body).get("user_openid") or "unknown")
    except (ValueError, AttributeError, RecursionError):
        return "unknown"


def message_in(value: Any) -> DirectMessage | None:
    """The DM in a verified envelope, or None where its event concerns no thread. Raises ValueError on any fault."""
    envelope = msgspec.convert(value, Envelope)
    direction = DIRECTIONS.get(envelope.event)
    if direction is None:
        return None
    content = msgspec.convert(parse_json(envelope.content), Content)
    return msgspec.convert(
        {
            "type": "direct_message",
            "version": 1,
            "channel_account": {"platform": "tiktok", "business_id": envelope.user_openid},
            "conversation_id": content.conversation_id,
            "message_id": content.message_id,
            "sent_at": _sent_at(content.timestamp),
            "direction": direction,
            "message_type": content.type[:64] or "unknown",
            "customer": _customer(content, direction),
            "text": content.text.body if content.text else None,
            "referral": _referral(content.referral),
        },
        DirectMessage,
    )


def _sent_at(milliseconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(milliseconds / 1_000, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise msgspec.ValidationError("the timestamp is no time - at `$.timestamp`") from error


def _customer(content: Content, direction: str) -> dict[str, str] | None:
    """The customer by their stable id: `unique_identifier`, and on an echo the receiver's."""
    if direction == "outbound":
        return _named(content.to_user.id, content.receiver)
    return _named(content.unique_identifier or content.from_user.id, content.sender)


def _named(customer_id: str, username: str) -> dict[str, str] | None:
    known = {"id": customer_id} | ({"username": username[:256]} if username else {})
    return known if customer_id else None


def _referral(referral: dict[str, Any] | None) -> Referral | None:
    """The referral, if it is of a kind and shape we know; another is let go, and the message stays."""
    known = {name: value for name, value in (referral or {}).items() if name in Referral.__struct_fields__}
    try:
        return msgspec.convert({name: _text(value) for name, value in known.items()}, Referral)
    except msgspec.ValidationError:
        return None


def _text(value: object) -> object:
    return str(value)[:256] if isinstance(value, int | str) else value
