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
from chalicelib.capture import tiktok
from chalicelib.capture.intake import SentInFutureError, take_in
from chalicelib.capture.message import ChannelAccount, DirectMessage
from chalicelib.clock import written
from chalicelib.config import settings
from chalicelib.events.publish import publish
from chalicelib.ids import derived_id
from chalicelib.observability import count
from chalicelib.strict_json import parse_json
from chalicelib.table import write_one

DEAD_LETTER_LIFETIME = timedelta(days=14)  # the longest SQS keeps a message

FindAccount = Callable[[ChannelAccount], Account | None]


class RejectedError(Exception):
    """A message that can never be processed, by a stable reason: `not_json`, `wrong_schema`, `unknown_account` …"""

    def __init__(self, reason: str, channel_account: ChannelAccount | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.channel_account = channel_account


def take_in_record(record: dict[str, Any], find_account: FindAccount, now: datetime) -> None:
    """An SQS record ends stored, counted and let go, or in the dead letters with its reason.

    **Repeats**: safe. **Errors**: whatever keeps it from being processed this time; the queue brings it again.
    """
    try:
        dm = _parse(record["body"])
        if dm is None:
            count("webhook_events_ignored")
            return
        take_in(dm, _account_of(dm, find_account, now), now)
    except RejectedError as rejected:
        _reject(record, rejected, now)
    except SentInFutureError:
        _reject(record, RejectedError("sent_in_future"), now)


def accounts_of_batch() -> FindAccount:
    """A look-up that reads each account once for a batch: strongly, so that a switch holds from the next one on."""
    known: dict[ChannelAccount, Account] = {}

    def find_account(channel: ChannelAccount) -> Account | None:
        if channel not in known:
            account_id = accounts.find_account_id(channel.platform, IdentityKind.BUSINESS_ID.value, channel.business_id)
            account = accounts.get(account_id) if account_id else None
            if account is None:
                return None
            known[channel] = account
        return known[channel]

    return find_account


class _NativeKind(msgspec.Struct, frozen=True):
    type: str
    version: int


class _Webhook(msgspec.Struct, frozen=True):
    type: str
    version: int
    received_at: str
    body: str


def _parse(body: str) -> DirectMessage | None:
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
        if kind.type == "tiktok_webhook":
            return tiktok.message_in(msgspec.convert(value, _Webhook).body)
    except (msgspec.ValidationError, ValueError) as error:
        raise RejectedError("wrong_schema") from error
    raise RejectedError("unknown_type")


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
    if rejected.channel_account is not None:
        channel = rejected.channel_account
        expires_at = int((now + DEAD_LETTER_LIFETIME).timestamp())
        letter = derived_id("ltr", record["body"])
        kind = IdentityKind.BUSINESS_ID.value
        write_one(accounts.waiting(channel.platform, kind, channel.business_id, letter, expires_at))
    publish([_rejected_event(message_id, rejected.reason, now)])
    count("messages_rejected")


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
