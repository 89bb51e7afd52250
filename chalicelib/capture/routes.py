"""HTTP: the state of capture and its toggle, conversations and their threads."""

from typing import Any

from chalice.app import Blueprint
from msgspec import Struct

from chalicelib.accounts.account import Account
from chalicelib.accounts.routes import account_of
from chalicelib.capture.conversation import REPLIES_ALLOWED, Conversation, reply_window
from chalicelib.capture.message import Message
from chalicelib.clock import parse_written, written
from chalicelib.http import Answer, Call, NotFoundError, Page, endpoint, etag

blueprint = Blueprint(__name__)


class Switch(Struct, frozen=True, forbid_unknown_fields=True):
    is_on: bool


@endpoint(blueprint, "GET", "/v1/accounts/{account_id}/capture", action="capture.read")
def get_capture(call: Call) -> Answer:
    account = account_of(call)
    return Answer(_capture(account), headers={"ETag": etag(account.version)})


@endpoint(blueprint, "PUT", "/v1/accounts/{account_id}/capture", action="capture.switch", body=Switch)
def switch_capture(call: Call) -> Answer:
    from chalicelib.capture import switch  # noqa: PLC0415 - stores are heavy

    account = account_of(call)
    call.require_version(account.version)
    switched = switch.switch_capture(account, is_on=call.body.is_on, by=call.actor, now=call.now)
    return Answer(_capture(switched), headers={"ETag": etag(switched.version)})


@endpoint(blueprint, "GET", "/v1/accounts/{account_id}/conversations", action="conversations.read", query=Page)
def list_conversations(call: Call) -> Answer:
    from chalicelib.capture import store  # noqa: PLC0415

    found, position = store.list_conversations(call.account_id, call.query.limit, call.position())
    answer: dict[str, Any] = {"conversations": [_conversation(one) for one in found]}
    if position is not None:
        answer["cursor"] = call.cursor(position)
    return Answer(answer)


@endpoint(blueprint, "GET", "/v1/accounts/{account_id}/conversations/{conversation_id}", action="conversations.read")
def get_conversation(call: Call) -> Answer:
    from chalicelib.capture import store  # noqa: PLC0415

    found = _conversation_of(call)
    replies = 0
    if found.last_inbound is not None:
        replies = store.count_replies(found.account_id, found.id, found.last_inbound, REPLIES_ALLOWED)
    window = reply_window(found.last_inbound, replies, call.now)
    return Answer(
        _conversation(found)
        | {
            "reply_window": {
                "is_open": window.is_open,
                "closes_at": written(window.closes_at) if window.closes_at else None,
                "replies_left": window.replies_left,
            }
        }
    )


@endpoint(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/conversations/{conversation_id}/messages",
    action="conversations.read",
    query=Page,
)
def list_messages(call: Call) -> Answer:
    from chalicelib.capture import store  # noqa: PLC0415

    conversation = _conversation_of(call)
    limit = call.query.limit
    found = store.list_messages(call.account_id, conversation.id, limit + 1, call.position(), call.now)
    answer: dict[str, Any] = {"messages": [_message(one, is_masked=call.is_masked) for one in found[:limit]]}
    if len(found) > limit:
        answer["cursor"] = call.cursor(found[limit - 1].order)
    return Answer(answer)


def _conversation_of(call: Call) -> Conversation:
    from chalicelib.capture import store  # noqa: PLC0415

    found = store.find_conversation(call.account_id, call.path["conversation_id"])
    if found is None:
        raise NotFoundError
    return found


def _capture(account: Account) -> dict[str, Any]:
    capture = account.capture
    return {
        "is_on": capture.is_on,
        "is_approved": capture.is_approved,
        "application_in_review": capture.application_in_review,
        "approved_application": capture.approved_application,
        "policy_sha256": capture.policy_sha256,
        "rule_set": capture.rule_set,
        "intervals": [
            {"start": written(one.start), "end": written(one.end) if one.end else None} for one in capture.intervals
        ],
    }


def _conversation(conversation: Conversation) -> dict[str, Any]:
    last = conversation.last_message
    return {
        "id": conversation.id,
        "platform": conversation.platform,
        "platform_conversation_id": conversation.platform_conversation_id,
        "customer": {
            "id": conversation.customer_id,
            "username": conversation.customer_username,
            "name": conversation.customer_name,
        }
        if conversation.customer_id
        else None,
        "last_message": _last_message(last, is_inbound=last == conversation.last_inbound) if last else None,
        "lead_id": conversation.lead_id,
    }


def _last_message(order: str, *, is_inbound: bool) -> dict[str, Any]:
    sent_at, _, message_id = order.partition("#")
    return {
        "message_id": message_id,
        "sent_at": written(parse_written(sent_at)),
        "direction": "inbound" if is_inbound else "outbound",
    }


def _message(message: Message, *, is_masked: bool) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "sent_at": written(message.sent_at),
        "direction": message.direction,
        "message_type": message.message_type,
        # An analyst reads no contacts, and what a customer typed may be nothing else.
        "text": None if is_masked else message.text,
        "is_truncated": message.is_truncated,
        "lead_id": message.lead_id,
    }
