"""*Update lead status*: any status after any other, kept in the lead's history and shown in its thread."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.accounts.account import Account
from chalicelib.capture import store as conversations
from chalicelib.capture.conversation import Conversation
from chalicelib.capture.message import an_activity
from chalicelib.faults import Fault, InvalidError
from chalicelib.ids import ordered_id
from chalicelib.leads.editing import Edit, edit_lead
from chalicelib.leads.lead import Lead, Status, lead_id_of
from chalicelib.leads.marking import ConversationNotFoundError, get_conversation
from chalicelib.leads.store import Card

if TYPE_CHECKING:
    from chalicelib.table import Put

# Threads that are asked which was last active. A customer has one or two; a card may name any number.
EXAMINED = 10


def change_status(
    account: Account,
    lead_id: str,
    status: Status,
    *,
    acted_from: str | None,
    require_version: Callable[[int], None],
    by: str,
    now: datetime,
) -> Lead:
    """The lead with this status; the same again changes nothing.

    It shows in the thread `acted_from`, or else in the lead's latest one, or nowhere if it has none.
    **Errors**: as edit_lead; InvalidError where `acted_from` is no conversation of this lead.
    """

    def decide(card: Card, lead: Lead) -> Edit | None:
        if acted_from is not None:
            _require_thread(account, card, lead, acted_from, now)
        if status is lead.status:
            return None
        thread = acted_from or _latest_thread(account, card, lead, now)
        moved = {"from": lead.status.value, "to": status.value, "seconds": lead.seconds_in_status(now)}
        shown = [_activity(account, lead, thread, moved | {"by": by}, now)] if thread is not None else []
        details = moved | {"conversation_id": thread}
        return Edit(lead.moved_to(status, now), kind="lead.status_changed.v1", details=details, writes=tuple(shown))

    card = edit_lead(account, lead_id, decide, require_version=require_version, by=by, now=now)
    assert card.lead is not None  # noqa: S101 - edit_lead answers the card of a lead
    return card.lead


def _activity(account: Account, lead: Lead, thread: str, details: dict[str, Any], now: datetime) -> "Put":
    entry = an_activity(
        account_id=account.id,
        conversation_id=thread,
        id_=ordered_id("act", now),
        at=now,
        kind="lead.status_changed",
        lead_id=lead.id,
        details=details,
    )
    return conversations.add_message(entry, account.retention_days)


def _require_thread(account: Account, card: Card, lead: Lead, conversation_id: str, now: datetime) -> None:
    head = _find(account, conversation_id, now)
    if head is None or not (_is_of(head, lead) or conversation_id in _named(card, lead)):
        raise InvalidError([Fault("/conversation_id", "must be a conversation of this lead")])


def _is_of(head: Conversation, lead: Lead) -> bool:
    if head.lead_id == lead.id:
        return True
    return head.customer_id is not None and lead_id_of(head.account_id, head.platform, head.customer_id) == lead.id


def _latest_thread(account: Account, card: Card, lead: Lead, now: datetime) -> str | None:
    """The one of the lead's conversations that has the latest message."""
    heads = [_find(account, one, now) for one in _named(card, lead)[:EXAMINED]]
    there = [head for head in heads if head is not None]
    return max(there, key=lambda head: (head.last_message or "", head.id)).id if there else None


def _named(card: Card, lead: Lead) -> list[str]:
    """The conversations that the lead and the evidence of its contacts name: the lead's own, then the latest said."""
    said = sorted(_said(card), reverse=True)
    own = [lead.conversation_id] if lead.conversation_id else []
    return list(dict.fromkeys([*own, *(conversation_id for _, conversation_id in said)]))


def _said(card: Card) -> Iterable[tuple[datetime, str]]:
    for contact in card.contacts.values():
        for place in contact.places:
            for part in place.evidence.parts:
                yield part.sent_at, part.conversation_id


def _find(account: Account, conversation_id: str, now: datetime) -> Conversation | None:
    try:
        return get_conversation(account, conversation_id, now)
    except ConversationNotFoundError:
        return None
