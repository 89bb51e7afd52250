"""Conversations as they are stored: a thread is one partition, its head beside its messages in the order of sending.

A message is written once and its head moves forward only, so both may be written again at will. An ordinary DM costs
two writes of one unit: the index by last activity is kept to the hour. Downside accepted: within an hour the list of
conversations is in no particular order until it is read.
"""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.capture.conversation import Conversation
from chalicelib.capture.message import Customer, Message
from chalicelib.capture.rows import (
    HEAD,
    MESSAGE,
    ConversationKeys,
    ConversationRow,
    MessageRow,
    conversation_of,
    conversation_row,
    message_of,
    message_row,
    partition,
)
from chalicelib.clock import hour_of, written
from chalicelib.table import Put, Update

# Entries read on either side of a message that may be a part. In 15 minutes a customer and a business write fewer.
EXAMINED = 100
MOST_EXAMINED = 500  # entries, by a page of any list
READ_AT_A_TIME = 100  # heads, as many as one call takes
SMALLEST_PAGE = 25  # keys: a list of one looks through more than one at a time
# Bytes, as they are answered, of what others wrote in a page of a thread. A function's answer holds 6 MB, and 100
# messages of 6,000 emoji are more. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
# (2026-11).
LARGEST_PAGE = 3_000_000


# Messages


def add_message(message: Message, retention_days: int) -> Put:
    """The write of a message, unless it is stored."""
    return Put(message_row(message, retention_days), MessageRow.pk.does_not_exist())


def name_lead(message: Message) -> Update:
    """The write by which a stored message names the lead that a contact in it belongs to."""
    row = MessageRow(partition(message.account_id, message.conversation_id), MESSAGE + message.order)
    actions: list[Action] = [MessageRow.lead_id.set(message.lead_id or "")]
    if message.is_truncated:
        actions.append(MessageRow.is_truncated.set(value=True))
    return Update(row, actions, MessageRow.pk.exists())


def find_message(account_id: str, conversation_id: str, order: str) -> Message | None:
    try:
        row = MessageRow.get(partition(account_id, conversation_id), MESSAGE + order, consistent_read=True)
    except DoesNotExist:
        return None
    return message_of(row)


def list_read_around(message: Message, span: timedelta, most: int) -> list[Message]:
    """The customer's messages that were read for contacts, within `span` and at most `most` on either side, in order.

    The message itself is among them if it is stored. Strongly read.
    """
    first, last = written(message.sent_at - span), written(message.sent_at + span) + "~"
    here = MESSAGE + message.order
    before = _query(message, MessageRow.sk.between(MESSAGE + first, here), is_newest_first=True)
    after = _query(message, MessageRow.sk.between(here, MESSAGE + last), is_newest_first=False)
    earlier = list(itertools.islice((one for one in before if one.order != message.order), most))
    return [*reversed(earlier), *itertools.islice(after, most + 1)]


def _query(message: Message, key: Condition, *, is_newest_first: bool) -> Iterator[Message]:
    rows = MessageRow.query(
        partition(message.account_id, message.conversation_id),
        key,
        scan_index_forward=not is_newest_first,
        consistent_read=True,
        limit=EXAMINED,
    )
    return (message_of(row) for row in rows if row.is_read and row.customer_id == message.customer_id)


def list_messages(
    account_id: str, conversation_id: str, limit: int, after: str | None, *, oldest: datetime, now: datetime
) -> tuple[list[Message], str | None]:
    """A page of the thread, newest first, of what was sent since `oldest`, and where the next one starts, if any does.

    What is expired is not shown. A page examines 500 entries at most, and ends early where its texts get too long for
    an answer, so it may be short, and not be the last.
    """
    end = MESSAGE + (after or "~")
    rows = MessageRow.query(
        partition(account_id, conversation_id),
        MessageRow.sk.between(min(MESSAGE + written(oldest), end), end),
        scan_index_forward=False,
        consistent_read=True,
        page_size=limit + 2,  # the last one seen, and one that tells of a further page
    )
    found: list[Message] = []
    last, size = None, 0
    for examined, row in enumerate(one for one in rows if one.sk != end):
        if len(found) == limit or examined == MOST_EXAMINED or size >= LARGEST_PAGE:
            return found, last
        last = row.sk.removeprefix(MESSAGE)
        if row.expires_at is None or row.expires_at > now.timestamp():
            found.append(message_of(row))
            size += _size_in_answer(row)
    return found, None


def _size_in_answer(row: MessageRow) -> int:
    """Bytes of what others wrote into it, at most: a function answers JSON that holds our JSON, both in ASCII."""
    return len(json.dumps(json.dumps([row.sk, row.text, row.referral, row.details])))


def count_replies(account_id: str, conversation_id: str, last_inbound: str, most: int) -> int:
    """How many messages the business sent after the customer's last one, counted up to `most`."""
    rows = MessageRow.query(
        partition(account_id, conversation_id),
        MessageRow.sk.between(f"{MESSAGE}{last_inbound}", f"{MESSAGE}~"),
        page_size=EXAMINED,
        consistent_read=True,
    )
    return sum(1 for _ in itertools.islice((row for row in rows if row.direction == "outbound"), most))


