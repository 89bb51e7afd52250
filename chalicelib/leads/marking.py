"""*Mark as lead*: a member makes a lead of a conversation's customer, whether or not anything was captured.

Head and card are read strongly; lead, head, the entry of the thread and the change they publish are one transaction,
on condition that both still are what was read. Who loses to a message or to another member reads again.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.accounts.account import Account
from chalicelib.capture import store as conversations
from chalicelib.capture.conversation import Conversation
from chalicelib.capture.message import an_activity
from chalicelib.clock import expiry_of, parse_written
from chalicelib.events import store as changes
from chalicelib.events.change import a_change
from chalicelib.ids import ordered_id
from chalicelib.leads import store
from chalicelib.leads.editing import LeadError
from chalicelib.leads.forgetting import remove_rest
from chalicelib.leads.lead import Lead, lead_id_of
from chalicelib.leads.store import Card
from chalicelib.table import BusyError, ChangedError, Write, commit

TRIES = 8  # while messages of the same thread are taken in
BACK_OFF_SECONDS = 0.02


class ConversationNotFoundError(LeadError):
    """The account has no such conversation, or it is expired."""


class CustomerUnknownError(LeadError):
    """Only the business has written in this conversation, and nobody said to whom."""


@dataclass(frozen=True, slots=True)
class Marked:
    """The conversation's lead, and whether it was made just now."""

    lead: Lead
    is_new: bool


def mark_as_lead(account: Account, conversation_id: str, *, by: str, now: datetime) -> Marked:
    """The lead of the conversation's customer: a new `raw` one, or the one there is, unchanged.

    **Repeats**: the same lead, and nothing told twice.
    **Errors**: ConversationNotFoundError, CustomerUnknownError, BusyError.
    """
    for attempt in range(TRIES):
        head = get_conversation(account, conversation_id, now)
        lead_id = _lead_id(head)
        card = store.get_living_card(account.id, lead_id, account.retention_days, now)
        try:
            if card.lead is None:
                return _mark(account, head, _born(account, head, card, lead_id, now), card, by)
            return Marked(_linked(account, head, card.lead, now), is_new=False)
        except ChangedError:
            time.sleep(random.uniform(0, BACK_OFF_SECONDS * 2**attempt))
    raise BusyError


def find_lead(account: Account, head: Conversation, now: datetime) -> Lead | None:
    """The lead of the conversation's customer, if there is one."""
    if head.customer_id is None:
        return None
    lead = store.find_lead(account.id, _lead_id(head))
    return None if lead is None or store.is_expired(lead, account.retention_days, now) else lead


def get_conversation(account: Account, conversation_id: str, now: datetime) -> Conversation:
    """The head as of now. Raises ConversationNotFoundError, also for one that expired with its last message."""
    head = conversations.find_conversation(account.id, conversation_id)
    if head is None:
        raise ConversationNotFoundError
    last = parse_written(f"{head.activity}:59:59.999Z")
    if expiry_of(last, account.retention_days) <= now.timestamp():
        raise ConversationNotFoundError
    return head


def _lead_id(head: Conversation) -> str:
    if head.customer_id is None:
        raise CustomerUnknownError
    return lead_id_of(head.account_id, head.platform, head.customer_id)


def _born(account: Account, head: Conversation, card: Card, lead_id: str, now: datetime) -> Lead:
    """A new lead with the ads that wait for one, and of an expired lead's contacts only what a member decided."""
    lead = Lead(
        account_id=account.id,
        id=lead_id,
        platform=head.platform,
        customer_id=head.customer_id,
        customer_username=head.customer_username,
        customer_name=head.customer_name,
        conversation_id=head.id,
        created_at=now,
        updated_at=now,
        activity=head.activity,
        version=card.expired.version + 1 if card.expired else 1,
    )
    return lead.with_touches(card.touches).with_summary(card.contacts.values())


def _mark(account: Account, head: Conversation, lead: Lead, card: Card, by: str) -> Marked:
    if card.has_remains:
        remove_rest(account.id, lead.id, card.expired)
    commit(
        [
            store.add_lead(lead, account.retention_days, instead_of=card.expired),
            _link(account, head, lead.id),
            *_told(account, head, lead, by),
        ]
    )
    return Marked(lead, is_new=True)


def _told(account: Account, head: Conversation, lead: Lead, by: str) -> Sequence[Write]:
    """The entry of the thread, and the change."""
    at = lead.created_at
    activity = an_activity(
        account_id=account.id,
        conversation_id=head.id,
        id_=ordered_id("act", at),
        at=at,
        kind="lead.marked",
        lead_id=lead.id,
        details={"status": lead.status.value, "by": by},
    )
    told = a_change(
        "lead.created.v1",
        account_id=account.id,
        market=account.market,
        subject=lead.id,
        version=lead.version,
        at=at,
        actor=by,
        body={
            "lead_id": lead.id,
            "conversation_id": head.id,
            "status": lead.status.value,
            "source": lead.source.value,
            "channel": lead.channel.value,
            "contacts": [],
        },
    )
    return [conversations.add_message(activity, account.retention_days), changes.add(told)]


def _linked(account: Account, head: Conversation, lead: Lead, now: datetime) -> Lead:
    """The lead there is. The head names it, and it knows of the hour in which this conversation was last active."""
    writes: list[Write] = []
    if head.activity > lead.activity:
        writes.append(store.move_activity_forward(account.id, lead.id, head.activity, account.retention_days, now))
    if head.lead_id != lead.id:
        writes.append(_link(account, head, lead.id))
    if writes:
        commit(writes)
    return lead.active_in(head.activity)


def _link(account: Account, head: Conversation, lead_id: str) -> Write:
    return conversations.save_conversation(
        head, replace(head, lead_id=lead_id, version=head.version + 1), account.retention_days
    )
