"""The contacts of a thread: those of its messages, and those split over several.

Reading a thread only adds to reading its messages one by one, but that what turns out to be a piece of a longer contact
gives way to it. It is read from the possible parts alone, so chat in between changes nothing, whatever its words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.capture.extraction import emails, finder, phones
from chalicelib.capture.extraction.contact import Contact, Found
from chalicelib.capture.extraction.pieces import (
    Piece,
    digits_at_end,
    digits_at_start,
    is_possible_part,
    token_at_end,
    token_at_start,
)
from chalicelib.capture.extraction.text import Reading, normalise

# ITU E.164 allows 15 digits; with a trunk 0 or an international prefix there may be two more.
_MOST_DIGITS = 17
_MOST_TOKENS = 4
_DIGIT = re.compile("[0-9]")
# The rest of a split address is trusted only with a usual ending: "siti.nur" and then "@siti.nur88" is a name and a
# handle. Those of the markets, and the generic ones.
_USUAL_ENDING = re.compile(r"\.(?:com|net|org|edu|gov|co|info|biz|me|io|asia|id|sg|my|ph|th|vn)\Z", re.IGNORECASE)
_ENDING_ALONE = re.compile(r"(?:com|net|org|edu|co|id|sg|my|ph|th|vn)(?:\.[a-z]{2})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Message:
    index: int
    reading: Reading
    found: list[Found]

    def overlapping(self, piece: Piece) -> list[Found]:
        return [found for found in self.found if piece.overlaps(found)]


@dataclass(frozen=True, slots=True)
class _Joined:
    found: Found
    pieces: tuple[Piece, ...]


def find_contacts_in_thread(texts: Sequence[str], market: str) -> tuple[Contact, ...]:
    """The standing contacts of a customer's messages, oldest first, in order of place.

    The same contact again appears once, with its last evidence. Repeats: the same texts give the same contacts, with or
    without the messages of which is_possible_part is False.
    """
    messages = []
    for index, text in enumerate(texts):
        if is_possible_part(text):
            reading = normalise(text)
            messages.append(_Message(index, reading, finder.read(reading, market)))
    return _last_of_each(_standing(messages, [*_joined_addresses(messages), *_joined_numbers(messages, market)]))


def _standing(messages: list[_Message], joined: list[_Joined]) -> Iterator[Contact]:
    """Every contact but those that lie in a piece of a longer one. What is joined earlier has the first claim."""
    reading_by_index = {message.index: message.reading for message in messages}
    taken: list[Piece] = []
    for one in joined:
        if not any(piece.index == other.index and piece.overlaps(other) for piece in one.pieces for other in taken):
            taken.extend(one.pieces)
            parts = [
                finder.part_at(reading_by_index[piece.index], piece.index, piece.start, piece.end)
                for piece in one.pieces
            ]
            yield Contact.of(one.found, tuple(parts))
    for message in messages:
        covered = [found for piece in taken if piece.index == message.index for found in message.overlapping(piece)]
        for found in message.found:
            if found not in covered:
                part = finder.part_at(message.reading, message.index, found.start, found.end)
                yield Contact.of(found, (part,))


def _last_of_each(contacts: Iterator[Contact]) -> tuple[Contact, ...]:
    in_order = sorted(contacts, key=lambda contact: (contact.parts[0].index, contact.start))
    last = {(contact.kind, contact.value): contact for contact in in_order}
    return tuple(contact for contact in in_order if last[contact.kind, contact.value] is contact)


def _joined_numbers(messages: list[_Message], market: str) -> Iterator[_Joined]:
    with_digits = [message for message in messages if _DIGIT.search(message.reading.text)]
    place = 0
    while place < len(with_digits):
        joined = _number_from(with_digits[place:], market)
        if joined:
            yield joined
            is_used_up = joined.pieces[-1].is_whole
            place += len(joined.pieces) - (not is_used_up)
        else:
            place += 1


def _number_from(messages: list[_Message], market: str) -> _Joined | None:
    """The longest number that begins at the end of the first message and goes on in the next ones."""
    first = digits_at_end(messages[0].index, messages[0].reading)
    if not first or not _is_free_or_begun(messages[0], first):
        return None
    pieces: tuple[Piece, ...] = (first,)
    longest: _Joined | None = None
    is_complete = bool(messages[0].overlapping(first))
    for message in messages[1:]:
        piece = digits_at_start(message.index, message.reading)
        if not piece or message.overlapping(piece) or (is_complete and not _does_extend(piece)):
            break
        pieces = (*pieces, piece)
        digits = "".join(piece.digits for piece in pieces)
        found = phones.complete_number(digits, market) if len(digits) <= _MOST_DIGITS else None
        if found:
            longest, is_complete = _Joined(found._replace(rule="phone-split"), pieces), True
        if not piece.is_whole or len(digits) > _MOST_DIGITS:
            break
    return longest


def _is_free_or_begun(message: _Message, piece: Piece) -> bool:
    """Whether no contact stands in the piece, or just one that may be the beginning of a longer one."""
    return all(
        found.rule == "phone-written" and found.start == piece.start and found.end <= piece.end
        for found in message.overlapping(piece)
    )


def _does_extend(piece: Piece) -> bool:
    """Whether it may go on after a number that is complete without it. A single digit is an answer: how many?"""
    return piece.is_whole and len(piece.digits) > 1


def _joined_addresses(messages: list[_Message]) -> Iterator[_Joined]:
    place = 0
    while place < len(messages):
        joined = _address_from(messages[place : place + _MOST_TOKENS])
        if joined:
            yield joined
            place += len(joined.pieces) - 1
        else:
            place += 1


def _address_from(messages: list[_Message]) -> _Joined | None:
    """The longest address that begins at the end of the first message and goes on in the next ones."""
    first = token_at_end(messages[0].index, messages[0].reading)
    if not first or any(one.start < first.start or one.end > first.end for one in messages[0].overlapping(first)):
        return None
    pieces: tuple[Piece, ...] = (first,)
    longest, written = None, first.text
    for message in messages[1:]:
        piece = token_at_start(message.index, message.reading)
        if not piece or not _is_continued(written, piece) or _has_longer(message, piece):
            break
        pieces, written = (*pieces, piece), written + piece.text
        longest = _address(written, pieces) or longest
        if not piece.is_whole:
            break
    return longest


def _has_longer(message: _Message, piece: Piece) -> bool:
    return any(one.start < piece.start or one.end > piece.end for one in message.overlapping(piece))


def _is_continued(written: str, piece: Piece) -> bool:
    """Whether the piece goes on where the address stops: before its "@", behind it, or at a dot of its domain."""
    before_at, at, domain = written.partition("@")
    if not at:
        return bool(before_at) and piece.text.startswith("@")
    if not domain:
        return piece.text[0].isalnum()
    if piece.text.startswith(".") and len(piece.text) > 1:
        return piece.is_whole or "." not in domain
    return domain.endswith(".") and domain.count(".") == 1 and _ENDING_ALONE.fullmatch(piece.text) is not None


def _address(written: str, pieces: tuple[Piece, ...]) -> _Joined | None:
    found = next(emails.find_emails(written), None)
    if not found or not _USUAL_ENDING.search(found.value):
        return None
    surplus = len(written) - found.end
    last = pieces[-1]
    if found.start > 0 or surplus >= len(last.text):
        return None
    shortened = replace(last, end=last.end - surplus, text=last.text[: len(last.text) - surplus])
    return _Joined(found._replace(rule="email-split"), (*pieces[:-1], shortened))
