"""A DM is taken in: stored in its thread and, if it carries a contact, made part of a lead. The story, told once.

Steps of an ordinary DM, each harmless when repeated:
 1. the message is written, unless it is stored;
 2. the conversation's head moves forward;
 3. the first message of an hour is told to the lead, before the head knows of the hour, so that a crash repeats it.

A DM that may hold a contact, a part of one, or tells of an ad, and one that comes late among such, is read with its
thread: head, neighbours and card are read strongly; message, head, lead, contacts and the change they publish are one
transaction, on condition that the head is what was read. Whoever loses reads again.
Downside accepted: such a DM costs about five reads, and two of them at once in one thread make one of them wait.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.accounts.account import Account
from chalicelib.capture import store
from chalicelib.capture.conversation import Conversation
from chalicelib.capture.extraction import RULE_SET, find_contacts, is_possible_part
from chalicelib.capture.message import DirectMessage, Message, SentInFutureError, is_ahead
from chalicelib.capture.reading import LOOK_BACK, LOOK_BACK_TIME, Found, FoundPart, Reading, read
from chalicelib.clock import cut_to_milliseconds, expiry_of
from chalicelib.events import store as changes
from chalicelib.events.change import a_change
from chalicelib.ids import derived_id
from chalicelib.leads import store as leads
from chalicelib.leads.captured import CardChange, change_of_card
from chalicelib.leads.forgetting import remove_rest
from chalicelib.leads.lead import Contact, Evidence, EvidencePart, Lead, Place, Touch, lead_id_of, masked
from chalicelib.table import BusyError, ChangedError, Write, commit, write_one

TRIES = 8  # of a message whose thread others write at the same time
BACK_OFF_SECONDS = 0.02


def take_in(dm: DirectMessage, account: Account, now: datetime) -> None:
    """The DM stands in its thread, and the contacts in it on its customer's card.

    **Repeats**: the same final state however often, in whatever order, and wherever it was cut off.
    **Errors**: SentInFutureError for good; BusyError and whatever AWS raises for now.
    """
    if is_ahead(dm.sent_at, now):
        raise SentInFutureError
    message = _message(dm, account)
    if _concerns_thread(message, account.market):
        _take_in_with_thread(dm, message, account, now)
        return
    write_one(store.add_message(message, account.retention_days))
    if write_one(store.move_forward(message, dm.customer)):
        return
    if _settle_head(dm, message, account, now) and message.is_read:
        _take_in_with_thread(dm, message, account, now)


def conversation_id_of(account_id: str, platform: str, platform_conversation_id: str) -> str:
    """Our id of a platform's conversation: URL-safe, and the same for the same."""
    return derived_id("cnv", account_id, platform, platform_conversation_id)


def _message(dm: DirectMessage, account: Account) -> Message:
    sent_at = cut_to_milliseconds(dm.sent_at)
    is_read = dm.direction == "inbound" and bool(dm.text) and account.capture.reads(sent_at)
    return Message(
        account_id=account.id,
        conversation_id=conversation_id_of(account.id, dm.channel_account.platform, dm.conversation_id),
        message_id=dm.message_id,
        sent_at=sent_at,
        direction=dm.direction,
        message_type=dm.message_type,
        customer_id=dm.customer.id if dm.customer else None,
        text=dm.text,
        referral=dm.referral,
        is_read=is_read,
        is_possible_part=is_read and is_possible_part(dm.text or ""),
    )


def _concerns_thread(message: Message, market: str) -> bool:
    if message.customer_id is None:
        return False
    if message.referral is not None and message.direction == "inbound":
        return True
    return message.is_possible_part or (message.is_read and bool(find_contacts(message.text or "", market)))


def _settle_head(dm: DirectMessage, message: Message, account: Account, now: datetime) -> bool:
    """The head knows of the message; answers whether it came late into a thread that was read for contacts."""
    for attempt in range(TRIES):
        old = store.find_conversation(message.account_id, message.conversation_id)
        head = _head(dm, message, old)
        head = replace(head, lead_id=_lead_of(head, old, account, now))
        if head == old or write_one(store.save_conversation(old, head, account.retention_days)):
            return old is not None and old.version > 0 and old.is_overtaken(message)
        _back_off(attempt)
    raise BusyError


