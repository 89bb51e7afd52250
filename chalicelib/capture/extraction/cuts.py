"""Cutting a run of digits into numbers: where each begins and where it ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.capture.extraction import labels, plans, shapes
from chalicelib.capture.extraction.plans import NATIONAL, Reading
from chalicelib.capture.extraction.runs import LOOSE, Run
from chalicelib.capture.extraction.spelled import MAYBE, WORDS

# The shortest numbers in use have seven. Anything with fewer is left at once: "2 pcs", "jam 10".
FEWEST_DIGITS = 7
# ITU E.164 allows 15; with an international prefix, or a code and a trunk 0, there may be three more.
_MOST_DIGITS = 18
# A longer run is no customer's: it is cut, so that it can't cost more than its length.
_LONGEST_RUN = 240

# What a cut is worth: figures of a judgement, not of a measurement. A number is worth more the surer its reading and
# the more of the run it explains; what is left over beside it costs.
_NUMBER, _PER_STRENGTH, _PER_DIGIT = 60, 25, 4
_LOOSE_INSIDE = 18  # "0812…, 0813…" are two
_QUANTITY_INSIDE, _UNIT_INSIDE = 20, 60  # "0812-3450-0011 2 pcs"
_LEFT_SHORT, _LEFT_PER_DIGIT = 8, 7


@dataclass(slots=True)
class Tries:
    """How many beginnings of numbers may still be tried in a message; one with more of them is no customer's."""

    left: int = 400

    def take(self, count: int) -> bool:
        self.left -= count
        return self.left >= 0


class Cut(NamedTuple):
    """A number of run.atoms[first:last]."""

    first: int
    last: int
    reading: Reading


def parts_of(text: str, run: Run) -> Iterator[Run]:
    """The run without the dates, cards and times in it, in pieces of bounded length."""
    has_words = any(atom.kind == WORDS for atom in run.atoms)
    spans = [] if len(run.atoms) == 1 or has_words else shapes.find_shapes(text, run.start, run.end)
    if not spans and run.length <= _LONGEST_RUN:
        yield run
        return
    part, length, next_span = Run([], [], set()), 0, 0
    for place, atom in enumerate(run.atoms):
        while next_span < len(spans) and spans[next_span][1] <= atom.start:
            next_span += 1
        is_shaped = next_span < len(spans) and spans[next_span][0] < atom.end and place not in run.pluses
        is_long = length + len(atom.digits) > _LONGEST_RUN
        if (is_shaped or is_long) and part.atoms:
            yield part
            part, length = Run([], [], set()), 0
        if is_shaped:
            continue
        if place in run.pluses:
            part.pluses.add(len(part.atoms))
        part.gaps.append(run.gaps[place])
        part.atoms.append(atom)
        length += len(atom.digits)
    if part.atoms:
        yield part


def cuts_of(text: str, run: Run, market: str, tries: "Tries", whole: Cut | None) -> list[Cut]:
    """The best numbers of the run, none overlapping: the highest worth, counted from the end. `whole`: all of it."""
    count = len(run.atoms)
    if run.length < FEWEST_DIGITS:
        return []
    if whole or not tries.take(count):
        return [whole] if whole else []
    worth: list[float] = [0.0] * (count + 1)
    choice: list[Cut | None] = [None] * (count + 1)
    for first in range(count - 1, -1, -1):
        worth[first] = worth[first + 1] - _left(run, first)
        for cut, value in _numbers_from(text, run, first, market):
            if value + worth[cut.last] > worth[first]:
                worth[first], choice[first] = value + worth[cut.last], cut
    cuts: list[Cut] = []
    place = 0
    while place < count:
        chosen = choice[place]
        if chosen:
            cuts.append(chosen)
        place = chosen.last if chosen else place + 1
    return cuts


def whole_of(text: str, run: Run, market: str) -> Cut | None:
    """The run as one number, where that is plain: most runs."""
    digits = "".join([atom.digits for atom in run.atoms])
    is_one = LOOSE not in run.gaps and run.atoms[0].is_first and run.atoms[-1].is_last
    if not is_one or len(digits) > plans.MOST_DIGITS or (run.pluses and run.pluses != {0}):
        return None
    reading = plans.read(digits, market, has_plus=bool(run.pluses))
    if reading is None or reading.strength < NATIONAL or _tail(text, run, 0, len(run.atoms)):
        return None
    return Cut(0, len(run.atoms), reading)


def _left(run: Run, place: int) -> int:
    size = len(run.atoms[place].digits)
    return _LEFT_SHORT if size <= 2 else _LEFT_PER_DIGIT * size


def _numbers_from(text: str, run: Run, first: int, market: str) -> Iterator[tuple[Cut, float]]:
    if not run.atoms[first].is_first:
        return
    digits, loose = "", 0
    for last in range(first + 1, len(run.atoms) + 1):
        atom = run.atoms[last - 1]
        if last - 1 > first:
            if last - 1 in run.pluses:
                return
            loose += run.gaps[last - 1] == LOOSE
        digits += atom.digits
        if len(digits) > _MOST_DIGITS:
            return
        if len(digits) < FEWEST_DIGITS or not atom.is_last or atom.kind == MAYBE:
            continue
        is_all = first == 0 and last == len(run.atoms)
        reading = plans.read(digits, market, has_plus=first in run.pluses, is_abroad=is_all)
        if reading:
            cost = _LOOSE_INSIDE if loose else 0
            value = _NUMBER + _PER_STRENGTH * reading.strength + _PER_DIGIT * len(digits) - cost
            yield Cut(first, last, reading), value - _tail(text, run, first, last)


def _tail(text: str, run: Run, first: int, last: int) -> int:
    """What speaks against the last atom: one or two digits behind groups of three and more are a quantity."""
    atom = run.atoms[last - 1]
    if last - first < 2 or len(atom.digits) > 2 or atom.kind == WORDS:
        return 0
    groups = run.atoms[first : last - 1]
    if not all(len(group.digits) >= 3 for group in groups):
        return 0
    before = text[groups[-1].end : atom.start]
    if not before.isspace():
        return 0
    return _UNIT_INSIDE if labels.is_unit_behind(text, atom.end) else _QUANTITY_INSIDE
