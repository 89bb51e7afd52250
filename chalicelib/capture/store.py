"""The rows of `conversations`: a thread is one partition, its head beside its messages in the order they were sent.

A message is written once and its head moves forward only, so both may be written again at will. An ordinary DM costs
two writes of one unit: the index by last activity is kept to the hour. Downside accepted: within an hour the list of
conversations is in no particular order until it is read.
"""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec
from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.capture.conversation import Conversation
from chalicelib.capture.message import Customer, Direction, Message, Referral
from chalicelib.clock import expiry_of, hour_of, parse_written, written
from chalicelib.table import Keyed, Put, Row, TableName, Update

HEAD = "CONVERSATION"
MESSAGE = "MESSAGE#"
# Entries read on either side of a message that may be a part. In 15 minutes a customer and a business write fewer.
EXAMINED = 100


class ByActivity(GlobalSecondaryIndex[Any]):
    """An account's conversations by the hour of their last message."""

    class Meta:
        index_name = "by_activity"
        projection = KeysOnlyProjection()

    account_id = UnicodeAttribute(hash_key=True)
    activity_order = UnicodeAttribute(range_key=True)


class ConversationKeys(Keyed):
    """A conversation as its index tells of it."""

    class Meta:
        table_name = TableName("conversations_table")

    account_id = UnicodeAttribute()
    activity_order = UnicodeAttribute()
    by_activity = ByActivity()


class ConversationTable(Row):
    class Meta:
        table_name = TableName("conversations_table")


class ConversationRow(ConversationTable, discriminator="conversation"):
    account_id = UnicodeAttribute()
    activity_order = UnicodeAttribute()  # hour#conversation
    platform = UnicodeAttribute()
    platform_conversation_id = UnicodeAttribute()
    customer_id = UnicodeAttribute(null=True)
    customer_username = UnicodeAttribute(null=True)
    customer_name = UnicodeAttribute(null=True)
    named_by = UnicodeAttribute(null=True)
    last_inbound = UnicodeAttribute(null=True)
    last_outbound = UnicodeAttribute(null=True)
    lead_id = UnicodeAttribute(null=True)
    version = NumberAttribute()


class MessageRow(ConversationTable, discriminator="message"):
    direction = UnicodeAttribute()
    message_type = UnicodeAttribute()
    customer_id = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    referral = JSONAttribute(null=True)
    is_read = BooleanAttribute(null=True)
    is_possible_part = BooleanAttribute(null=True)
    is_truncated = BooleanAttribute(null=True)
    lead_id = UnicodeAttribute(null=True)
    details = JSONAttribute(null=True)


# Messages


def add_message(message: Message, retention_days: int) -> Put:
    """The write of a message, unless it is stored."""
    return Put(_message_row(message, retention_days), MessageRow.pk.does_not_exist())


def name_lead(message: Message) -> Update:
    """The write by which a stored message names the lead that a contact in it belongs to."""
    row = MessageRow(_partition(message.account_id, message.conversation_id), MESSAGE + message.order)
    actions: list[Action] = [MessageRow.lead_id.set(message.lead_id or "")]
    if message.is_truncated:
        actions.append(MessageRow.is_truncated.set(value=True))
    return Update(row, actions, MessageRow.pk.exists())


def find_message(account_id: str, conversation_id: str, order: str) -> Message | None:
    try:
        row = MessageRow.get(_partition(account_id, conversation_id), MESSAGE + order, consistent_read=True)
    except DoesNotExist:
        return None
    return _message(row)


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
        _partition(message.account_id, message.conversation_id),
        key,
        scan_index_forward=not is_newest_first,
        consistent_read=True,
        limit=EXAMINED,
    )
    return (_message(row) for row in rows if row.is_read and row.customer_id == message.customer_id)


def list_messages(account_id: str, conversation_id: str, limit: int, after: str | None, now: datetime) -> list[Message]:
    """A page of the thread, newest first, after the order of the last one seen. What is expired is not shown."""
    end = MESSAGE + (after or "~")
    rows = MessageRow.query(
        _partition(account_id, conversation_id),
        MessageRow.sk.between(MESSAGE, end),
        scan_index_forward=False,
        consistent_read=True,
        limit=limit + 1,
    )
    live = (row for row in rows if row.sk != end and _is_live(row, now))
    return [_message(row) for row in itertools.islice(live, limit)]


def count_replies(account_id: str, conversation_id: str, last_inbound: str, most: int) -> int:
    """How many messages the business sent after the customer's last one, counted up to `most`."""
    rows = MessageRow.query(
        _partition(account_id, conversation_id),
        MessageRow.sk.between(f"{MESSAGE}{last_inbound}", f"{MESSAGE}~"),
        limit=EXAMINED,
        consistent_read=True,
    )
    return sum(1 for _ in itertools.islice((row for row in rows if row.direction == "outbound"), most))