def _head(dm: DirectMessage, message: Message, old: Conversation | None) -> Conversation:
    platform = dm.channel_account.platform
    new = Conversation(message.account_id, message.conversation_id, platform, dm.conversation_id)
    return (old or new).with_message(message, dm.customer)


def _lead_of(head: Conversation, old: Conversation | None, account: Account, now: datetime) -> str | None:
    """The conversation's lead, told first of an hour that the head does not know yet."""
    if head.customer_id is None:
        return None
    lead_id = lead_id_of(account.id, head.platform, head.customer_id)
    is_news = head.lead_id is None
    if is_news and not _has_lead(account, lead_id, now):
        return None
    if is_news or old is None or head.activity > old.activity:
        write_one(leads.move_activity_forward(account.id, lead_id, head.activity, account.retention_days, now))
    return lead_id


def _has_lead(account: Account, lead_id: str, now: datetime) -> bool:
    lead = leads.find_lead(account.id, lead_id)
    return lead is not None and not leads.is_expired(lead, account.retention_days, now)


def _take_in_with_thread(dm: DirectMessage, message: Message, account: Account, now: datetime) -> None:
    for attempt in range(TRIES):
        try:
            _commit_with_thread(dm, message, account, now)
        except ChangedError:
            _back_off(attempt)
        else:
            return
    raise BusyError


def _back_off(attempt: int) -> None:
    time.sleep(random.uniform(0, BACK_OFF_SECONDS * 2**attempt))


@dataclass(frozen=True, slots=True)
class _Thread:
    """What was read of a message's surroundings, and what is to be made of it."""

    stored: Message | None
    old: Conversation | None
    head: Conversation
    reading: Reading
    card: leads.Card
    lead_id: str


def _commit_with_thread(dm: DirectMessage, message: Message, account: Account, now: datetime) -> None:
    old = store.find_conversation(message.account_id, message.conversation_id)
    stored = store.find_message(message.account_id, message.conversation_id, message.order)
    if stored is not None:  # what was processed while capture was off is never captured later
        message = replace(message, is_read=stored.is_read, lead_id=stored.lead_id)
    assert message.customer_id is not None  # noqa: S101 - only messages of a known customer come here
    lead_id = lead_id_of(account.id, dm.channel_account.platform, message.customer_id)
    card = leads.get_living_card(account.id, lead_id, account.retention_days, now)
    thread = _Thread(stored, old, _head(dm, message, old), _reading(message, account), card, lead_id)
    change = _change_of_card(message, account, thread, now)
    if change is not None and card.has_remains:
        remove_rest(account.id, lead_id, card.expired)
    writes = _writes(message, account, thread, change, now)
    if writes:
        commit(writes)


def _reading(message: Message, account: Account) -> Reading:
    if not message.is_read:
        return Reading()
    return read(message, store.list_read_around(message, LOOK_BACK_TIME, LOOK_BACK), account.market)


def _change_of_card(message: Message, account: Account, thread: _Thread, now: datetime) -> CardChange | None:
    touch = _touch(message)
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


def _writes(
    message: Message, account: Account, thread: _Thread, change: CardChange | None, now: datetime
) -> list[Write]:
    touch, head, lead = _touch(message), thread.head, thread.card.lead
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
    writes += _message_writes(message, account, thread, change)
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


def _misread(thread: _Thread) -> list[Contact]:
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
        Contact(found.kind, found.value, (Place(_evidence(found, account, now), found.is_superseded),))
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


def _unborn_lead(account: Account, thread: _Thread, now: datetime) -> Lead:
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


def _card_writes(change: CardChange, thread: _Thread, account: Account, now: datetime) -> Sequence[Write]:
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


def _message_writes(message: Message, account: Account, thread: _Thread, change: CardChange | None) -> list[Write]:
    """The message itself, and the lead's name on every message that a contact of it stands in."""
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
