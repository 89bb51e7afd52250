"""The words of a name: where it begins behind its titles, which words belong to it, where it ends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.lexicon import languages, listed, words_of

LETTER = "A-Za-z\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff"
UPPER = "A-Z\u00c0-\u00de\u0110\u01a0\u01af\u1ea0-\u1ef8"
_WORD = re.compile(f"[adsADS]/[lopLOP](?![{LETTER}])|[{LETTER}]+(?:['’-][{LETTER}]+)*\\.?")
_HAS_LETTERS = re.compile(f"[{LETTER}].*[{LETTER}]")
_MOST_WORDS, _LONGEST, _LONGEST_INITIAL = 5, 60, 3
_MOST_SMALL_WORDS = 3
# Inside a name in small letters, before its next word: "bin Ramli", "a/l Muniandy", "de la Cruz", "Bte Osman".
_LINKS = frozenset(
    listed(
        "bin, binti, bte, bt, bte., a/l, a/p, s/o, d/o, de, dela, la, delos, del, van, von, der, al, el, y, anak, san"
    )
)
# "chị Hương ơi" calls her, "this is Jenny?" asks.
_IS_CALLED = re.compile(r"\s*(?:ơi\b|\?)")


@dataclass(frozen=True, slots=True)
class _Words:
    stop: frozenset[str]  # end a name
    also: frozenset[str]  # of these the ones that may be its second word: "Tú Anh"
    companies: frozenset[str]  # make it a company's
    titles: frozenset[str]


@cache
def _words() -> _Words:
    return _Words(
        frozenset(word for language in languages() for word in listed(language["name"]["stop"])),
        frozenset(words_of("name", "also")),
        frozenset(words_of("name", "companies")),
        frozenset(words_of("name", "titles")),
    )


def ends_name(word: str) -> bool:
    """Whether the word, in small letters, is never of a name."""
    return word in _words().stop


def named_at(text: str, start: int, *, rule: str, may_be_small: bool, is_field: bool = False) -> Iterator[Found]:
    """The name whose first word begins at `start`; is_field: nothing else stands there, whatever its letters."""
    words = _words_from(text, start)
    titles = _words().titles
    while len(words) > 1 and words[0].group().lower().rstrip(".") in titles:
        words = words[1:]
    taken = _taken(words, may_be_small=may_be_small)
    if not taken:
        return
    if taken[0].group().islower() and not is_field:
        taken = taken[: _small_words(text, taken, words)]
    first, end = taken[0].start(), taken[-1].end()
    value = text[first:end].rstrip(".")
    if _is_name(text, value, end) and not _is_company(words[: len(taken) + 1]):
        yield Found("name", value, first, first + len(value), rule)


def _taken(words: list[re.Match[str]], *, may_be_small: bool) -> list[re.Match[str]]:
    taken: list[re.Match[str]] = []
    for place, word in enumerate(words[:_MOST_WORDS]):
        is_small = may_be_small and (not taken or taken[0].group().islower())
        if not _may_be_in_name(word.group(), words[place + 1 :], is_small=is_small, is_later=bool(taken)):
            break
        taken.append(word)
    while taken and taken[-1].group().lower() in _LINKS:
        taken.pop()
    return taken


def _is_name(text: str, value: str, end: int) -> bool:
    is_glued = text[end : end + 1] in ("@", "_") or text[end : end + 1].isdecimal()
    return (
        not is_glued and len(value) <= _LONGEST and bool(_HAS_LETTERS.match(value)) and not _IS_CALLED.match(text, end)
    )


def _is_company(words: list[re.Match[str]]) -> bool:
    companies = _words().companies
    return any(word.group().lower().rstrip(".") in companies for word in words)


def _words_from(text: str, start: int) -> list[re.Match[str]]:
    """The words from `start` on with one space between them, up to two more than a name can have."""
    words: list[re.Match[str]] = []
    while len(words) < _MOST_WORDS + 2:
        word = _WORD.match(text, start)
        if not word:
            break
        words.append(word)
        start = word.end() + 1
        if text[word.end() : start] != " " or (word.group().endswith(".") and not _is_initial(word.group())):
            break
    return words


def _is_initial(word: str) -> bool:
    """Whether its full stop only shortens it: "H. Abdul", "Ma. Luisa", "Engr. Dennis"."""
    return word.endswith(".") and (len(word) <= _LONGEST_INITIAL or word[:-1].lower() in _words().titles)


def _may_be_in_name(word: str, following: list[re.Match[str]], *, is_small: bool, is_later: bool) -> bool:
    lower = word.lower().rstrip(".")
    if lower in _LINKS and following and following[0].group()[0].isupper():
        return True
    is_written = word[0].isupper()
    if lower in _words().stop and not (_is_initial(word) and following):
        return is_later and is_written and lower in _words().also
    return is_written or is_small


def _small_words(text: str, taken: list[re.Match[str]], words: list[re.Match[str]]) -> int:
    """How many of the small words are the name: all, where it is clear where it ends, or else the first."""
    last = taken[-1]
    following = words[len(taken)] if len(words) > len(taken) else None
    is_ended = following is not None and following.group().lower() in _words().stop
    behind = text[last.end() : last.end() + 1]
    return (
        len(taken) if len(taken) <= _MOST_SMALL_WORDS and (is_ended or behind in ("", ",", ".", "\n", "!", ";")) else 1
    )
