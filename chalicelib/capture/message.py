"""The shapes in which a DM or a lead form's entry arrives, whichever way it came, and what of a DM is kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from chalicelib.clock import written

# An id of a platform: bounded, and without control characters, so that none can break out of a key.
PlatformId = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
EARLIEST_YEAR = 2000  # before any platform; older times are mistakes of a sender
LONGEST_ID_BYTES = 900  # in UTF-8: a sort key holds 1,024 bytes, some of them ours
ShortText = Annotated[str, Meta(max_length=256)]
# The platform's own bound on a DM's text (https://business-api.tiktok.com/portal/docs, messaging, 2026).
MessageText = Annotated[str, Meta(max_length=6_000)]
FURTHEST_AHEAD = timedelta(minutes=5)  # a sender's clock may be ahead of ours by this much
LONGEST_ANSWERS = 200_000  # bytes of a form's answers as JSON in ASCII: an item of a table holds 400 KB


class SentInFutureError(Exception):
    """The message says it was sent more than five minutes from now."""


def is_ahead(sent_at: datetime, now: datetime) -> bool:
    """Whether something says it was sent more than five minutes from now."""
    return sent_at > now + FURTHEST_AHEAD


class ChannelAccount(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose channel a message came through, as its platform names it."""

    platform: Literal["tiktok"]
    business_id: PlatformId


class Customer(Struct, frozen=True, forbid_unknown_fields=True):
    id: PlatformId
    username: ShortText | None = None
    name: ShortText | None = None


class Referral(Struct, frozen=True, forbid_unknown_fields=True):
    """What brought the customer into the chat."""

    source: Literal["ad", "short_link"]
    advertiser_id: ShortText | None = None
    ad_id: ShortText | None = None
    ad_name: ShortText | None = None
    embed_url: Annotated[str, Meta(max_length=2_048)] | None = None
    ref: ShortText | None = None
    prefilled_message: MessageText | None = None


class DirectMessage(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="direct_message"
):
    """A DM on the queue, version 1. An inbound one names its customer; an echo may not know them."""

    version: Literal[1]
    channel_account: ChannelAccount
    conversation_id: PlatformId
    message_id: PlatformId
    sent_at: Annotated[datetime, Meta(tz=True)]
    direction: Literal["inbound", "outbound"]
    message_type: Annotated[str, Meta(min_length=1, max_length=64)]
    customer: Customer | None = None
    text: MessageText | None = None
    referral: Referral | None = None

    def __post_init__(self) -> None:
        if self.direction == "inbound" and self.customer is None:
            raise ValueError("an inbound message names its customer")
        if self.sent_at.year < EARLIEST_YEAR:
            raise ValueError("no message is that old")
        if len(self.message_id.encode(errors="replace")) > LONGEST_ID_BYTES:
            raise ValueError("the message id is too long")


class FormChannelAccount(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose form was filled in: the advertiser's it belongs to, or else the library's that holds it, or both."""

    platform: Literal["tiktok"]
    advertiser_id: PlatformId | None = None
    library_id: PlatformId | None = None

    def __post_init__(self) -> None:
        if self.advertiser_id is None and self.library_id is None:
            raise ValueError("a form names its advertiser or its library")


class LeadForm(Struct, frozen=True, forbid_unknown_fields=True):
    """The form that was filled in. A lead of the platform's own chat has none."""

    id: ShortText = ""
    name: ShortText = ""


class FormAd(Struct, frozen=True, forbid_unknown_fields=True):
    """The ad the form was opened from."""

    campaign_id: ShortText | None = None
    campaign_name: ShortText | None = None
    adgroup_id: ShortText | None = None
    adgroup_name: ShortText | None = None
    ad_id: ShortText | None = None
    ad_name: ShortText | None = None


class FormField(Struct, frozen=True, forbid_unknown_fields=True):
    """A question of the form, by its name, and what was answered."""

    field: Annotated[str, Meta(min_length=1, max_length=500)]
    value: Annotated[str, Meta(max_length=2_000)]


class LeadFormSubmission(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="lead_form_submission"
):
    """An entry of a lead form on the queue, version 1. Ids are text: the platform's of 19 digits are beyond 2^53."""

    version: Literal[1]
    channel_account: FormChannelAccount
    # Narrower than other ids: it is part of a sort key, which holds 1,024 bytes.
    lead_id: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
    submitted_at: Annotated[datetime, Meta(tz=True)]
    lead_source: Literal["INSTANT_FORM", "DIRECT_MESSAGE"]
    form: LeadForm = LeadForm()
    ad: FormAd | None = None
    fields: Annotated[list[FormField], Meta(max_length=100)] = []
    is_test: bool = False

    def __post_init__(self) -> None:
        if self.submitted_at.year < EARLIEST_YEAR:
            raise ValueError("no form is that old")
        if sum(len(json.dumps([one.field, one.value])) for one in self.fields) > LONGEST_ANSWERS:
            raise ValueError("the answers are too long")


Direction = Literal["inbound", "outbound", "activity"]


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a thread, as it is kept."""

    account_id: str
    conversation_id: str  # ours, derived from the platform's
    message_id: str  # the sender's
    sent_at: datetime
    direction: Direction
    message_type: str
    customer_id: str | None
    text: str | None = None
    referral: Referral | None = None
    is_read: bool = False  # read for contacts when it was processed; what was not, never is later
    is_possible_part: bool = False
    is_truncated: bool = False  # it held more contacts than are captured from one message
    lead_id: str | None = None  # the lead that a contact in it, or an activity, belongs to
    details: Mapping[str, Any] | None = None  # of an activity: what was done, by whom

    @property
    def order(self) -> str:
        """Where it stands in its thread: by the time it was sent, then by id. Text order is thread order."""
        return f"{written(self.sent_at)}#{self.message_id}"


def an_activity(
    *,
    account_id: str,
    conversation_id: str,
    id_: str,
    at: datetime,
    kind: str,
    lead_id: str,
    details: Mapping[str, Any],
) -> Message:
    """What a member did to the lead, as an entry of the thread it was done in: it moves neither window nor head.

    `kind` is the event's, such as `lead.status_changed`; `details` carries ids and states, never a contact.
    """
    return Message(
        account_id, conversation_id, id_, at, "activity", kind, customer_id=None, lead_id=lead_id, details=details
    )


def parse_direct_message(value: object) -> DirectMessage:
    """The DM in decoded JSON. Raises msgspec.ValidationError with the place of the first fault, never with a value."""
    return msgspec.convert(value, DirectMessage)


# What may lie on the queue `inbound` as a message of its own, for the description that is served.
QUEUE_SHAPES = (DirectMessage, LeadFormSubmission)