def list_messages_forward(account_id: str, conversation_id: str, after: str, oldest: datetime) -> Iterator[Message]:
    """The thread behind the entry of this order, oldest first, of what was sent since `oldest`.

    Strongly read, a page at a time, as it is asked for: who takes few pays for few.
    """
    start = MESSAGE + max(after, written(oldest))
    rows = MessageRow.query(
        partition(account_id, conversation_id),
        MessageRow.sk.between(start, f"{MESSAGE}~"),
        page_size=EXAMINED,
        consistent_read=True,
    )
    return (message_of(row) for row in rows if row.sk != MESSAGE + after)


# Heads


def find_conversation(account_id: str, conversation_id: str) -> Conversation | None:
    """The head as of now (strongly read)."""
    try:
        return conversation_of(ConversationRow.get(partition(account_id, conversation_id), HEAD, consistent_read=True))
    except DoesNotExist:
        return None


def move_forward(message: Message, customer: Customer | None) -> Update:
    """The write by which the head learns of a message of the same hour that comes in order, if that is what it is.

    One write of one unit, and no read. All else (the first message, a new hour, a late or repeated one, another
    customer) is for `save_conversation`.
    """
    row = ConversationRow(partition(message.account_id, message.conversation_id), HEAD)
    last = ConversationRow.last_inbound if message.direction == "inbound" else ConversationRow.last_outbound
    actions = [last.set(message.order)]
    condition = ConversationRow.activity_order == f"{hour_of(message.sent_at)}#{message.conversation_id}"
    condition &= last.does_not_exist() | (last < message.order)
    if message.direction == "outbound":
        condition &= ConversationRow.customer_id.exists()
    else:
        condition &= ConversationRow.customer_id == message.customer_id
    if message.direction == "inbound" and customer is not None and (customer.username or customer.name):
        actions += [
            _set_or_remove(ConversationRow.customer_username, customer.username),
            _set_or_remove(ConversationRow.customer_name, customer.name),
            ConversationRow.named_by.set(message.order),
        ]
    return Update(row, actions, condition)


def _set_or_remove(attribute: UnicodeAttribute, value: str | None) -> Any:
    return attribute.set(value) if value else attribute.remove()


def save_conversation(old: Conversation | None, new: Conversation, retention_days: int) -> Put:
    """The write of a head, if it still is what was read, down to its last message."""
    if old is None:
        return Put(conversation_row(new, retention_days), ConversationRow.pk.does_not_exist())
    condition = ConversationRow.version == old.version
    for attribute, value in (
        (ConversationRow.activity_order, f"{old.activity}#{old.id}"),
        (ConversationRow.last_inbound, old.last_inbound),
        (ConversationRow.last_outbound, old.last_outbound),
        (ConversationRow.named_by, old.named_by),
    ):
        condition &= attribute.does_not_exist() if value is None else attribute == value
    return Put(conversation_row(new, retention_days), condition)


def list_conversations(
    account_id: str, limit: int, after: str | None, is_wanted: Callable[[Conversation], bool]
) -> tuple[list[Conversation], str | None]:
    """A page of those wanted, latest activity first, and where the next one starts, if any does.

    A page examines 500 heads at most, so it may be short, even empty, and not be the last.
    """
    before = ConversationKeys.activity_order < after if after else None
    keys = ConversationKeys.by_activity.query(
        account_id, before, scan_index_forward=False, page_size=max(limit, SMALLEST_PAGE) + 1
    )
    found: list[Conversation] = []
    last, examined = after, 0
    for first in keys:
        if len(found) == limit or examined >= MOST_EXAMINED:
            return found, last
        chunk = [first, *itertools.islice(keys, READ_AT_A_TIME - 1 if examined else limit - 1)]
        heads = _heads(chunk)
        for key in chunk:
            if len(found) == limit:
                return found, last
            last, examined = key.activity_order, examined + 1
            head = heads.pop(key.pk, None)
            if head is not None and is_wanted(head):
                found.append(head)
    return found, None


def list_conversations_forward(account_id: str, after: str, most: int) -> list[tuple[str, Conversation | None]]:
    """The next heads, each with where it stands in the index, earliest activity first.

    Whoever walks this way meets every conversation: activity only moves forward, so one that moves meanwhile is met
    later, or again. Without a head: it moves at this moment, or is gone.
    """
    keys = list(
        ConversationKeys.by_activity.query(account_id, ConversationKeys.activity_order > after, limit=most)
        if most
        else ()
    )
    heads = _heads(keys) if keys else {}
    return [(key.activity_order, heads.get(key.pk)) for key in keys]


def _heads(keys: Iterable[ConversationKeys]) -> dict[str, Conversation]:
    """The heads of these keys; while one moves in the index, it may stand there twice."""
    asked = [(pk, HEAD) for pk in dict.fromkeys(key.pk for key in keys)]
    return {row.pk: conversation_of(row) for row in ConversationRow.batch_get(asked)}
