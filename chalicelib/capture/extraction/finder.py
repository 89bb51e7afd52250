"""The contacts of one message."""

from chalicelib.capture.extraction import emails, phones
from chalicelib.capture.extraction.contact import Contact, Found, Part
from chalicelib.capture.extraction.text import Reading, has_digit_or_at, normalise


def find_contacts(text: str, market: str) -> tuple[Contact, ...]:
    """What the text gives, in order, spans never overlapping; () for most texts, after one scan. Never raises.

    `market` is a region such as "ID": a number without country code is taken for one of it.
    """
    if not has_digit_or_at(text):
        return ()
    reading = normalise(text)
    return tuple(Contact.of(found, (part_at(reading, 0, found.start, found.end),)) for found in read(reading, market))


def read(reading: Reading, market: str) -> list[Found]:
    """The same, as places in the normalised text."""
    addresses = list(emails.find_emails(reading.text))
    numbers = phones.find_phones(reading.text, market, [(address.start, address.end) for address in addresses])
    return _apart(reading, sorted(addresses + numbers, key=lambda found: found.start))


def part_at(reading: Reading, index: int, start: int, end: int) -> Part:
    """The part of texts[index] whose normalised text stands at [start:end]."""
    typed_start, typed_end = reading.place(start, end)
    return Part(index, typed_start, typed_end, reading.typed[typed_start:typed_end])


def _apart(reading: Reading, found: list[Found]) -> list[Found]:
    """Without what begins before its predecessor has ended, as typed: "⒈" is typed once and read "1."."""
    apart: list[Found] = []
    floor = 0
    for one in found:
        start, end = reading.place(one.start, one.end)
        if start >= floor:
            apart.append(one)
            floor = end
    return apart
