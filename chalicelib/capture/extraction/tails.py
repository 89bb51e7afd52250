"""What a customer corrects of a number without repeating it: "eh belakangnya 4471, bukan 4417", "*4471", "ท้าย 43".

The corrected number is the old one with those digits replaced, and its evidence is both: what stays, and what is new.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from chalicelib.capture.extraction import corrections, finder, labels, phones, plans
from chalicelib.capture.extraction.contact import Contact, Found, Part
from chalicelib.capture.extraction.lexicon import STRONG, WEAK, alternatives, is_spaceless, words_of
from chalicelib.capture.extraction.runs import Run, runs_in
from chalicelib.capture.extraction.spelled import DIGITS, LATIN, atoms_in
from chalicelib.capture.extraction.text import Reading, normalise

RULE = "phone-corrected"
_FEWEST, _MOST = 2, 7
# Who corrects digits says little besides.
_MOST_WORDS = 14
# How far behind the number it may stand, in possible parts.
_REACH = 4
_STAR = re.compile(r"\s*\*+\s?[0-9]{2,6}\s*\*?\s*\Z")
_MOST_CHANGED = 2


class Said(NamedTuple):
    """A message of the thread, normalised, with what it gives by itself."""

    message: int
    reading: Reading
    found: Sequence[Found]


class _Change(NamedTuple):
    old: Contact
    new: Contact


def _alone(words: Iterable[str]) -> str:
    known = set(words)
    latin = alternatives(word for word in known if not is_spaceless(word))
    return f"(?<![{LATIN}])(?:{latin})(?![{LATIN}])|{alternatives(filter(is_spaceless, known))}"


@cache
def _tail() -> re.Pattern[str]:
    return re.compile(_alone(words_of("correction", "tail")))


@cache
def _not() -> re.Pattern[str]:
    return re.compile(_alone(words_of("correction", "not")))


def with_corrected_tails(contacts: Sequence[Contact], messages: Sequence[Said]) -> tuple[Contact, ...]:
    """The contacts, each number whose digits were corrected later replaced by the new one."""
    standing = list(contacts)
    order = {message.message: place for place, message in enumerate(messages)}
    for place, message in enumerate(messages[1:], 1):
        before = [
            one for one in standing if one.kind == "phone" and place - _REACH <= order[one.parts[-1].index] < place
        ]
        runs = _runs_of(message) if before else []
        if runs:
            is_announced = any(corrections.takes_back(messages[other].reading.text) for other in (place - 1, place))
            change = _change(message, runs, before[::-1], is_announced=is_announced)
            if change:
                standing[standing.index(change.old)] = change.new
    return tuple(standing)


def _runs_of(message: Said) -> list[Run]:
    """The digits of a message that has hardly anything else; [] where it gives a number itself."""
    text = message.reading.text
    if any(found.kind == "phone" for found in message.found) or len(text.split()) > _MOST_WORDS:
        return []
    taken = [(found.start, found.end) for found in message.found]
    # Not "last four is 4471": "four" would be a digit of it.
    counted = [match.span() for match in _tail().finditer(text.lower())]
    runs = [run for run in runs_in(phones.masked_text(text, [*taken, *counted]), 1) if run.length <= _MOST]
    long = [run for run in runs if run.length >= _FEWEST]
    # "4 terakhir 4471": the first only counts.
    return long or runs


def _change(message: Said, runs: list[Run], before: list[Contact], *, is_announced: bool) -> _Change | None:
    """The number that is meant, and what it becomes."""
    text = message.reading.text
    is_tail = _tail().search(text.lower()) is not None
    said = {labels.said_before(text, run.start).kind for run in runs}
    if STRONG in said:
        return None
    for old in before:
        pair = _pair(text.lower(), runs, old)
        if pair and (is_tail or is_announced or pair[0].length > _FEWEST):
            return _replaced(old, message, *pair)
    if len(runs) != 1 or WEAK in said or _not().search(text.lower()):
        return None
    run, old = runs[0], before[0]
    return (
        _replaced(old, message, run, old.value[-run.length :])
        if _is_tail_of(text, run, old, is_tail=is_tail, is_announced=is_announced)
        else None
    )


def _is_tail_of(text: str, run: Run, old: Contact, *, is_tail: bool, is_announced: bool) -> bool:
    """Whether the digits alone may stand for the last ones: named so, or much like them and announced."""
    if run.length < _FEWEST or labels.is_unit_behind(text, run.end):
        return False
    if is_tail and is_announced:
        return True
    if run.length == _FEWEST:
        return False
    is_like = 0 < _changed(_digits(run), old.value[-run.length :]) <= _MOST_CHANGED
    is_short = len(text.split()) <= _MOST_WORDS // 2
    return (is_tail and (is_like or is_short)) or (is_like and (is_announced or _STAR.match(text) is not None))


def _pair(text: str, runs: list[Run], old: Contact) -> tuple[Run, str] | None:
    """The new digits and the wrong ones, where both are said: "4471 bukan 4417", "not 4417 but 4471"."""
    if len(runs) != 2 or runs[0].length != runs[1].length or not (_not().search(text) or corrections.takes_back(text)):
        return None
    for right, wrong in (runs, runs[::-1]):
        said = _digits(wrong)
        is_there = old.value.endswith(said) or (len(said) > _FEWEST and old.value.count(said) == 1)
        if is_there and said != _digits(right):
            return right, said
    return None


def _changed(one: str, other: str) -> int:
    return sum(before != after for before, after in zip(one, other, strict=True))


def _digits(run: Run) -> str:
    return "".join(atom.digits for atom in run.atoms)


def _replaced(old: Contact, message: Said, run: Run, wrong: str) -> _Change | None:
    end = len(old.value) if old.value.endswith(wrong) else old.value.index(wrong) + len(wrong)
    value = old.value[: end - len(wrong)] + _digits(run) + old.value[end:]
    if value == old.value or not plans.read(value[1:], "", has_plus=True):
        return None
    new = finder.part_at(message.reading, message.message, run.start, run.end)
    parts = (*_kept(old.parts, len(old.value) - end + len(wrong)), new)
    first = parts[0]
    return _Change(
        old,
        old._replace(value=value, parts=parts, start=first.start, end=first.end, text=first.text, rule=RULE),
    )


def _kept(parts: tuple[Part, ...], dropped: int) -> Iterator[Part]:
    """The parts without the last digits, so many of them."""
    readings = [normalise(part.text) for part in parts]
    left = sum(len(atom.digits) for reading in readings for atom in atoms_in(reading.text)) - dropped
    for part, reading in zip(parts, readings, strict=True):
        end = 0
        for atom in atoms_in(reading.text):
            if left <= 0:
                break
            taken = min(left, len(atom.digits))
            end = atom.start + taken if atom.kind == DIGITS else atom.end
            left -= taken
        if end:
            start, stop = reading.place(0, end)
            yield Part(part.index, part.start + start, part.start + stop, part.text[start:stop])
