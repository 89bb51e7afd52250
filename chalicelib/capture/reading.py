"""What one message of a customer says, read with the messages around it: contacts whole, split, and given way.

A message is read alone, and in every window that ends at it or at a later message: the 10 messages before that end,
and no more than 15 minutes. A contact made of several parts belongs to the window that ends with its last part. So the
contacts of a thread are the same whichever of its messages is processed last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.capture.extraction import Contact, find_contacts, find_contacts_in_thread
from chalicelib.capture.message import Message

LOOK_BACK = 10  # messages of the customer
LOOK_BACK_TIME = timedelta(minutes=15)
LONGEST_PART = 500  # characters: a longer message is read alone. It bounds what a thread of them can cost
MOST_CONTACTS = 20  # of one message, by position; a longer list is no customer's
MOST_SPLIT = 10  # contacts of several parts, of one reading: keeps its transaction under DynamoDB's 100 actions


@dataclass(frozen=True, slots=True)
class FoundPart:
    """Where a part stands: in which message, from which to which code point, and the text as typed."""

    message: Message
    start: int
    end: int
    text: str

    def overlaps(self, other: "FoundPart") -> bool:
        return self.message.order == other.message.order and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Found:
    """A contact of a customer with the messages it stands in, oldest part first."""

    kind: str
    value: str
    rule: str
    is_region_assumed: bool
    parts: tuple[FoundPart, ...]
    is_superseded: bool = False  # it is a piece of a longer contact
    suggestion: str | None = None  # what was probably meant, of an address


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message adds to its customer's card."""

    found: tuple[Found, ...] = ()
    is_truncated: bool = False
    # The windows this reading looked at: what was found in one of them before and is not in `found`, was a misreading.
    window_ends: frozenset[str] = frozenset()


def read(message: Message, around: Sequence[Message], market: str) -> Reading:
    """The contacts that stand in this message, alone or with its neighbours `around` it (oldest first).

    Contacts that give way to a longer one come too, marked superseded, also those of the neighbours.
    """
    parts = {one.order: one for one in (*around, message) if len(one.text or "") <= LONGEST_PART}
    thread = sorted(parts.values(), key=lambda one: one.order)
    whole = _whole_contacts(message, market)
    windows = list(_windows_with(message, thread))
    split = [found for window in windows for found in _split_contacts(window, market)]
    touched = {part.message.order: part.message for found in split for part in found.parts}
    others = [one for order, one in touched.items() if order != message.order]
    candidates = [*whole[:MOST_CONTACTS], *(found for one in others for found in _whole_contacts(one, market))]
    kept = [_marked(found, split) for found in candidates]
    return Reading(
        found=(
            *split[:MOST_SPLIT],
            *(one for one in kept if one.is_superseded or one.parts[0].message.order == message.order),
        ),
        is_truncated=len(whole) > MOST_CONTACTS,
        window_ends=frozenset(window[-1].order for window in windows if len(split) <= MOST_SPLIT),
    )


def _whole_contacts(message: Message, market: str) -> list[Found]:
    return [_found(contact, [message]) for contact in find_contacts(message.text or "", market)]


def _windows_with(message: Message, thread: Sequence[Message]) -> Iterator[Sequence[Message]]:
    here = next((place for place, one in enumerate(thread) if one is message), len(thread))
    for place in range(here, min(here + LOOK_BACK + 1, len(thread))):
        end = thread[place]
        window = [
            one for one in thread[max(0, place - LOOK_BACK) : place + 1] if end.sent_at - one.sent_at <= LOOK_BACK_TIME
        ]
        if any(one is message for one in window):
            yield window


def _split_contacts(window: Sequence[Message], market: str) -> Iterator[Found]:
    if len(window) < 2:  # one message holds no split contact
        return
    for contact in find_contacts_in_thread([one.text or "" for one in window], market):
        if len(contact.parts) > 1 and contact.parts[-1].index == len(window) - 1:
            yield _found(contact, window)


def _found(contact: Contact, messages: Sequence[Message]) -> Found:
    parts = tuple(FoundPart(messages[part.index], part.start, part.end, part.text) for part in contact.parts)
    return Found(
        contact.kind, contact.value, contact.rule, contact.is_region_assumed, parts, suggestion=contact.suggestion
    )


def _marked(found: Found, split: Sequence[Found]) -> Found:
    """The contact, marked superseded where it is a piece of a split one of the same kind with another value."""
    pieces = [
        part for longer in split if longer.kind == found.kind and longer.value != found.value for part in longer.parts
    ]
    if not any(part.overlaps(found.parts[0]) for part in pieces):
        return found
    return replace(found, is_superseded=True)
