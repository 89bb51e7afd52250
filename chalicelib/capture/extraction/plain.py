"""The quick way to most numbers: figures in usual groups, and no word near that could make them another thing.

What is answered is what cuts.py and judge.py would, only sooner; what is not plain is left to them.
"""

import re
from typing import Literal

from chalicelib.capture.extraction import labels, plans, shapes
from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.plans import CLEAR, NATIONAL, Strength
from chalicelib.capture.extraction.runs import IS_LATIN, TIGHT, gap_of

_GROUP = re.compile("[0-9]+")
_SHORTEST_GROUP, _MOST_GROUPS, _FEWEST_SPACED = 3, 5, 6
_LONGER_THAN_DATES = 9  # digits
_MOST_ALIKE = 4
# Beside a number these can mean that it is masked, or none.
DOUBTFUL = frozenset("*•●xX_?#@-%")


def plain_number(text: str, start: int, end: int, market: str) -> Found | Literal[False] | None:
    """The number of text[start:end], figures with what stands between them; False where there is none.

    None where that is not plain.
    """
    has_plus = text[start - 1 : start] == "+"
    if not has_plus and "+" in text[max(0, start - 3) : start]:
        return None
    written = text[start:end]
    is_block = written.isdecimal()
    digits = written if is_block else _grouped(written, has_plus=has_plus)
    reading = plans.read(digits, market, has_plus=has_plus) if digits else None
    if not digits or not reading:
        return False if is_block or digits == "" else None
    if len(digits) > plans.MOST_DIGITS or not _is_clear(text, start, end, reading.strength):
        return None
    rule = "phone-spaced" if not is_block and len(_GROUP.findall(written)) >= _FEWEST_SPACED else "phone-written"
    start -= has_plus
    start -= text[start - 1 : start] == "(" and ")" in written
    return Found("phone", reading.value, start, end, rule, reading.is_region_assumed)


def _is_clear(text: str, start: int, end: int, strength: Strength) -> bool:
    """Whether nothing beside the number, and no word near it, could make it another thing."""
    if strength < NATIONAL or _is_doubtful(text[start - 1 : start], text[end : end + 2]):
        return False
    if strength == NATIONAL and ("." in text[start:end] or text.count(text[start], start, end) > _MOST_ALIKE):
        return False
    is_clear = strength == CLEAR
    return labels.says_nothing_against(text, start, is_clear=is_clear) and labels.says_nothing_behind(text, end)


def _is_doubtful(before: str, behind: str) -> bool:
    """Whether what stands beside it may be a mask, or the rest of a code."""
    return (
        before in DOUBTFUL
        or not DOUBTFUL.isdisjoint(behind)
        or (before.isalpha() and IS_LATIN.match(before) is not None)
        or (behind[:1].isalpha() and IS_LATIN.match(behind) is not None)
    )


def _grouped(written: str, *, has_plus: bool) -> str | None:
    """The digits, where they are grouped as most are, and as no date, card or list is; "" where they are too few."""
    groups, gaps = _GROUP.findall(written), _GROUP.split(written)
    digits = "".join(groups)
    if len(digits) < plans.FEWEST_DIGITS:
        return ""
    for gap in gaps[1:-1]:
        if gap_of(gap) != TIGHT:
            return None
    sizes = list(map(len, groups))
    if len(sizes) > _MOST_GROUPS:
        return digits if max(sizes) == 1 and not shapes.is_counting(digits, groups) else None
    is_usual = min(sizes[1:] if len(digits) >= _LONGER_THAN_DATES else sizes) >= _SHORTEST_GROUP
    return digits if is_usual or (has_plus and sizes[-1] >= _SHORTEST_GROUP) else None
