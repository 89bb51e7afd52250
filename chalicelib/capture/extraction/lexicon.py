"""The words of all the languages at once, from one TOML file a language; read when the first message needs them.

A customer writes in several languages, whatever the market, so no word is tied to one. Words are compared in lower case
with their marks; those of Vietnamese also without, as they are mostly typed, where that leaves them unmistakable.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.capture.extraction.text import fold

_FOLDER = Path(__file__).parent / "words"
# "thẻ" (card) without its mark is English "the", "máy" (telephone) is "may": so short ones count only with it.
_SHORTEST_WITHOUT_MARKS = 4
# Thai, Lao and Chinese put no space between words: theirs are found wherever they stand.
SPACELESS = "\u0e00-\u0eff\u3005-\u3007\u3400-\u9fff"
_IS_SPACELESS = re.compile(f"[{SPACELESS}]")

# What a phrase says of the number behind it; where two languages disagree, the later line wins.
BETWEEN, ACTION, NUMBER, PHONE, WEAK, STRONG = "between", "action", "number", "phone", "weak", "strong"
_KINDS = (
    ("between", "words", BETWEEN),
    ("between", "action", ACTION),
    ("phone", "numbers", NUMBER),
    ("phone", "labels", PHONE),
    ("other", "weak", WEAK),
    ("other", "strong", STRONG),
)


def listed(text: str) -> list[str]:
    """The words of a table, between commas or line ends, in the spelling normalised texts have."""
    return [word for word in (part.strip() for part in re.split(r"[,\n]", unicodedata.normalize("NFKC", text))) if word]


def spellings(word: str) -> tuple[str, ...]:
    """The word, and how it is typed without marks."""
    bare = fold(word)
    is_clear = len(bare) >= _SHORTEST_WITHOUT_MARKS and not _IS_SPACELESS.search(word)
    return (word, bare) if bare != word and is_clear else (word,)


def is_spaceless(word: str) -> bool:
    return _IS_SPACELESS.search(word) is not None


def alternatives(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first; one that never matches where there is none."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What numbers and what stands beside them are called."""

    digit_by_word: dict[str, str]
    repeat_by_word: dict[str, int]
    repeat_beginnings: frozenset[str]
    plus: frozenset[str]
    label_by_phrase: dict[str, str]
    spaceless_label: re.Pattern[str]
    spaceless_phones: tuple[str, ...]
    spaceless_against: re.Pattern[str]
    spaceless_behind: tuple[str, ...]
    suffixes: tuple[str, ...]
    behind: frozenset[str]
    units: frozenset[str]
    spaceless_unit: re.Pattern[str]

    def label(self, phrase: str) -> str | None:
        """What the phrase says: one of the kinds above. "nomornya" says what "nomor" does."""
        kind = self.label_by_phrase.get(phrase)
        if kind is None and phrase.endswith(self.suffixes):
            stem = next(phrase.removesuffix(ending) for ending in self.suffixes if phrase.endswith(ending))
            return self.label_by_phrase.get(stem)
        return kind


# Points back at the number, so that what follows says what it is: "คือ" is "is".
_SAID_OF_IT = ("คือ", "เป็น", "是")


@cache
def languages() -> tuple[dict[str, Any], ...]:
    """Each language's tables, in the order of their files' names."""
    return tuple(tomllib.loads(path.read_text("utf-8")) for path in sorted(_FOLDER.glob("*.toml")))


def spoken_tables() -> Iterator[dict[str, str]]:
    """The words that are digits only in a row of their like, a table for each way of speaking."""
    for language in languages():
        yield from (table for name, table in language.items() if name.startswith("spoken"))


def words_of(table: str, name: str) -> Iterator[str]:
    """A list of all the languages, in all spellings."""
    for language in languages():
        for word in listed(language.get(table, {}).get(name, "")):
            yield from spellings(word)


@cache
def lexicon() -> Lexicon:
    labels = {word: kind for table, name, kind in _KINDS for word in words_of(table, name)}
    units = set(words_of("units", "words"))
    repeats = {word: times for times in (2, 3, 4) for word in _said("repeats", times)}
    return Lexicon(
        digit_by_word={word: str(digit) for digit in range(10) for word in _said("digits", digit)},
        repeat_by_word=repeats,
        repeat_beginnings=frozenset(word.split()[0] for word in repeats),
        plus=frozenset(words_of("plus", "words")),
        label_by_phrase=labels,
        spaceless_label=re.compile(alternatives(filter(is_spaceless, labels))),
        spaceless_phones=tuple(word for word, kind in labels.items() if kind == PHONE and is_spaceless(word)),
        spaceless_against=re.compile(
            alternatives(word for word, kind in labels.items() if kind in (STRONG, WEAK) and is_spaceless(word))
        ),
        spaceless_behind=(*filter(is_spaceless, words_of("other", "behind")), *(word for word in _SAID_OF_IT)),
        suffixes=tuple(
            sorted({one for language in languages() for one in listed(language["suffixes"])}, key=len, reverse=True)
        ),
        behind=frozenset(words_of("other", "behind")),
        units=frozenset(units),
        spaceless_unit=re.compile(alternatives(filter(is_spaceless, units))),
    )


def _said(table: str, value: int) -> Iterator[str]:
    for language in languages():
        yield from listed(language[table].get(str(value), ""))
