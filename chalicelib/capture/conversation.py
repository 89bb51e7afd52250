"""A conversation's head: its customer, its last messages and its reply window. Facts only ever move forward."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.capture.message import Customer, Message
from chalicelib.clock import expiry_of, hour_of, parse_written

# The business may answer for 48 hours after the customer's last message, with at most 10 messages after it.
# Source: TikTok for Business, Business Messaging, sending messages (2024-2026).
REPLY_WINDOW = timedelta(hours=48)
REPLIES_ALLOWED = 10


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread of one account with one customer. `last_…` are orders of messages, `2026-11-22T14:05:00.000Z#id`."""

    account_id: str
    id: str
    platform: str
    platform_conversation_id: str
    activity: str = ""  # the hour of the last message, `2026-11-22T14`
    customer_id: str | None = None
    customer_username: str | None = None
    customer_name: str | None = None
    named_by: str | None = None  # the order of the message that last told the customer's names
    last_inbound: str | None = None
    last_outbound: str | None = None
    lead_id: str | None = None
    # Touched only by messages that may hold a contact, a part of one, or a referral: of two at once, one reads again.
    version: int = 0

    def with_message(self, message: Message, customer: Customer | None) -> "Conversation":
        """With this message taken into account. The same messages end alike in any order and however often."""
        head = replace(self, activity=max(self.activity, hour_of(message.sent_at)))
        if message.direction == "outbound":
            known = head.customer_id or (customer.id if customer else None)
            return replace(head, customer_id=known, last_outbound=max(head.last_outbound or "", message.order))
        if customer is not None and message.order > (head.last_inbound or ""):
            head = replace(head, customer_id=customer.id)
        if customer is not None and (customer.username or customer.name) and message.order > (head.named_by or ""):
            head = replace(
                head, customer_username=customer.username, customer_name=customer.name, named_by=message.order
            )
        return replace(head, last_inbound=max(head.last_inbound or "", message.order))

    def is_overtaken(self, message: Message) -> bool:
        """Whether a later message of the customer stands here already."""
        return message.order < (self.last_inbound or "")

    @property
    def last_message(self) -> str | None:
        """The order of the last message, whoever wrote it."""
        return max(self.last_inbound or "", self.last_outbound or "") or None

    @property
    def is_unanswered(self) -> bool:
        """Whether the customer wrote last."""
        return (self.last_inbound or "") > (self.last_outbound or "")

    def is_expired(self, retention_days: int, now: datetime) -> bool:
        """Whether reads hide it already: its last message was sent too long ago, to the hour."""
        last = parse_written(f"{self.activity}:59:59.999Z")
        return expiry_of(last, retention_days) <= now.timestamp()


@dataclass(frozen=True, slots=True)
class ReplyWindow:
    """Until when, and how often, the business may still answer."""

    closes_at: datetime | None
    replies_left: int
    is_open: bool


def reply_window(last_inbound: str | None, replies_sent: int, now: datetime) -> ReplyWindow:
    """The window after the customer's last message, in which `replies_sent` messages went out already."""
    if last_inbound is None:
        return ReplyWindow(None, 0, is_open=False)
    closes_at = parse_written(last_inbound.partition("#")[0]) + REPLY_WINDOW
    left = max(0, REPLIES_ALLOWED - replies_sent) if now < closes_at else 0
    return ReplyWindow(closes_at, left, is_open=left > 0)


def has_replies(conversation: Conversation, now: datetime) -> bool:
    """Whether there are replies to be counted: the business wrote last, and the window is open by its time."""
    if conversation.last_inbound is None or (conversation.last_outbound or "") < conversation.last_inbound:
        return False
    return reply_window(conversation.last_inbound, 0, now).is_open