# Heads


def find_conversation(account_id: str, conversation_id: str) -> Conversation | None:
    """The head as of now (strongly read)."""
    try:
        return _conversation(ConversationRow.get(_partition(account_id, conversation_id), HEAD, consistent_read=True))
    except DoesNotExist:
        return None


def move_forward(message: Message, customer: Customer | None) -> Update:
    """The write by which the head learns of a message of the same hour that comes in order, if that is what it is.

    One write of one unit, and no read. All else (the first message, a new hour, a late or repeated one, another
    customer) is for `save_conversation`.
    """
    row = ConversationRow(_partition(message.account_id, message.conversation_id), HEAD)
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
        return Put(_conversation_row(new, retention_days), ConversationRow.pk.does_not_exist())
    condition = ConversationRow.version == old.version
    for attribute, value in (
        (ConversationRow.activity_order, f"{old.activity}#{old.id}"),
        (ConversationRow.last_inbound, old.last_inbound),
        (ConversationRow.last_outbound, old.last_outbound),
        (ConversationRow.named_by, old.named_by),
    ):
        condition &= attribute.does_not_exist() if value is None else attribute == value
    return Put(_conversation_row(new, retention_days), condition)


def list_conversations(account_id: str, limit: int, after: str | None) -> tuple[list[Conversation], str | None]:
    """A page, newest activity first, and where the next one starts."""
    before = ConversationKeys.activity_order < after if after else None
    page = ConversationKeys.by_activity.query(account_id, before, scan_index_forward=False, limit=limit + 1)
    found = [(row.pk, row.activity_order) for row in page]
    heads = {row.pk: _conversation(row) for row in ConversationRow.batch_get([(pk, HEAD) for pk, _ in found[:limit]])}
    return [heads[pk] for pk, _ in found[:limit] if pk in heads], found[limit - 1][1] if len(found) > limit else None


def _partition(account_id: str, conversation_id: str) -> str:
    return f"{account_id}#{conversation_id}"


def _is_live(row: Row, now: datetime) -> bool:
    return row.expires_at is None or row.expires_at > now.timestamp()


def _conversation_row(head: Conversation, retention_days: int) -> ConversationRow:
    return ConversationRow(
        _partition(head.account_id, head.id),
        HEAD,
        account_id=head.account_id,
        activity_order=f"{head.activity}#{head.id}",
        platform=head.platform,
        platform_conversation_id=head.platform_conversation_id,
        customer_id=head.customer_id,
        customer_username=head.customer_username,
        customer_name=head.customer_name,
        named_by=head.named_by,
        last_inbound=head.last_inbound,
        last_outbound=head.last_outbound,
        lead_id=head.lead_id,
        version=head.version,
        # To the hour like the activity itself: an ordinary message need not touch it.
        expires_at=expiry_of(parse_written(f"{head.activity}:59:59.999Z"), retention_days),
    )


def _conversation(row: ConversationRow) -> Conversation:
    return Conversation(
        account_id=row.account_id,
        id=row.pk.partition("#")[2],
        platform=row.platform,
        platform_conversation_id=row.platform_conversation_id,
        activity=row.activity_order.partition("#")[0],
        customer_id=row.customer_id,
        customer_username=row.customer_username,
        customer_name=row.customer_name,
        named_by=row.named_by,
        last_inbound=row.last_inbound,
        last_outbound=row.last_outbound,
        lead_id=row.lead_id,
        version=int(row.version),
    )


def _message_row(message: Message, retention_days: int) -> MessageRow:
    return MessageRow(
        _partition(message.account_id, message.conversation_id),
        MESSAGE + message.order,
        direction=message.direction,
        message_type=message.message_type,
        customer_id=message.customer_id,
        text=message.text,
        referral=msgspec.to_builtins(message.referral) if message.referral else None,
        is_read=message.is_read or None,
        is_possible_part=message.is_possible_part or None,
        is_truncated=message.is_truncated or None,
        lead_id=message.lead_id,
        details=dict(message.details) if message.details else None,
        expires_at=expiry_of(message.sent_at, retention_days),
    )


def _message(row: MessageRow) -> Message:
    account_id, _, conversation_id = row.pk.partition("#")
    sent_at, _, message_id = row.sk.removeprefix(MESSAGE).partition("#")
    return Message(
        account_id=account_id,
        conversation_id=conversation_id,
        message_id=message_id,
        sent_at=parse_written(sent_at),
        direction=cast("Direction", row.direction),
        message_type=row.message_type,
        customer_id=row.customer_id,
        text=row.text,
        referral=msgspec.convert(row.referral, Referral) if row.referral else None,
        is_read=bool(row.is_read),
        is_possible_part=bool(row.is_possible_part),
        is_truncated=bool(row.is_truncated),
        lead_id=row.lead_id,
        details=row.details,
    )
