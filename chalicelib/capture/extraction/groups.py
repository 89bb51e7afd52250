"""A second reading, for numbers with words between their groups: "0812 lalu 3450 terus 0011", "8 twice then 2345".

Asked only where the first reading gave nothing, or where a word behind a digit changes what is read. What stands
between the groups is taken out, and the shorter text is read as any other; what is found is placed in the long one.
"""

import re
from collections.abc import Callable

from chalicelib.capture.extraction import labels, plans
from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.group_words import Grammar, grammar
from chalicelib.capture.extraction.lexicon import ACTION, NUMBER, PHONE, SPACELESS, STRONG, WEAK, lexicon
from chalicelib.capture.extraction.plans import CLEAR
from chalicelib.capture.extraction.runs import Run, runs_in
from chalicelib.capture.extraction.spelled import LATIN, glued
from chalicelib.capture.extraction.text import Reading

Read = Callable[[str], list[Found]]

# Who writes more than this tells a story, not a number.
_LONGEST = 600
_WORD = re.compile(f"[{LATIN}0-9]+")
_LETTERS = re.compile(f"[{LATIN}]+")
_UNSPACED = re.compile(f"[{SPACELESS}]")
# What stands between figures, and its first word.
_GAP = re.compile("[0-9]([^0-9]{2,40})(?=[0-9])")
_FIRST = re.compile(f"[^{LATIN}]{{0,3}}(?P<word>[{LATIN}]+)")
# "(walang zero sa unahan)" between digits is said aside.
_ASIDE = re.compile(r"\([^()0-9]{3,40}\)")
_MARK = "[=#^'\"`´《》「」【】『』〈〉“”‘’«»‹›]"
_MARKS = re.compile(f"{_MARK}(?<=[0-9].){_MARK}{{0,2}}(?=[0-9])")  # "0812=3450=0011"
_LONG_WORD = re.compile(f"(?<![{LATIN}])[{LATIN}]{{6,}}(?![{LATIN}])")
_LAUGHTER = re.compile(r"(?<=\s)5{3,}(?![0-9])(?!\s*[-0-9])")  # "555" is "hahaha" in Thai
_FEWEST_SPOKEN, _FEWEST_DIFFERENT, _FEWEST_DIGITS = 4, 3, 7
# Of a number without a 0, a plus or a word that names it, hardly anything else may be said.
_MOST_WORDS_AROUND, _MOST_AROUND_DOUBTFUL, _SHORTEST_GROUP = 3, 1, 3
_ROUND = re.compile("00(?![0-9])")  # "first 8500 then 4300": prices
# "08.00 lalu 12.30": groups with a mark inside are times and prices.
_TORN = re.compile(r"\d[.:/,]\d")


def reread(text: str, market: str, read: Read, first: list[Found], *, has_words: bool) -> list[Found]:
    """What the second reading makes of the numbers in a text: `first`, or what it says instead."""
    lower = text.lower()
    if len(text) > _LONGEST or len(lower) != len(text):
        return first
    known, words = grammar(), frozenset(words_in(lower))
    unspaced = "" if lower.isascii() or not _UNSPACED.search(lower) else lower
    typed = Reading(text, lower, range(len(text)), range(1, len(text) + 1))
    rest = _replaced(typed, _LAUGHTER, _out) if "555" in text else typed
    if known.zero_words.are_in(words, unspaced) and (unspaced or _may_be_in_front(lower, known)):
        rest = _replaced(rest, known.zero, _out)
    plain = rest
    if known.repeat_words.are_in(words, unspaced):
        plain = _replaced(plain, known.repeated, lambda match: _repeated(match, known))
    found = _zero_added(rest, market) if rest != typed else []
    if first:
        return first if plain == typed else _instead(first, found or _placed(plain, read(plain.text)))
    if found:
        return found
    plain = _without_words(plain, known, words, has_words=has_words)
    return [] if plain == typed else _placed(plain, [one for one in read(plain.text) if _is_likely(plain, one)])


def words_in(text: str) -> list[str]:
    """Its words and figures, of a text in small letters: of ASCII several times as fast as by the pattern."""
    if text.isascii():
        return text.encode().translate(_WORDS_ASCII).decode().split()
    return _WORD.findall(text)


_OF_WORDS = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
_WORDS_ASCII = bytes(byte if byte in _OF_WORDS else ord(" ") for byte in range(128)) + bytes(128)
_LETTERS_ASCII = _WORDS_ASCII.translate(bytes(ord(" ") if chr(byte).isdecimal() else byte for byte in range(256)))


def _may_be_in_front(text: str, known: Grammar) -> bool:
    """Whether a word begins as those do that say where a zero is missing: "di depan"."""
    return any(word[:3] in known.front or word[:2] in known.front for word in _LETTERS.findall(text))


def _without_words(reading: Reading, known: Grammar, words: frozenset[str], *, has_words: bool) -> Reading:
    """The reading without what stands between the groups, and with words in figures that only a row makes digits."""
    text = reading.text
    if "(" in text:
        reading = _replaced(reading, _ASIDE, _out)
    if has_words and len(known.spoken.intersection(words)) >= _FEWEST_DIFFERENT:
        for row, digit_by_word in known.rows:
            reading = _replaced(reading, row, lambda match, said=digit_by_word: _spoken(match, said))  # type: ignore[misc]
    if any(word.startswith(known.numbers) for word in words if len(word) > _LONG and word[:3] in known.beginnings):
        reading = _replaced(reading, _LONG_WORD, _unglued)
    reading = _replaced(reading, _MARKS, _out)
    is_between = (
        known.then_words.are_in(words, "" if text.isascii() else text)
        if has_words
        else _may_be_between(text, known) and any(_is_between(gap, known) for gap in _GAP.findall(text))
    )
    return _replaced(reading, known.then, lambda match: _taken_out(match, known)) if is_between else reading


