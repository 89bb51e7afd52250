"""TikTok's webhooks of leads: their signature, and each entry of their envelope as one of our own messages.

Source: TikTok for Business, lead generation webhooks (2024-2026).
"""

import hmac
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from chalicelib.capture.message import LeadFormSubmission
from chalicelib.capture.tiktok import SignatureError, mac

MOST_ENTRIES = 1_000  # of one envelope, as the platform sends them
LONGEST_NAME = 256  # characters kept of a form's, a campaign's or an ad's name

Id = int | str  # a number of 19 digits, which Python reads exactly; 0 means none
AD_NAMES = ("campaign_id", "campaign_name", "adgroup_id", "adgroup_name", "ad_id", "ad_name")


class Answered(Struct, frozen=True):
    field: str
    value: str | int | None = None  # an optional question may stay open


class Entry(Struct, frozen=True):
    """One lead as the platform tells of it."""

    id: Id
    create_time: int  # seconds
    lead_source: Literal["INSTANT_FORM", "DIRECT_MESSAGE"] = "INSTANT_FORM"  # older webhooks do not tell
    page_id: Id = 0
    page_name: str | None = None
    advertiser_id: Id = 0
    library_id: Id = 0
    campaign_id: Id = 0
    campaign_name: str | None = None
    adgroup_id: Id = 0
    adgroup_name: str | None = None
    ad_id: Id = 0
    ad_name: str | None = None
    changes: list[Answered] = []


class LeadEnvelope(Struct, frozen=True):
    entry: list[Entry]


def verify_leads(signature: str, body: bytes, secrets: Sequence[str]) -> None:
    """Raises SignatureError unless `X-Open-Signature: <hex>` signs this very body with a secret of ours.

    The documents leave open whether the body is signed as sent or with its letters beyond ASCII escaped: either holds.
    No time is signed, so any age is let in; a replay is harmless, for storing a form's entry twice stores it once.
    """
    sent = signature.encode(errors="replace")
    forms = {body, _escaped(body)}
    if not any(hmac.compare_digest(mac(secret, form), sent) for secret in secrets for form in forms):
        raise SignatureError("no secret fits")


def _escaped(body: bytes) -> bytes:
    """The body with what is beyond ASCII as JSON spells it, in two halves beyond the basic plane."""
    text = body.decode(errors="replace")
    return re.sub(r"[^\x00-\x7f]+", lambda found: json.dumps(found.group())[1:-1], text).encode()


def entries_of(body: str) -> list[str]:
    """The envelope, once for each of its entries and with that one alone; as it is, where it is no such envelope.

    What is none, or holds an entry of another shape, is for the consumer to reject. The entries of one webhook that are
    whole do not wait for it.
    """
    try:
        envelope = json.loads(body)
        if isinstance(envelope, dict) and isinstance(envelope.get("entry"), list):
            return [json.dumps(envelope | {"entry": [one]}) for one in envelope["entry"]]
    except (ValueError, RecursionError):
        pass
    return [body]


def owner_of(body: str) -> str:
    """The advertiser or library that the only entry of an envelope names; `unknown` where none does."""
    try:
        (entry,) = json.loads(body)["entry"]
        named = _id(entry.get("advertiser_id", 0)) or _id(entry.get("library_id", 0))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "unknown"
    return named or "unknown"


def submission_in(value: Any) -> LeadFormSubmission:
    """The form entry in a verified envelope that holds one. Raises ValueError on any fault."""
    entries = msgspec.convert(value, LeadEnvelope).entry
    if len(entries) != 1:
        raise ValueError("one entry makes one message")
    (entry,) = entries
    return msgspec.convert(
        {
            "type": "lead_form_submission",
            "version": 1,
            "channel_account": {
                "platform": "tiktok",
                "advertiser_id": _id(entry.advertiser_id),
                "library_id": _id(entry.library_id),
            },
            "lead_id": _id(entry.id),
            "submitted_at": _time(entry.create_time),
            "lead_source": entry.lead_source,
            "form": {"id": _id(entry.page_id) or "", "name": (entry.page_name or "")[:LONGEST_NAME]},
            "ad": _ad(entry),
            "fields": [{"field": one.field, "value": _answer(one.value)} for one in entry.changes],
        },
        LeadFormSubmission,
    )


def _id(value: Id) -> str | None:
    text = str(value)
    return None if text in {"", "0"} else text


def _time(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError("the time is none") from error


def _ad(entry: Entry) -> dict[str, str] | None:
    named = {name: _id(getattr(entry, name) or "") for name in AD_NAMES}
    return {name: value[:LONGEST_NAME] for name, value in named.items() if value} or None


def _answer(value: str | int | None) -> str:
    return "" if value is None else str(value)
