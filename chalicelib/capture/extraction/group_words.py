"""The patterns of what is said between and around the groups of one number, made of all languages' tables once."""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from chalicelib.capture.extraction.lexicon import (
    alternatives,
    is_spaceless,
    lexicon,
    listed,
    spoken_tables,
    words_of,
)
from chalicelib.capture.extraction.spelled import LATIN

_BETWEEN = "[\\s,.:;~_/-]"
_LETTER, _LETTER_BEHIND = f"(?<![{LATIN}])", f"(?![{LATIN}])"
# "none", "empty" and their like are no zero that is missing.
_NO_ZERO = frozenset(("wala", "kosong", "oh", "das", "○"))


class Words(NamedTuple):
    """Words for the quick look: those that stand alone, and those that stand anywhere."""

    alone: frozenset[str]
    anywhere: tuple[str, ...]

    def are_in(self, words: frozenset[str], text: str) -> bool:
        """Whether one of them is among these words, or stands in the text, "" where all words have spaces."""
        return not self.alone.isdisjoint(words) or (text != "" and any(one in text for one in self.anywhere))


class Grammar(NamedTuple):
    """What may be taken out of a number, or read otherwise, each with the words it can't do without."""

    then: re.Pattern[str]
    telling: re.Pattern[str]
    then_words: Words
    first_words: frozenset[str]
    repeated: re.Pattern[str]
    thrice: re.Pattern[str]
    repeat_words: Words
    zero: re.Pattern[str]
    zero_words: Words
    front: frozenset[str]  # the first three letters of each
    rows: tuple[tuple[re.Pattern[str], dict[str, str]], ...]
    spoken: frozenset[str]
    numbers: tuple[str, ...]
    beginnings: frozenset[str]


@cache
def grammar() -> Grammar:
    digits = lexicon().digit_by_word
    then, aside, twice, thrice, front = (
        set(words_of("groups", name)) - digits.keys() for name in ("then", "aside", "twice", "thrice", "front")
    )
    zeros = {word for word, figure in digits.items() if figure == "0" and word not in _NO_ZERO}
    rows = tuple(_row(table) for table in spoken_tables())
    numbers = tuple(word for word in digits if len(word) > 2)
    return Grammar(
        then=re.compile(f"(?:{_BETWEEN}{{0,3}}(?:{alone(then | aside)})){{1,5}}{_BETWEEN}{{0,3}}"),
        telling=re.compile(alone(then)),
        then_words=_quick(then, first=True),
        first_words=_quick(then | aside, first=True).alone,
        repeated=_repeated(twice | thrice, digits),
        thrice=re.compile(alone(thrice)),
        repeat_words=_quick(twice | thrice, first=False),
        zero=_zero(zeros, front),
        zero_words=_quick(zeros | {"0"}, first=True),
        front=frozenset(word[:3] for word in front),
        rows=rows,
        spoken=frozenset().union(*(words for _, words in rows)),
        numbers=numbers,
        beginnings=frozenset(word[:3] for word in numbers),
    )


@cache
def only_between() -> re.Pattern[str]:
    """A pattern of what is said around the parts of a number, and of nothing else: "terus yang ini ya"."""
    words = {*words_of("groups", "then"), *words_of("groups", "aside")}
    return re.compile(f"(?:[\\s.,:;…!?()~_-]|{alone(words)})*")


def alone(words: Iterable[str], ending: str = "") -> str:
    """A pattern of words that stand alone, or anywhere if their script has no spaces."""
    known = list(words)
    latin = alternatives(word for word in known if not is_spaceless(word))
    return f"(?:{_LETTER}(?:{latin}){ending}{_LETTER_BEHIND}|{alternatives(filter(is_spaceless, known))})"


def _quick(phrases: set[str], *, first: bool) -> Words:
    latin = (phrase.split() for phrase in phrases if not is_spaceless(phrase))
    return Words(frozenset(words[0] if first else words[-1] for words in latin), tuple(filter(is_spaceless, phrases)))


def _repeated(phrases: set[str], digits: Iterable[str]) -> re.Pattern[str]:
    """A digit and how often it is meant: "8 twice", "แปดสองตัว". "satu dua kali tiga" is 133, not 113."""
    digit = f"(?P<digit>(?<![0-9])[0-9]|{alone(digits)})"
    unclear = f"(?<=[{LATIN}0-9])(?!\\s{{0,2}}(?:[0-9](?![0-9])|{alone(digits)}))"
    return re.compile(f"{digit}\\s{{0,2}}(?P<times>{alone(phrases)})(?:(?<![{LATIN}0-9])|{unclear})")


def _zero(zeros: set[str], front: set[str]) -> re.Pattern[str]:
    """A zero said to be missing: "pake 0 di depan", "(walang zero sa unahan)"."""
    zero, ahead = f"(?:(?<![0-9])0(?![0-9])|{alone(zeros)})", alone(front, "[a-z]{0,4}")
    gap = "[^0-9,.()\\n]{0,24}?"
    said = f"{ahead}{gap}{zero}(?:{gap}{ahead})?|{zero}{gap}{ahead}"
    return re.compile(f"\\(?(?:{said})[^0-9,.()\\n]{{0,12}}\\)?")


def _row(table: dict[str, str]) -> tuple[re.Pattern[str], dict[str, str]]:
    digit_by_word = {word: str(digit) for digit in range(10) for word in listed(table.get(str(digit), ""))}
    one = f"(?:{_LETTER}(?:{alternatives(digit_by_word)}){_LETTER_BEHIND}|[0-9]+)"
    return re.compile(f"{one}(?:[\\s,.-]{{1,2}}{one})+"), digit_by_word