_LONG = 6  # longer words than those for one digit are, mostly


def _may_be_between(text: str, known: Grammar) -> bool:
    """Whether one of the words is in it that may stand between figures."""
    if not text.isascii():
        return True
    return not known.then_words.alone.isdisjoint(text.encode().translate(_LETTERS_ASCII).decode().split())


def _is_between(gap: str, known: Grammar) -> bool:
    """Whether what stands between figures is nothing else: " lalu ", "、然后"."""
    word = _FIRST.match(gap)
    if gap.isascii() and (not word or word["word"] not in known.first_words):
        return False
    return known.then.fullmatch(gap) is not None and known.telling.search(gap) is not None


def _replaced(reading: Reading, pattern: re.Pattern[str], by: Callable[[re.Match[str]], str]) -> Reading:
    """The reading with other words for what the pattern matches, each of their characters placed where it stood."""
    if not pattern.search(reading.text):
        return reading
    text, starts, ends, place = "", list[int](), list[int](), 0
    for match in pattern.finditer(reading.text):
        start, end = match.span()
        new = by(match)
        text += reading.text[place:start] + new
        starts += [*reading.starts[place:start], *[reading.starts[start]] * len(new)]
        ends += [*reading.ends[place:start], *[reading.ends[end - 1]] * len(new)]
        place = end
    return Reading(
        reading.typed,
        text + reading.text[place:],
        [*starts, *reading.starts[place:]],
        [*ends, *reading.ends[place:]],
    )


def _out(match: re.Match[str]) -> str:
    return "\n" if "\n" in match.group() else " "


def _taken_out(match: re.Match[str], known: Grammar) -> str:
    return _out(match) if known.telling.search(match.group()) else match.group()


def _unglued(match: re.Match[str]) -> str:
    """The word in figures where it is of number words: "tigaempatlima"."""
    return "".join(atom.digits for atom in glued(match.start(), match.group())) or match.group()


def _repeated(match: re.Match[str], known: Grammar) -> str:
    said = match["digit"]
    digit = said if said.isdecimal() else lexicon().digit_by_word.get(said, "")
    return " ".join(digit * (3 if known.thrice.fullmatch(match["times"]) else 2))


def _spoken(match: re.Match[str], digit_by_word: dict[str, str]) -> str:
    """The row in figures, where enough words in it are digits of one language: "soon paed neung …", not "ha ha"."""
    words = re.findall(f"[{LATIN}]+|[0-9]+", match.group())
    said = [word for word in words if word in digit_by_word]
    digits = "".join(digit_by_word.get(word, word) for word in words)
    if len(said) < _FEWEST_SPOKEN or len(set(said)) < _FEWEST_DIFFERENT or len(digits) < _FEWEST_DIGITS:
        return match.group()
    return digits


def _placed(reading: Reading, found: list[Found]) -> list[Found]:
    """The numbers where they were typed."""
    placed = []
    for one in found:
        start, end = reading.place(one.start, one.end)
        placed.append(one._replace(start=start, end=end, rule="phone-between"))
    return placed


def _instead(first: list[Found], second: list[Found]) -> list[Found]:
    """The first reading's numbers, but for those the second reads otherwise."""
    kept = [one for one in first if not any(one.overlaps(other) for other in second)]
    return sorted([*kept, *second], key=lambda one: one.start) if second else first


def _is_likely(reading: Reading, found: Found) -> bool:
    """Whether something was taken out of the number, and what is left begins like one or is all there is."""
    until = min(found.end + 2, len(reading.text))  # laughter may have stood right behind
    if not any(_is_changed(reading, place) for place in range(found.start, until)):
        return False
    if reading.starts[found.start] == reading.starts[found.end - 1]:  # one row of words
        return True
    written = reading.text[found.start : found.end]
    said = labels.said_before(reading.text, found.start)
    if _TORN.search(written) or said.kind in (STRONG, WEAK) or labels.is_unit_behind(reading.text, found.end):
        return False
    atoms = [atom for run in runs_in(written, 1) for atom in run.atoms]
    if written.startswith("+") or (atoms and atoms[0].digits.startswith("0")):
        return True
    around = reading.text[: found.start] + " " + reading.text[found.end :]
    is_short = min((len(atom.digits) for atom in atoms), default=0) < _SHORTEST_GROUP
    most = _MOST_AROUND_DOUBTFUL if is_short or _ROUND.search(written) else _MOST_WORDS_AROUND
    return said.is_phone or len(_WORD.findall(around)) <= most


def _is_changed(reading: Reading, place: int) -> bool:
    start = reading.starts[place]
    return reading.ends[place] - start > 1 or reading.text[place] != reading.typed[start].lower()


def _zero_added(reading: Reading, market: str) -> list[Found]:
    """The mobile number that is valid with the zero the writer says is missing: "812 3450 0011, tambah 0 di depan"."""
    found = []
    for run in runs_in(reading.text, _FEWEST_DIGITS):
        value = None if run.pluses else _with_zero(run, market)
        if value and labels.said_before(reading.text, run.start).kind in _NO_OTHER:
            start, end = reading.place(run.start, run.end)
            found.append(Found("phone", value, start, end, "phone-local", is_region_assumed=True))
    return found


_NO_OTHER = (None, PHONE, NUMBER, ACTION)


def _with_zero(run: Run, market: str) -> str | None:
    digits = "".join(atom.digits for atom in run.atoms)
    reading = plans.read(digits if digits.startswith("0") else f"0{digits}", market, is_abroad=False)
    return reading.value if reading and reading.strength == CLEAR and reading.is_mobile else None
