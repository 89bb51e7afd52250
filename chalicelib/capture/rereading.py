"""Stored messages read again with the present rules: what they would add, and on confirmation, that.

Consent is that of capture itself: capture is approved and on now, the message lies in one of its intervals, and it was
read when it was processed; what was not, never is. Nothing of it is expired, and a customer whose lead is gone gets
none by it: only what they write from now on makes one.

A page walks the conversations by the hour of their last activity, earliest first, and each thread forward. A message
that may hold a contact is read with its thread as intake.py does, and what would be added is told or committed on the
same conditions; a message that adds nothing writes nothing, not even a renewed evidence.
Downside accepted: a page of a dry run knows what the page itself would add, not what those before it would: a contact
said in two conversations far apart is told twice, and added once.
"""

import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.accounts.account import Account
from chalicelib.capture import store
from chalicelib.capture.conversation import Conversation
from chalicelib.capture.extraction import find_contacts, is_possible_part
from chalicelib.capture.intake import TRIES, back_off
from chalicelib.capture.message import Message
from chalicelib.capture.reading import LOOK_BACK, LOOK_BACK_TIME, read
from chalicelib.capture.thread import Thread, change_in, writes_of
from chalicelib.clock import expiry_of, hour_of
from chalicelib.leads import store as leads
from chalicelib.leads.captured import CardChange
from chalicelib.leads.lead import Contact, lead_id_of
from chalicelib.table import BusyError, ChangedError, commit

# Of one page. Entries cost little (1 R per 4 KB); a message read with its thread takes two queries, and one that adds
# something five reads and a transaction more. A thread made to be slow takes up to a second a message, so a page also
# ends by the clock, well within a function's 28 seconds.
MOST_EXAMINED = 500
MOST_WITH_THREAD = 50
MOST_SECONDS = 10
ENTIRELY = "~"  # behind every message of a thread


class NotCapturingError(Exception):
    """Capture is off or not approved: nothing is read."""


@dataclass(frozen=True, slots=True)
class Gained:
    """A contact that is added to a lead's card, or gives way on it."""

    lead_id: str
    contact: Contact
    is_new_lead: bool = False  # the lead is made of it


@dataclass(slots=True)
class Reread:
    """A page: what was read, what it adds, what gives way to it, and where the next page begins, if there is one."""

    conversations: int = 0
    messages: int = 0
    added: list[Gained] = field(default_factory=list)
    superseded: list[Gained] = field(default_factory=list)
    position: str | None = None


def reread(account: Account, position: str | None, limit: int, *, is_dry_run: bool, now: datetime) -> Reread:
    """A page of at most `limit` conversations, read again from this position, or from the beginning.

    **Repeats**: what was added is found to stand there, and is not added again.
    **Errors**: NotCapturingError; BusyError where a thread is written by many at once, with what came before it added.
    """
    if not (account.capture.is_on and account.capture.is_approved):
        raise NotCapturingError
    return _Page(account, now, is_dry_run=is_dry_run).walked(position, limit)


