"""The rows of `conversations`, and a head or message out of one and into one. What is asked of them is in store.py.

The index by last activity is of the heads and kept to the hour, so that an ordinary DM does not touch it.
"""

from typing import Any, cast

import msgspec
from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.capture.conversation import Conversation
from chalicelib.capture.message import Direction, Message, Referral
from chalicelib.clock import expiry_of, parse_written
from chalicelib.table import Keyed, Row, TableName

HEAD = "CONVERSATION"
MESSAGE = "MESSAGE#"


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


def partition(account_id: str, conversation_id: str) -> str:
    return f"{account_id}#{conversation_id}"


def conversation_row(head: Conversation, retention_days: int) -> ConversationRow:
    return ConversationRow(
        partition(head.account_id, head.id),
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


def conversation_of(row: ConversationRow) -> Conversation:
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


def message_row(message: Message, retention_days: int) -> MessageRow:
    return MessageRow(
        partition(message.account_id, message.conversation_id),
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


def message_of(row: MessageRow) -> Message:
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
