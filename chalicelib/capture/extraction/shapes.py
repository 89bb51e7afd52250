"""What is no phone number by its shape alone: dates, times, cards, identity numbers, coordinates, amounts, counting.

Each shape has a name and an example; all are looked for at once in a run of digits.
"""

import re
from itertools import pairwise

_DAY, _MONTH, _YEAR = "(?:0?[1-9]|[12]\\d|3[01])", "(?:0?[1-9]|1[0-2])", "(?:(?:19|20)\\d\\d|25[5-9]\\d)"

# name: (pattern, example). Years from 2550 are Thai. A pattern must not begin or end inside a longer row of digits.
_SHAPES = {
    "date": (rf"{_DAY}([-./ ]){_MONTH}\1{_YEAR}(?!\1\d)", "12-08-2026"),
    "date, year first": (rf"{_YEAR}([-./]){_MONTH}\1{_DAY}(?!\1\d)", "2026-08-12"),
    "date, month first": (rf"{_MONTH}([/]){_DAY}\1{_YEAR}(?!\1\d)", "08/31/2026"),
    "date, short year": (rf"{_DAY}([-/.]){_MONTH}\1\d\d(?![-./ ]?\d)", "12/08/26"),
    "times": (r"[0-2]?\d[.:][0-5]\d\s?[-–~]\s?[0-2]?\d[.:][0-5]\d", "08.00-21.00"),
    "time": (r"[0-2]?\d:[0-5]\d(?::[0-5]\d)?", "10:30"),
    "coordinate": (r"[1-9]\d{0,2}\.\d{4,}(?!\.\d)", "106.845599"),
    "card": (r"[1-9]\d{3}([ -])\d{4}\1\d{4}\1\d{3,4}", "4111 1111 1111 1111"),
    "card of 15": (r"3[47]\d\d([ -])\d{6}\1\d{5}", "3782 822463 10005"),
    "Malaysian identity": (r"\d{6}-\d\d-\d{4}", "930812-14-5567"),
    "Thai identity": (r"\d([- ])\d{4}\1\d{5}\1\d\d\1\d", "1-1037-02345-67-8"),
    "Thai account": (r"\d{3}-\d-\d{5}-\d", "012-3-45678-9"),
    "Indonesian account": (r"\d{3}-\d\d-\d{7}-\d", "137-00-4546429-5"),
    "Philippine tax number": (r"[1-9]\d\d-\d{3}-\d{3}-\d{3,5}", "123-456-789-000"),
    "Philippine social security": (r"\d\d-\d{7}-\d|\d{4}-\d{7}-\d|\d\d-\d{9}-\d", "34-1234567-8"),
    "Indonesian tax number": (r"\d\d\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3}", "08.300.157.0-624.000"),
    "Vietnamese branch's tax number": (r"\d{10}-\d{3}", "0700254871-002"),
    "order of several parts": (r"\d{1,8}/\d{1,8}/[IVX]+/\d+", "12/345/IV/2026"),
}


def _together() -> re.Pattern[str]:
    """One pattern of all shapes. Each has its own number of its group, so the references are counted on."""
    parts, groups = [], 0
    for pattern, _ in _SHAPES.values():
        own = re.compile(pattern).groups
        parts.append(re.sub(r"\\1(?!\d)", rf"(?:\\{groups + 1})", pattern) if own else pattern)
        groups += own
    return re.compile(f"(?<!\\d)(?<!\\d[.])(?:{'|'.join(parts)})(?!\\d)")


_ANY_SHAPE = _together()
# Soft: a phone may be written so, where a word says that it is one: "sdt 901.234.500".
_AMOUNT = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*")
_MASK_BEHIND = re.compile(r"[ .-]?(?:[*•●xX_?#]{2,}|[*•●xX](?![a-z0-9]))")
_MASK_BEFORE = re.compile(r"(?:[*•●_?]{2}|(?<![A-Za-z])[xX]{2,})[ .-]?\Z")
_MASKS = frozenset("*•●xX_?#")
_CODE_BEFORE = re.compile(r"(?P<word>[A-Za-z\u00c0-\u1eff]+)\d*[-_]\Z")


def find_shapes(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where text[start:end] holds a date, a card … : [(start, end), …]."""
    return [match.span() for match in _ANY_SHAPE.finditer(text, start, end)]


def is_amount(written: str) -> bool:
    """Whether it has thousands separators: "1.250.000", "81,234,567"."""
    return _AMOUNT.fullmatch(written) is not None


def is_masked(text: str, start: int, end: int) -> bool:
    """Whether a mask for more digits stands beside it: "0812-345-678**", or a service code goes on: "*123*0812…#"."""
    before, behind = text[max(0, start - 4) : start], text[end : end + 8]
    if not _MASKS.intersection(before) and not _MASKS.intersection(behind):
        return False
    if _MASK_BEHIND.match(behind) or _MASK_BEFORE.search(before):
        # "*081234500011*" is bold.
        return not (behind[:1] == "*" and behind[:2] != "**" and before[-1:] == "*")
    return before.endswith("*") and behind.startswith(("#", "*")) and "#" in behind


def word_of_code(text: str, start: int) -> str | None:
    """The letters a number hangs on: "SG-0812-3345" is an article, "SG" is answered. "hp-0812" hangs on "hp"."""
    match = _CODE_BEFORE.search(text, max(0, start - 24), start)
    return match["word"] if match else None


_UP, _DOWN = "012345678901234567890", "098765432109876543210"


def is_row(digits: str) -> bool:
    """Whether each digit is one more, or one less, than that before it: 12345678."""
    return digits in _UP or digits in _DOWN


def is_counting(digits: str, atoms: list[str]) -> bool:
    """Whether it only counts: "1 2 3 4 5 6 7 8 9 10", "38 39 40 41", 12345678, 99999999."""
    if digits.count(digits[0]) == len(digits):
        return True
    if len(atoms) <= 4:
        return False
    if is_row(digits):
        return True
    if all(len(atom) == 1 for atom in atoms) or any(len(atom) > 2 or atom[0] == "0" for atom in atoms):
        return False
    steps = {int(after) - int(before) for before, after in pairwise(atoms)}
    return min(steps) > 0 or steps == {-1}
