"""What lies on the queue `inbound`: parsed, brought to its account, and taken in or rejected with a reason.

A rejected message goes to the dead letters with its reason and original id, and an event tells of it. Anything else
that goes wrong is for the queue to try again. Downside accepted: cut off between the dead letters and the queue's own
delete, a rejected message may lie there twice.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Account, IdentityKind
from chalicelib.accounts.identities import IdentityTakenError, prove_by_echo
from chalicelib.aws import client
from chalicelib.capture import tiktok, tiktok_leads
from chalicelib.capture.intake import take_in
from chalicelib.capture.message import (
    ChannelAccount,
    DirectMessage,
    FormChannelAccount,
    LeadFormSubmission,
    SentInFutureError,
)
from chalicelib.clock import written
from chalicelib.config import settings
from chalicelib.events.publish import publish
from chalicelib.ids import derived_id
from chalicelib.leads.forms import take_in_form
from chalicelib.observability import count
from chalicelib.strict_json import parse_json
from chalicelib.table import write_one

DEAD_LETTER_LIFETIME = timedelta(days=14)  # the longest SQS keeps a message

Channel = ChannelAccount | FormChannelAccount
Inbound = DirectMessage | LeadFormSubmission
FindAccount = Callable[[Channel], Account | None]


class RejectedError(Exception):
    """A message that can never be processed, by a stable reason: `not_json`, `wrong_schema`, `unknown_account` …"""

    def __init__(self, reason: str, channel: Channel | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.channel = channel  # of an unknown account: what is to be linked


def take_in_record(record: dict[str, Any], find_account: FindAccount, now: datetime) -> None:
    """An SQS record ends stored, counted and let go, or in the dead letters with its reason.

    **Repeats**: safe. **Errors**: whatever keeps it from being processed this time; the queue brings it again.
    """
    try:
        match _parse(record["body"]):
            case DirectMessage() as dm:
                take_in(dm, _account_of(dm, find_account, now), now)
            case LeadFormSubmission() as submission:
                _take_in_form(submission, find_account, now)
            case None:
                count("webhook_events_ignored")
    except RejectedError as rejected:
        _reject(record, rejected, now)
    except SentInFutureError:
        _reject(record, RejectedError("sent_in_future"), now)


def accounts_of_batch() -> FindAccount:
    """A look-up that reads each account once for a batch: strongly, so that a switch holds from the next one on."""
    known: dict[Channel, Account] = {}

    def find_account(channel: Channel) -> Account | None:
        if channel not in known:
            account = _find_account(channel)
            if account is None:
                return None
            known[channel] = account
        return known[channel]

    return find_account


def _find_account(channel: Channel) -> Account | None:
    """The account that the first linked one of the channel's ids routes to."""
    for kind, value in _identities(channel):
        account_id = accounts.find_account_id(channel.platform, kind.value, value)
        if account_id is not None:
            return accounts.get(account_id)
    return None


def _identities(channel: Channel) -> list[tuple[IdentityKind, str]]:
    """What a channel may be linked by, the more telling one first."""
    if isinstance(channel, ChannelAccount):
        return [(IdentityKind.BUSINESS_ID, channel.business_id)]
    named = ((IdentityKind.ADVERTISER_ID, channel.advertiser_id), (IdentityKind.LIBRARY_ID, channel.library_id))
    return [(kind, value) for kind, value in named if value is not None]


class _NativeKind(msgspec.Struct, frozen=True):
    type: str
    version: int


class _Webhook(msgspec.Struct, frozen=True):
    type: str
    version: int
    received_at: str
    body: str


def _parse(body: str) -> Inbound | None:
    """What the body is, or None for what a platform tells that is neither message nor form. Raises RejectedError."""
    try:
        value = parse_json(body)
    except ValueError as error:
        raise RejectedError("not_json") from error
    try:
        kind = msgspec.convert(value, _NativeKind)
        if kind.version != 1:
            raise RejectedError("unknown_version")
        if kind.type == "direct_message":
            return msgspec.convert(value, DirectMessage)
        if kind.type == "lead_form_submission":
            return msgspec.convert(value, LeadFormSubmission)
        if kind.type == "tiktok_webhook":
            return _received(parse_json(msgspec.convert(value, _Webhook).body))
    except (msgspec.ValidationError, ValueError) as error:
        raise RejectedError("wrong_schema") from error
    raise RejectedError("unknown_type")


def _received(envelope: Any) -> Inbound | None:
    """What a webhook told: an envelope with entries is of leads, any other of a message."""
    if isinstance(envelope, dict) and "entry" in envelope:
        return tiktok_leads.submission_in(envelope)
    return tiktok.message_in(envelope)


def _take_in_form(submission: LeadFormSubmission, find_account: FindAccount, now: datetime) -> None:
    account = find_account(submission.channel_account)
    if account is None:
        raise RejectedError("unknown_account", submission.channel_account)
    take_in_form(submission, account, now)


def _account_of(dm: DirectMessage, find_account: FindAccount, now: datetime) -> Account:
    channel = dm.channel_account
    account = find_account(channel)
    if account is None and dm.direction == "outbound":
        account = _account_proved_by(dm, now)
    if account is None:
        raise RejectedError("unknown_account", channel)
    return account


def _account_proved_by(dm: DirectMessage, now: datetime) -> Account | None:
    """The account whose pending link this echo proves: only who owns a business account can write from it."""
    channel = dm.channel_account
    try:
        account_id = prove_by_echo(channel.platform, channel.business_id, dm.text, now)
    except IdentityTakenError:
        return None
    return accounts.get(account_id) if account_id else None


def _reject(record: dict[str, Any], rejected: RejectedError, now: datetime) -> None:
    message_id = record["messageId"]
    client("sqs").send_message(
        QueueUrl=settings().inbound_dead_letters_url,
        MessageBody=record["body"],
        MessageAttributes={
            "reason": {"DataType": "String", "StringValue": rejected.reason},
            "original_message_id": {"DataType": "String", "StringValue": message_id},
        },
    )
    if rejected.channel is not None:
        _note_waiting(record["body"], rejected.channel, now)
    publish([_rejected_event(message_id, rejected.reason, now)])
    count("messages_rejected")


def _note_waiting(body: str, channel: Channel, now: datetime) -> None:
    """Under each id it names, so that whichever is linked tells that the message waits."""
    expires_at = int((now + DEAD_LETTER_LIFETIME).timestamp())
    for kind, value in _identities(channel):
        write_one(accounts.waiting(channel.platform, kind.value, value, derived_id("ltr", body), expires_at))


def _rejected_event(message_id: str, reason: str, now: datetime) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": derived_id("rej", message_id),
        "source": "/v1/messages",
        "type": "message.rejected.v1",
        "subject": message_id,
        "time": written(now),
        "datacontenttype": "application/json",
        "data": {"reason": reason},
    }