class _Page:
    """The walk over one page: its budget, its findings, and the cards as they are with what was found so far."""

    def __init__(self, account: Account, now: datetime, *, is_dry_run: bool) -> None:
        self.account, self.now, self.is_dry_run = account, now, is_dry_run
        self.oldest = now - timedelta(days=account.retention_days)
        self.found = Reread()
        self.examined = self.with_thread = 0
        self.ends_at = time.monotonic() + MOST_SECONDS
        self.cards: dict[str, leads.Card] = {}

    def walked(self, position: str | None, limit: int) -> Reread:
        place, _, order = (position or f"{hour_of(self.oldest)} {ENTIRELY}").partition(" ")
        if order != ENTIRELY:  # the page before ended within this thread
            conversation_id = place.partition("#")[2]
            head = store.find_conversation(self.account.id, conversation_id)
            if self._walk_thread(place, head, order):
                return self.found
            limit -= 1
        found = store.list_conversations_forward(self.account.id, place, limit)
        for place, head in found:
            if self._walk_thread(place, head, ""):
                return self.found
        is_more = len(found) == limit
        self.found.position = f"{place} {ENTIRELY}" if is_more else None
        return self.found

    def _walk_thread(self, place: str, head: Conversation | None, after: str) -> bool:
        """Whether the page is full before the end of this thread; its position then is within it."""
        if head is None or head.customer_id is None or head.is_expired(self.account.retention_days, self.now):
            return False
        for message in store.list_messages_forward(self.account.id, head.id, after, self.oldest):
            if self._is_full():
                self.found.position = f"{place} {after}"
                return True
            self.examined, after = self.examined + 1, message.order
            if self._may_read(message, head):
                self.found.messages += 1
                self._read(message, head)
        self.found.conversations += 1
        return False

    def _is_full(self) -> bool:
        is_late = self.examined > 0 and time.monotonic() > self.ends_at
        return is_late or self.examined == MOST_EXAMINED or self.with_thread == MOST_WITH_THREAD

    def _may_read(self, message: Message, head: Conversation) -> bool:
        """Whether consent, time and customer allow it. A thread of two customers is read for the one it has now."""
        return (
            message.is_read
            and message.customer_id == head.customer_id
            and self.account.capture.reads(message.sent_at)
            and expiry_of(message.sent_at, self.account.retention_days) > self.now.timestamp()
        )

    def _read(self, message: Message, head: Conversation) -> None:
        text = message.text or ""
        if not (is_possible_part(text) or find_contacts(text, self.account.market)):
            return
        self.with_thread += 1
        lead_id = lead_id_of(self.account.id, head.platform, head.customer_id or "")
        card = self.cards.get(lead_id) or self._card(lead_id)
        thread = self._thread(message, head, card)
        change = self._change(thread)
        if change is None:
            self.cards[lead_id] = card
        elif self.is_dry_run:
            self.cards[lead_id] = _note(thread, change, self.found)
        elif made := self._committed(message, lead_id):
            self.cards[lead_id] = _note(*made, self.found)
        else:
            self.cards.pop(lead_id, None)  # somebody else has written it

    def _card(self, lead_id: str) -> leads.Card:
        return leads.get_living_card(self.account.id, lead_id, self.account.retention_days, self.now)

    def _thread(self, message: Message, head: Conversation, card: leads.Card) -> Thread:
        around = store.list_read_around(message, LOOK_BACK_TIME, LOOK_BACK)
        reading = read(message, [one for one in around if self._may_read(one, head)], self.account.market)
        # A contact of several parts gives way only to what the present rules put together there, not to nothing.
        ends = frozenset(one.parts[-1].message.order for one in reading.found if len(one.parts) > 1)
        lead_id = lead_id_of(self.account.id, head.platform, message.customer_id or "")
        return Thread(message, message, head, head, replace(reading, window_ends=ends), card, lead_id)

    def _change(self, thread: Thread) -> CardChange | None:
        """How the card changes if something is added to it; None if nothing is, or the customer's lead is gone."""
        card = thread.card
        had_lead = thread.head.lead_id or card.expired or card.contacts or card.has_remains
        if card.lead is None and had_lead:
            return None
        change = change_in(thread, self.account, self.now)
        return change if change is not None and change.added else None

    def _committed(self, message: Message, lead_id: str) -> tuple[Thread, CardChange] | None:
        """What was added, all of it read anew and strongly; None where meanwhile there is nothing to add."""
        for attempt in range(TRIES):
            head = store.find_conversation(self.account.id, message.conversation_id)
            stored = store.find_message(self.account.id, message.conversation_id, message.order)
            if head is None or stored is None or not self._may_read(stored, head):
                return None
            thread = self._thread(stored, head, self._card(lead_id))
            change = self._change(thread)
            if change is None:
                return None
            try:
                commit(writes_of(thread, change, self.account, self.now))
            except ChangedError:
                back_off(attempt)
            else:
                return thread, change
        raise BusyError


def _note(thread: Thread, change: CardChange, found: Reread) -> leads.Card:
    """The card as it is with the change, which is noted among what was found."""
    before = thread.card.contacts
    is_new = thread.card.lead is None
    found.added += [Gained(thread.lead_id, one, is_new_lead=is_new) for one in change.added]
    found.superseded += [
        Gained(thread.lead_id, one)
        for one in change.contacts
        if one.id in before and before[one.id].stands and not one.stands
    ]
    return replace(thread.card, lead=change.lead, contacts=before | {one.id: one for one in change.contacts})
