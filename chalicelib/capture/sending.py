"""Messages by the API: a batch is judged as a whole, and put on the queue as its senders' own would be."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import IdentityKind, IdentityState
from chalicelib.capture.message import DirectMessage, is_ahead
from chalicelib.capture.queue import Outgoing, enqueue
from chalicelib.faults import Fault, InvalidError


class NotQueuedError(Exception):
    """Some of the messages could not be put on the queue."""


def send_messages(account_id: str, messages: Sequence[DirectMessage], now: datetime) -> None:
    """All of the messages lie on the queue, or none if one of them has a fault.

    **Repeats**: they lie there twice and are stored once. **Errors**: InvalidError with every fault, NotQueuedError.
    """
    faults = list(_faults(account_id, messages, now))
    if faults:
        raise InvalidError(faults)
    if not enqueue([_outgoing(one) for one in messages]):
        raise NotQueuedError


def _faults(account_id: str, messages: Sequence[DirectMessage], now: datetime) -> Iterator[Fault]:
    """What the shape alone does not tell. An account's id that is another's and one that is nobody's read alike."""
    linked = {
        (one.platform, one.value)
        for one in accounts.list_identities(account_id)
        if one.kind is IdentityKind.BUSINESS_ID and one.state is IdentityState.LINKED
    }
    for place, message in enumerate(messages):
        channel = message.channel_account
        if (channel.platform, channel.business_id) not in linked:
            yield Fault(f"/messages/{place}/channel_account", "is not linked to this account")
        if is_ahead(message.sent_at, now):
            yield Fault(f"/messages/{place}/sent_at", "must not be more than five minutes ahead")


def _outgoing(message: DirectMessage) -> Outgoing:
    # Escaped to ASCII: of what JSON may hold, SQS takes neither control characters nor U+FFFE and U+FFFF as they are.
    return Outgoing(json.dumps(msgspec.to_builtins(message)), message.channel_account.business_id)
