"""What becomes of a message that was read with its thread: the card's change, and the writes of one transaction.

Who reads head, neighbours and card, and decides whether anything is written, is the caller: intake.py for a DM that
comes in, rereading.py for one that was stored under other rules. What a contact is, and gives way to, is one for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.accounts.account import Account
from chalicelib.capture import store
from chalicelib.capture.conversation import Conversation
from chalicelib.capture.extraction import RULE_SET
from chalicelib.capture.message import Message
from chalicelib.capture.reading import Found, FoundPart, Reading
from chalicelib.clock import expiry_of
from chalicelib.events import store as changes
from chalicelib.events.change import a_change
from chalicelib.leads import store as leads
from chalicelib.leads.captured import CardChange, change_of_card
from chalicelib.leads.lead import Contact, Evidence, EvidencePart, Lead, Place, Touch, masked
from chalicelib.table import Write


@dataclass(frozen=True, slots=True)
class Thread:
    """A message and what was read of its surroundings."""

    message: Message
    stored: Message | None  # the message as it stands in its thread already
    old: Conversation | None
    head: Conversation  # as it is with the message
    reading: Reading
    card: leads.Card
    lead_id: str


def change_in(thread: Thread, account: Account, now: datetime) -> CardChange | None:
    """How the customer's card changes by the reading, or None where it stays as it is."""
    touch = _touch(thread.message)
    touches = {one.order: one for one in (*thread.card.touches, *([touch] if touch else []))}
    return change_of_card(
        thread.card.lead,
        thread.card.contacts,
        found=[*_misread(thread), *_contacts(thread.reading, account, now)],
        touches=touches.values(),
        unborn=_unborn_lead(account, thread, now),
        hour=thread.head.activity,
        now=now,
    )


def writes_of(thread: Thread, change: CardChange | None, account: Account, now: datetime) -> list[Write]:
    """The message, its head, the lead and its contacts, and what is told, on condition that all is as it was read."""
    message, touch = thread.message, _touch(thread.message)
    head, lead = thread.head, thread.card.lead
    writes: list[Write] = []
    if touch is not None and touch not in thread.card.touches:
        expires_at = expiry_of(message.sent_at, account.retention_days)
        writes.append(leads.add_touch(account.id, thread.lead_id, touch, expires_at))
    if change is not None:
        writes += _card_writes(change, thread, account, now)
    elif lead is not None and head.activity > lead.activity:
        writes.append(leads.move_activity_forward(account.id, lead.id, head.activity, account.retention_days, now))
    if change is not None or lead is not None:
        head = replace(head, lead_id=thread.lead_id)
    writes += _message_writes(thread, change, account)
    if not writes and head == thread.old:
        return []
    version = thread.old.version + 1 if thread.old else 1
    return [*writes, store.save_conversation(thread.old, replace(head, version=version), account.retention_days)]


def _touch(message: Message) -> Touch | None:
    if message.referral is None:
        return None
    names = ("advertiser_id", "ad_id", "ad_name", "embed_url", "ref")
    details = {name: value for name in names if (value := getattr(message.referral, name))}
    return Touch(message.order, message.referral.source, details)


def _misread(thread: Thread) -> list[Contact]:
    """Contacts put together from parts before a part between them had come, which it has now undone."""
    said = {(found.kind, found.value) for found in thread.reading.found}
    return [
        replace(contact, places=tuple(replace(place, is_superseded=True) for place in misread))
        for contact in thread.card.contacts.values()
        if (contact.kind, contact.value) not in said
        and (misread := [place for place in contact.places if _is_split_in(place, thread.reading.window_ends)])
    ]


def _is_split_in(place: Place, window_ends: frozenset[str]) -> bool:
    return not place.is_superseded and len(place.evidence.parts) > 1 and place.evidence.order in window_ends


def _contacts(reading: Reading, account: Account, now: datetime) -> list[Contact]:
    return [
        Contact(
            found.kind,
            found.value,
            (Place(_evidence(found, account, now), found.is_superseded),),
            suggestion=found.suggestion,
        )
        for found in reading.found
        if not account.owns(found.value)
    ]


def _evidence(found: Found, account: Account, now: datetime) -> Evidence:
    return Evidence(
        parts=tuple(_evidence_part(part) for part in found.parts),
        rule=found.rule,
        is_region_assumed=found.is_region_assumed,
        captured_at=now,
        application_id=account.capture.approved_application,
        policy_sha256=account.capture.policy_sha256,
        rule_set=RULE_SET,
    )


def _evidence_part(part: FoundPart) -> EvidencePart:
    said = part.message
    return EvidencePart(said.conversation_id, said.message_id, said.sent_at, part.start, part.end, part.text)


def _unborn_lead(account: Account, thread: Thread, now: datetime) -> Lead:
    head, expired = thread.head, thread.card.expired
    return Lead(
        account_id=account.id,
        id=thread.lead_id,
        platform=head.platform,
        customer_id=head.customer_id or "",
        customer_username=head.customer_username,
        customer_name=head.customer_name,
        conversation_id=head.id,
        created_at=now,
        updated_at=now,
        activity=head.activity,
        version=expired.version + 1 if expired else 1,
    )


def _card_writes(change: CardChange, thread: Thread, account: Account, now: datetime) -> Sequence[Write]:
    old, new = thread.card.lead, change.lead
    days = account.retention_days
    lead_write = leads.save_lead(old, new, days) if old else leads.add_lead(new, days, instead_of=thread.card.expired)
    told = a_change(
        *change.types,
        account_id=account.id,
        market=account.market,
        subject=new.id,
        version=new.version,
        at=now,
        body={
            "lead_id": new.id,
            "conversation_id": new.conversation_id,
            "status": new.status.value,
            "source": new.source.value,
            "channel": new.channel.value,
            "contacts": [{"kind": one.kind, "masked": masked(one.kind, one.value)} for one in change.added],
        },
    )
    contacts = [leads.save_contact(account.id, new.id, contact) for contact in change.contacts]
    return [lead_write, *contacts, changes.add(told)]


def _message_writes(thread: Thread, change: CardChange | None, account: Account) -> list[Write]:
    """The message itself, and the lead's name on every message that a contact of it stands in."""
    message = thread.message
    has_lead = change is not None or thread.card.lead is not None
    accepted = [found for found in thread.reading.found if not account.owns(found.value)]
    held = {part.message.order: part.message for found in accepted for part in found.parts}
    is_truncated = thread.reading.is_truncated
    writes: list[Write] = []
    for order, one in (held | {message.order: message}).items():
        named = replace(one, lead_id=thread.lead_id) if has_lead and order in held else one
        if order == message.order and thread.stored is None:
            writes.append(store.add_message(replace(named, is_truncated=is_truncated), account.retention_days))
        elif named.lead_id != one.lead_id:
            writes.append(store.name_lead(named))
    return writes
