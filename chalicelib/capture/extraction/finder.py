"""The contacts of one message."""

from chalicelib.capture.extraction import emails, emails_said, gate, names, phones
from chalicelib.capture.extraction.contact import Contact, Found, Part
from chalicelib.capture.extraction.text import Reading, normalise


def find_contacts(text: str, market: str) -> tuple[Contact, ...]:
    """What the text gives, in order, spans never overlapping; () for most texts, after one look. Never raises.

    `market` is a region such as "ID": a number without country code is taken for one of it.
    """
    signs = gate.signs_of(text)
    if not signs:
        return ()
    reading = normalise(text)
    if reading.text is not text:
        signs = gate.signs_of(reading.text)
    return tuple([_contact(found, reading) for found in _read(reading, market, signs)])


def _contact(found: Found, reading: Reading) -> Contact:
    kind, value, start, end, rule, is_region_assumed, suggestion = found
    part = part_at(reading, 0, start, end)
    return Contact(kind, value, part.start, part.end, part.text, (part,), rule, is_region_assumed, suggestion)


def read(reading: Reading, market: str) -> list[Found]:
    """The same, as places in the normalised text."""
    return _read(reading, market, gate.signs_of(reading.text))


def _read(reading: Reading, market: str, signs: int) -> list[Found]:
    text = reading.text
    found = list(emails.find_emails(text)) if "@" in text else []
    if signs & gate.ADDRESS or text.count("@") > len(found):
        found += emails_said.find_said_emails(text, found, has_words=bool(signs & gate.ADDRESS))
    if signs & (gate.SIGNS | gate.NUMBERS):
        taken = [(address.start, address.end) for address in found]
        found += phones.find_phones(text, market, taken, has_words=bool(signs & gate.NUMBERS))
    if signs & gate.NAME or found:
        found += [_as_typed(reading, name) for name in names.find_names(text, found, has_cue=bool(signs & gate.NAME))]
    return _apart(reading, sorted(found, key=lambda one: one.start)) if len(found) > 1 else found


def _as_typed(reading: Reading, name: Found) -> Found:
    """A name is kept as it was typed, with single spaces."""
    start, end = reading.place(name.start, name.end)
    return name._replace(value=" ".join(reading.typed[start:end].split()))


def part_at(reading: Reading, index: int, start: int, end: int) -> Part:
    """The part of texts[index] whose normalised text stands at [start:end]."""
    if reading.text is not reading.typed:
        start, end = reading.place(start, end)
    return Part(index, start, end, reading.typed[start:end])


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
