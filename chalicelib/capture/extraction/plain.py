"""The quick way to most numbers: figures in usual groups, and no word near that could make them another thing.

What is answered is what cuts.py and judge.py would, only sooner; what is not plain is left to them.
"""

from typing import Literal

from chalicelib.capture.extraction import labels, plans, shapes
from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.plans import CLEAR, NATIONAL, Strength
from chalicelib.capture.extraction.runs import APART, IS_LATIN, LONGEST_GAP, TIGHT, gap_of
from chalicelib.capture.extraction.spelled import LETTERS_FOR_DIGITS

Group = tuple[int, int]

_FIGURES = bytes(byte if byte in b"0123456789" else ord(" ") for byte in range(256))
_SHORTEST_GROUP, _MOST_GROUPS, _FEWEST_SPACED = 3, 5, 6
_LONGER_THAN_DATES = 9  # digits
_MOST_ALIKE = 4
# Beside a number these can mean that it is masked, or none.
DOUBTFUL = frozenset("*•●xX_?#@-%")
_ALIKE, _ALIKE_ALONE, _JOINTS = frozenset("OolLIiSsZzBb"), frozenset("OolLI"), frozenset(" .-")


def groups_of(text: str) -> list[Group]:
    """Where its figures stand."""
    groups: list[Group] = []
    end = 0
    for figures in text.encode("utf-8", "replace").translate(_FIGURES).decode().split():
        start = text.find(figures, end)
        end = start + len(figures)
        groups.append((start, end))
    return groups


def has_letters_for_digits(text: str, groups: list[Group]) -> bool:
    """Whether a letter that looks like a digit stands beside one: "O812", "5L"."""
    padded = f"\0\0{text}\0\0"
    is_apart = False
    for start, end in groups:
        before, behind = padded[start + 1], padded[end + 2]
        if before in _ALIKE or behind in _ALIKE:
            return True
        if before in _JOINTS:
            is_apart = is_apart or padded[start] in _ALIKE_ALONE
        if behind in _JOINTS:
            is_apart = is_apart or padded[end + 3] in _ALIKE_ALONE
    return is_apart and LETTERS_FOR_DIGITS.search(text) is not None


def rows_of(text: str, groups: list[Group]) -> list[list[Group]]:
    """The groups that stand together, with nothing but separators between them, in rows of digits enough."""
    rows: list[list[Group]] = []
    row: list[Group] = []
    last, count = 0, 0
    for group in groups:
        start, end = group
        if row and start - last <= LONGEST_GAP and gap_of(text[last:start]) != APART:
            row.append(group)
            count += end - start
        else:
            if count >= plans.FEWEST_DIGITS:
                rows.append(row)
            row, count = [group], end - start
        last = end
    if count >= plans.FEWEST_DIGITS:
        rows.append(row)
    return rows


def plain_number(text: str, row: list[Group], market: str) -> Found | Literal[False] | None:
    """The number of a row of figures; False where there is none, None where that is not plain."""
    start, end = row[0][0], row[-1][1]
    has_plus = text[start - 1 : start] == "+"
    if not has_plus and "+" in text[max(0, start - 3) : start]:
        return None
    is_block = len(row) == 1
    digits = text[start:end] if is_block else _grouped(text, row, has_plus=has_plus)
    reading = plans.read(digits, market, has_plus=has_plus) if digits else None
    if not reading:
        return False if is_block else None
    if end - start > plans.MOST_DIGITS and len(digits) > plans.MOST_DIGITS:
        return None
    if not _is_clear(text, start, end, reading.strength):
        return None
    rule = "phone-spaced" if len(row) >= _FEWEST_SPACED else "phone-written"
    start -= has_plus
    start -= not is_block and text[start - 1 : start] == "(" and ")" in text[start:end]
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


def _grouped(text: str, row: list[Group], *, has_plus: bool) -> str:
    """The digits, where they are grouped as most are, and as no date, card or list is; or else nothing."""
    groups: list[str] = []
    last = row[0][0]
    for start, end in row:
        if start > last and gap_of(text[last:start]) != TIGHT:
            return ""
        groups.append(text[start:end])
        last = end
    digits, sizes = "".join(groups), list(map(len, groups))
    if len(sizes) > _MOST_GROUPS:
        return digits if max(sizes) == 1 and not shapes.is_counting(digits, groups) else ""
    is_usual = min(sizes[1:] if len(digits) >= _LONGER_THAN_DATES else sizes) >= _SHORTEST_GROUP
    return digits if is_usual or (has_plus and sizes[-1] >= _SHORTEST_GROUP) else ""
