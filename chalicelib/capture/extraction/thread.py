"""The contacts of a thread: those of its messages, and those split over several.

Reading a thread only adds to reading its messages one by one, but for what gives way: a piece of a longer contact, and
what the customer corrected. It is read from the possible parts alone, so chat in between changes nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.capture.extraction import corrections, emails_said, finder, group_words, plans, tails
from chalicelib.capture.extraction.contact import Contact, Found, Part
from chalicelib.capture.extraction.gate import is_possible_part
from chalicelib.capture.extraction.labels import ends_with_account
from chalicelib.capture.extraction.pieces import NO_DIGITS, Digits, Piece, digits_of
from chalicelib.capture.extraction.plans import LOCAL, NATIONAL
from chalicelib.capture.extraction.text import Reading, normalise

# ITU E.164 allows 15 digits; with a trunk 0 or an international prefix there may be two more.
_MOST_DIGITS = 17
_MOST_MESSAGES_OF_ADDRESS = 4


@dataclass(frozen=True, slots=True)
class _Message:
    index: int
    reading: Reading
    found: list[Found]
    digits: Digits | None
    is_account: bool  # it ends with a word that takes the next digits: "no resi"

    def overlapping(self, start: int, end: int) -> list[Found]:
        return [found for found in self.found if found.start < end and start < found.end]


@dataclass(frozen=True, slots=True)
class _Place:
    index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Joined:
    found: Found
    places: tuple[_Place, ...]


def find_contacts_in_thread(texts: Sequence[str], market: str) -> tuple[Contact, ...]:
    """The standing contacts of a customer's messages, oldest first, in order of place.

    The same contact again appears once, with its last evidence; one the customer took back does not. Repeats: the same
    texts give the same contacts, with or without the messages of which is_possible_part is False.
    """
    messages = [_message(index, text, market) for index, text in enumerate(texts) if is_possible_part(text)]
    if not messages:
        return ()
    joined = [*_joined_addresses(messages), *_joined_numbers(messages, market)] if len(messages) > 1 else []
    contacts = _last_of_each(_standing(messages, joined))
    if len(messages) < 2:
        return contacts
    contacts = tuple(one for one in contacts if one.kind != "name" or not _is_holder(one, messages))
    contacts = tails.with_corrected_tails(
        contacts, [tails.Said(message.index, message.reading, message.found) for message in messages]
    )
    readings = [(message.index, message.reading.text) for message in messages]
    return tuple(corrections.without_corrected(contacts, readings))


def _message(index: int, text: str, market: str) -> _Message:
    reading = normalise(text)
    found = finder.read(reading, market)
    return _Message(index, reading, found, digits_of(index, reading, found), ends_with_account(text))


def _is_holder(name: Contact, messages: list[_Message]) -> bool:
    """Whether it is the holder of the account sent just before: "posb 104", "88213", "name is …"."""
    place = next(place for place, message in enumerate(messages) if message.index == name.parts[0].index)
    before = messages[max(0, place - 3) : place]
    return any((message.digits or NO_DIGITS).is_account for message in before)


def _standing(messages: list[_Message], joined: list[_Joined]) -> Iterator[Contact]:
    """Every contact but those that lie in a piece of a longer one. What is joined earlier has the first claim."""
    reading_by_index = {message.index: message.reading for message in messages}
    taken: list[_Place] = []
    for one in joined:
        if not any(_overlap(place, other) for place in one.places for other in taken):
            taken.extend(one.places)
            yield Contact.of(one.found, tuple(_part(reading_by_index[place.index], place) for place in one.places))
    for message in messages:
        for found in message.found:
            place = _Place(message.index, found.start, found.end)
            if not any(_overlap(place, other) for other in taken):
                yield Contact.of(found, (_part(message.reading, place),))


def _overlap(one: _Place, other: _Place) -> bool:
    return one.index == other.index and one.start < other.end and other.start < one.end


def _part(reading: Reading, place: _Place) -> Part:
    return finder.part_at(reading, place.index, place.start, place.end)


def _last_of_each(contacts: Iterator[Contact]) -> tuple[Contact, ...]:
    in_order = sorted(contacts, key=lambda contact: (contact.parts[0].index, contact.start))
    last = {(contact.kind, contact.value): contact for contact in in_order}
    return tuple(contact for contact in in_order if last[contact.kind, contact.value] is contact)


def _joined_numbers(messages: list[_Message], market: str) -> Iterator[_Joined]:
    with_digits = [message for message in messages if message.digits or message.is_account]
    place = 0
    while place < len(with_digits):
        joined = _number_from(with_digits[place:], market)
        if joined:
            yield joined
            last = with_digits[place + len(joined.places) - 1]
            is_used_up = last.digits is None or last.digits.rest is None or last.digits.rest.is_whole
            place += len(joined.places) - (not is_used_up)
        else:
            place += 1 + _of_account(with_digits[place:])


def _of_account(messages: list[_Message]) -> int:
    """How many of the next messages go on with an account or a parcel: "Maybank 1142", "7788", "0934"."""
    first = messages[0]
    if not first.is_account and not (first.digits or NO_DIGITS).is_account:
        return 0
    count = 0
    for message in messages[1:]:
        rest = (message.digits or NO_DIGITS).rest
        if not rest or message.found or rest.has_plus:
            break
        count += 1
        if not rest.is_whole:
            break
    return count


def _number_from(messages: list[_Message], market: str) -> _Joined | None:
    """The longest number that begins at the end of the first message and goes on in the next ones."""
    first = (messages[0].digits or NO_DIGITS).beginning
    if not first or not _is_free_or_begun(messages[0], first):
        return None
    pieces: tuple[Piece, ...] = (first,)
    longest: _Joined | None = None
    is_complete = bool(messages[0].overlapping(first.start, first.end))
    for message in messages[1:]:
        piece = (message.digits or NO_DIGITS).rest
        if not piece or piece.has_plus or message.overlapping(piece.start, piece.end):
            break
        if is_complete and not _goes_on(piece):
            break
        if _begins_again(first, piece):
            break
        pieces = (*pieces, piece)
        found = _number(pieces, market)
        if found:
            longest, is_complete = found, True
        if not piece.is_alone or sum(len(one.digits) for one in pieces) > _MOST_DIGITS:
            break
    return longest


def _goes_on(piece: Piece) -> bool:
    """Whether it may lengthen a number that is one already. A single digit is an answer: how many?"""
    return len(piece.digits) > (1 if piece.is_whole else 2) and piece.is_alone


def _begins_again(first: Piece, piece: Piece) -> bool:
    """Whether the customer begins anew: "0812", "0812 3450"."""
    return len(first.digits) > 2 and first.digits[0] == "0" and piece.digits.startswith(first.digits)


def _number(pieces: tuple[Piece, ...], market: str) -> _Joined | None:
    digits = "".join(piece.digits for piece in pieces)
    if len(digits) > _MOST_DIGITS:
        return None
    reading = plans.read(digits, market, has_plus=pieces[0].has_plus)
    if not reading or reading.strength < (LOCAL if pieces[0].is_named else NATIONAL):
        return None
    found = Found("phone", reading.value, 0, 0, "phone-split", reading.is_region_assumed)
    return _Joined(found, tuple(_Place(piece.index, piece.start, piece.end) for piece in pieces))


def _is_free_or_begun(message: _Message, piece: Piece) -> bool:
    """Whether no contact stands in the piece, or just one that may be the beginning of a longer one."""
    return all(
        found.kind == "phone" and found.rule != "phone-link" and found.start == piece.start and found.end <= piece.end
        for found in message.overlapping(piece.start, piece.end)
    )


def _joined_addresses(messages: list[_Message]) -> Iterator[_Joined]:
    """The addresses that only stand in several messages read as one, the longest first."""
    place = 0
    while place < len(messages):
        longest = None
        for count in range(_MOST_MESSAGES_OF_ADDRESS, 1, -1):
            group = messages[place : place + count]
            longest = longest or (_address_of(group) if len(group) == count else None)
            longest = longest or (_address_of(_without_chat(group)) if len(group) == count > 2 else None)
        if longest:
            yield longest
            place = next(at for at, message in enumerate(messages) if message.index == longest.places[-1].index)
        else:
            place += 1


_OF_ADDRESS = re.compile("[0-9@._]")


def _without_chat(group: list[_Message]) -> list[_Message]:
    """Without what was only said in between: "siti.n88@", "sorry, wrong key", "gmail.com"."""
    return [group[0], *(one for one in group[1:-1] if _OF_ADDRESS.search(one.reading.text)), group[-1]]


def _address_of(group: list[_Message]) -> _Joined | None:
    """An address that begins in the first message and ends in the last."""
    first = group[0].reading.text
    for cut in (_whole, _without_aside, _behind_mark):
        texts = [first, *(cut(message.reading.text) for message in group[1:])]
        if cut is _behind_mark and (len(group) > 2 or not first.rstrip().endswith("@")):
            break
        text = " ".join(texts)
        last_start = len(text) - len(texts[-1])
        for found in emails_said.find_said_emails(text, []):
            if found.start < len(first) and found.end > last_start:
                return _Joined(found._replace(rule="email-split"), tuple(_places(group, texts, found)))
    return None


def _whole(text: str) -> str:
    return text


def _without_aside(text: str) -> str:
    """What goes on: "rồi @gmail.com"."""
    aside = group_words.only_between().match(text.lower())
    return text[aside.end() :] if aside else text


_MARK = re.compile(r"[.!?,;:\n]\s+")


def _behind_mark(text: str) -> str:
    """What goes on behind a sentence in between: "sorry, bus shaking. example.com"."""
    marks = list(_MARK.finditer(text))
    return text[marks[-1].end() :] if marks else text


def _places(group: list[_Message], texts: list[str], found: Found) -> Iterator[_Place]:
    """Where the address stands in each of the messages, whose `texts`, or their ends, were read as one."""
    offset = 0
    for message, text in zip(group, texts, strict=True):
        skipped = len(message.reading.text) - len(text)
        start, end = max(found.start - offset, 0), min(found.end - offset, len(text))
        written = text[start:end]
        start += len(written) - len(written.lstrip())
        end -= len(written) - len(written.rstrip())
        if start < end:
            yield _Place(message.index, skipped + start, skipped + end)
        offset += len(text) + 1
