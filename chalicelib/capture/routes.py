"""HTTP: the state of capture and its toggle, conversations and their threads, and messages in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from chalice.app import Blueprint
from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.accounts.account import Account
from chalicelib.accounts.routes import account_of
from chalicelib.capture.conversation import REPLIES_ALLOWED, Conversation, has_replies, reply_window
from chalicelib.capture.message import Direction, DirectMessage, Message, Referral
from chalicelib.clock import parse_written, written
from chalicelib.http import Answer, Call, NotFoundError, Page, endpoint, etag
from chalicelib.leads.lead import masked
from chalicelib.shapes import Time, time_or_none

blueprint = Blueprint(__name__)


class CaptureSwitch(Struct, frozen=True, forbid_unknown_fields=True):
    is_on: bool


class CaptureInterval(Struct, frozen=True):
    """A time in which capture was approved and on; without an end it still is."""

    start: Time
    end: Time | None


class CaptureView(Struct, frozen=True):
    is_on: bool
    is_approved: bool
    application_in_review: str | None
    approved_application: str | None
    policy_sha256: str | None
    rule_set: str | None
    intervals: list[CaptureInterval]


class ConversationQuery(Page, frozen=True, forbid_unknown_fields=True):
    unanswered: bool = False  # only those in which the customer wrote last


class ConversationCustomer(Struct, frozen=True):
    id: str
    username: str | None
    name: str | None


class LastMessageView(Struct, frozen=True):
    message_id: str
    sent_at: Time
    direction: Direction


class ReplyWindowView(Struct, frozen=True):
    """Whether the business may still answer, until when, and with how many messages."""

    is_open: bool
    closes_at: Time | None
    replies_left: int


class ConversationView(Struct, frozen=True):
    id: str
    platform: str
    platform_conversation_id: str
    customer: ConversationCustomer | None
    last_message: LastMessageView | None
    reply_window: ReplyWindowView
    lead_id: str | None


class Conversations(Struct, frozen=True):
    conversations: list[ConversationView]
    cursor: str | UnsetType = UNSET


class MessageView(Struct, frozen=True):
    """An entry of a thread; one that gave a contact, or an activity, names its lead. `details` are an activity's."""

    message_id: str
    sent_at: Time
    direction: Direction
    message_type: str
    text: str | None
    referral: Referral | None
    is_truncated: bool
    lead_id: str | None
    details: dict[str, Any] | None


class Thread(Struct, frozen=True):
    messages: list[MessageView]
    cursor: str | UnsetType = UNSET


class MessageBatch(Struct, frozen=True, forbid_unknown_fields=True):
    messages: Annotated[list[DirectMessage], Meta(min_length=1, max_length=100)]


class SentMessage(Struct, frozen=True):
    message_id: str
    conversation_id: str
    platform_conversation_id: str


class SentMessages(Struct, frozen=True):
    messages: list[SentMessage]


@endpoint(blueprint, "GET", "/v1/accounts/{account_id}/capture", action="capture.read", answer=CaptureView)
def get_capture(call: Call) -> Answer:
    """Whether messages are read for contacts, since when and under which policy."""
    return _capture_answer(account_of(call))


@endpoint(
    blueprint,
    "PUT",
    "/v1/accounts/{account_id}/capture",
    action="capture.switch",
    body=CaptureSwitch,
    answer=CaptureView,
)
def switch_capture(call: Call) -> Answer:
    """Switch capture on or off, as of the next message processed."""
    from chalicelib.capture import switch  # noqa: PLC0415 - stores are heavy

    account = account_of(call)
    call.require_version(account.version)
    return _capture_answer(switch.switch_capture(account, is_on=call.body.is_on, by=call.actor, now=call.now))


@endpoint(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/conversations",
    action="conversations.read",
    query=ConversationQuery,
    answer=Conversations,
)
def list_conversations(call: Call) -> Answer:
    """The account's conversations, latest activity first."""
    from chalicelib.capture import store  # noqa: PLC0415

    is_wanted = _filter(call, account_of(call))
    found, position = store.list_conversations(call.account_id, call.query.limit, call.position(), is_wanted)
    return Answer(Conversations([_conversation(one, call) for one in found], call.cursor(position) or UNSET))


@endpoint(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/conversations/{conversation_id}",
    action="conversations.read",
    answer=ConversationView,
)
def get_conversation(call: Call) -> Answer:
    """A conversation with its customer and reply window."""
    return Answer(_conversation(_conversation_of(call, account_of(call)), call))


