"""The quick way to most numbers: figures in usual groups, and no word near that could make them another thing.

What is answered is what cuts.py and judge.py would, only sooner; None leaves the figures to them.
"""

import re

from chalicelib.capture.extraction import labels, plans
from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.plans import Strength
from chalicelib.capture.extraction.runs import IS_LATIN

# "0812 3450 0011", "0812-3450-0011", "081234500011": with one separator at a time these are of one number.
_GROUPED = re.compile(r"[0-9]+(?:[ .-][0-9]+){0,4}+")
_SHORTEST_GROUP = 3
_LONGER_THAN_DATES = 9  # digits
_MOST_ALIKE = 4
# Beside a number these can mean that it is masked, or none.
DOUBTFUL = frozenset("*•●xX_?#@-%")


def plain_number(text: str, start: int, end: int, market: str) -> Found | None:
    """The number that is text[start:end], figures with what stands between them."""
    has_plus = text[start - 1 : start] == "+"
    if not has_plus and "+" in text[max(0, start - 3) : start]:
        return None
    before, behind = text[start - 1 : start], text[end : end + 2]
    if before in DOUBTFUL or not DOUBTFUL.isdisjoint(behind) or _is_glued(before) or _is_glued(behind[:1]):
        return None
    digits = _digits_of(text, start, end, has_plus=has_plus)
    reading = plans.read(digits, market, has_plus=has_plus) if digits else None
    if not reading or reading.strength < Strength.NATIONAL:
        return None
    is_clear = reading.strength == Strength.CLEAR
    if not is_clear and ("." in text[start:end] or digits.count(digits[0]) > _MOST_ALIKE):
        return None
    if not labels.says_nothing_against(text, start, is_clear=is_clear) or not labels.says_nothing_behind(text, end):
        return None
    return Found("phone", reading.value, start - has_plus, end, "phone-written", reading.is_region_assumed)


def _is_glued(beside: str) -> bool:
    return beside.isalpha() and IS_LATIN.match(beside) is not None


def _digits_of(text: str, start: int, end: int, *, has_plus: bool) -> str:
    """The digits, where they are grouped as most are, and as no date, card or list is; or else nothing."""
    written = text[start:end]
    if written.isdecimal():
        return written if end - start <= plans.MOST_DIGITS else ""
    if not _GROUPED.fullmatch(written):
        return ""
    groups = written.replace("-", " ").replace(".", " ").split(" ")
    digits = "".join(groups)
    if not plans.FEWEST_DIGITS <= len(digits) <= plans.MOST_DIGITS:
        return ""
    sizes = list(map(len, groups))
    is_usual = min(sizes[1:] if len(digits) >= _LONGER_THAN_DATES else sizes) >= _SHORTEST_GROUP
    return digits if is_usual or (has_plus and sizes[-1] >= _SHORTEST_GROUP) else ""