@endpoint(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/conversations/{conversation_id}/messages",
    action="conversations.read",
    query=Page,
    answer=Thread,
)
def list_messages(call: Call) -> Answer:
    """A conversation's messages and activities, newest first."""
    from chalicelib.capture import store  # noqa: PLC0415

    account = account_of(call)
    conversation = _conversation_of(call, account)
    found, position = store.list_messages(
        call.account_id,
        conversation.id,
        call.query.limit,
        call.position(),
        oldest=call.now - timedelta(days=account.retention_days),
        now=call.now,
    )
    return Answer(Thread([_message(one, is_masked=call.is_masked) for one in found], call.cursor(position) or UNSET))


@endpoint(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/messages",
    action="messages.send",
    body=MessageBatch,
    answer=SentMessages,
    statuses=(202,),
    refusals=("NotQueuedError",),
)
def send_messages(call: Call) -> Answer:
    """Hand over messages of the account's conversations, as the queue takes them."""
    from chalicelib.capture.intake import conversation_id_of  # noqa: PLC0415
    from chalicelib.capture.sending import send_messages as send  # noqa: PLC0415

    messages: list[DirectMessage] = call.body.messages
    send(call.account_id, messages, call.now)
    return Answer(
        SentMessages(
            [
                SentMessage(
                    one.message_id,
                    conversation_id_of(call.account_id, one.channel_account.platform, one.conversation_id),
                    one.conversation_id,
                )
                for one in messages
            ]
        ),
        202,
    )


def _filter(call: Call, account: Account) -> Callable[[Conversation], bool]:
    def is_wanted(one: Conversation) -> bool:
        is_shown = one.is_unanswered or not call.query.unanswered
        return is_shown and not one.is_expired(account.retention_days, call.now)

    return is_wanted


def _conversation_of(call: Call, account: Account) -> Conversation:
    from chalicelib.capture import store  # noqa: PLC0415

    found = store.find_conversation(call.account_id, call.path["conversation_id"])
    if found is None or found.is_expired(account.retention_days, call.now):
        raise NotFoundError
    return found


def _capture_answer(account: Account) -> Answer:
    capture = account.capture
    view = CaptureView(
        is_on=capture.is_on,
        is_approved=capture.is_approved,
        application_in_review=capture.application_in_review,
        approved_application=capture.approved_application,
        policy_sha256=capture.policy_sha256,
        rule_set=capture.rule_set,
        intervals=[CaptureInterval(written(one.start), time_or_none(one.end)) for one in capture.intervals],
    )
    return Answer(view, headers={"ETag": etag(account.version)})


def _conversation(conversation: Conversation, call: Call) -> ConversationView:
    customer = None
    if conversation.customer_id is not None:
        customer = ConversationCustomer(
            conversation.customer_id,
            _name(conversation.customer_username, is_masked=call.is_masked),
            _name(conversation.customer_name, is_masked=call.is_masked),
        )
    return ConversationView(
        id=conversation.id,
        platform=conversation.platform,
        platform_conversation_id=conversation.platform_conversation_id,
        customer=customer,
        last_message=_last_message(conversation),
        reply_window=_reply_window(conversation, call),
        lead_id=conversation.lead_id,
    )


def _name(name: str | None, *, is_masked: bool) -> str | None:
    """What the customer is called, hidden from who sees contacts masked: for some it is their number."""
    return masked("name", name) if is_masked and name else name


def _last_message(conversation: Conversation) -> LastMessageView | None:
    order = conversation.last_message
    if order is None:
        return None
    sent_at, _, message_id = order.partition("#")
    direction: Direction = "inbound" if order == conversation.last_inbound else "outbound"
    return LastMessageView(message_id, written(parse_written(sent_at)), direction)


def _reply_window(conversation: Conversation, call: Call) -> ReplyWindowView:
    """The window as of now; the thread is asked for replies only where there can be any that count."""
    from chalicelib.capture import store  # noqa: PLC0415

    last, replies = conversation.last_inbound, 0
    if last is not None and has_replies(conversation, call.now):
        replies = store.count_replies(conversation.account_id, conversation.id, last, REPLIES_ALLOWED)
    window = reply_window(last, replies, call.now)
    return ReplyWindowView(window.is_open, time_or_none(window.closes_at), window.replies_left)


def _message(message: Message, *, is_masked: bool) -> MessageView:
    referral = message.referral
    if is_masked and referral is not None:
        referral = msgspec.structs.replace(referral, prefilled_message=None)
    return MessageView(
        message_id=message.message_id,
        sent_at=written(message.sent_at),
        direction=message.direction,
        message_type=message.message_type,
        # An analyst reads no contacts, and what a customer typed may be nothing else.
        text=None if is_masked else message.text,
        referral=referral,
        is_truncated=message.is_truncated,
        lead_id=message.lead_id,
        details=dict(message.details) if message.details else None,
    )
