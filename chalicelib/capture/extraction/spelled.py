"""Digits however they are written: 081, "nol delapan", O8l, "double four", "0one7eight", "hp0812…ya".

Nothing is decided here but what could be digits; what they make together, others judge.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from chalicelib.capture.extraction.lexicon import NUMBER, PHONE, SPACELESS, alternatives, is_spaceless, lexicon

LATIN = "A-Za-z\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff"
DIGITS, WORDS, LETTERS, MAYBE, PLUS = "digits", "words", "letters", "maybe", "plus"

# Letters typed for the digits they look like; small ones only where the capital is not clearer.
_LOOKS_LIKE = str.maketrans("OolLIiSsZzBb", "001111552288")
_LOOKALIKE = re.compile("[0-9OolLIiSsZzBb]+")
_ZERO_ALONE = frozenset(("o", "oh", "ow", "O"))
# "ZOBO" beside figures is 2080, longer words are words; number words that are glued together are longer still.
_LONGEST_LOOKALIKE, _SHORTEST_GLUED = 4, 12
_MIXED_END = re.compile(f"(?P<before>[{LATIN}]*)(?P<digits>[0-9]+)(?P<after>[{LATIN}]*)")


class Atom(NamedTuple):
    """Digits at text[start:end]. is_first, is_last: whether a number may begin or end here, not inside a word."""

    start: int
    end: int
    digits: str
    kind: str
    is_first: bool = True
    is_last: bool = True


def _beside_letters(start: int, token: str) -> tuple[Atom, ...]:
    """Figures glued to words; () for a code."""
    sides = _MIXED_END.fullmatch(token)
    if not sides or not may_lead(sides["before"], sides["digits"]) or not may_trail(sides["digits"], sides["after"]):
        return ()
    return (Atom(start + sides.start("digits"), start + sides.end("digits"), sides["digits"], DIGITS),)


def may_lead(before: str, digits: str) -> bool:
    """Whether a number may be glued to the word before it: "hp0812", "textnyoko0920", not "JX0812"."""
    if not before:
        return True
    kind = lexicon().label(_plain(before))
    if len(before) > 1 and before[-2:].islower():
        return kind is not None or (digits[0] == "0" and len(digits) > 8)
    return kind in (PHONE, NUMBER)


def may_trail(digits: str, after: str) -> bool:
    """Whether a word may be glued behind the number: "081234500011ya", not "5kg", "8Z" or "0812345678X"."""
    return not after or (
        len(digits) >= 4 and len(after) >= 2 and not after.isupper() and _plain(after) not in lexicon().units
    )


LETTERS_FOR_DIGITS = re.compile(
    f"[0-9](?:[OolLIiSsZzBb]|[ .-][OolLI](?![{LATIN}])|(?<=[OolLIiSsZzBb][0-9])|(?<=(?<![{LATIN}])[OolLI][ .-][0-9]))"
)


def atoms_in(text: str) -> list[Atom]:
    """Everything in the text that could be digits, in order."""
    atoms: list[Atom] = []
    beginnings, telling = lexicon().repeat_beginnings, _telling()
    times, since = 1, -1  # "double" is waiting for its digit
    skip_to = 0
    for kind, start, end, token in _tokens_in(text):
        if kind == _FIGURES:
            found: tuple[Atom, ...] = (Atom(start, end, token, DIGITS),)
        elif kind == _BOTH:
            found = _of_both(start, end, token)
        else:
            said = _plain(token)
            if start < skip_to or (_LONGEST_LOOKALIKE < end - start < _SHORTEST_GLUED and said not in telling):
                continue
            repeated, skip_to = _repeated(text, start, end, said) if said in beginnings else (0, 0)
            if repeated:
                times, since = repeated, start
                continue
            found = _of_letters(start, end, token, said)
        if found:
            atoms += found if times == 1 else _times(found, times, since)
            times = 1
    return atoms


_FIGURES, _BOTH = "figures", "both"
_OF_TOKENS = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_TOKENS_ASCII = bytes(byte if byte in _OF_TOKENS else ord(" ") for byte in range(128)) + bytes(128)


def _tokens_in(text: str) -> list[tuple[str, int, int, str]]:
    """Its figures, words, and what is of both: [(kind, start, end, token), …]; of ASCII in half of the time."""
    if not text.isascii():
        return [(match.lastgroup or "", *match.span(), match.group()) for match in _token().finditer(text)]
    tokens: list[tuple[str, int, int, str]] = []
    end = 0
    for token in text.encode().translate(_TOKENS_ASCII).decode().split():
        start = text.find(token, end)
        end = start + len(token)
        kind = "word" if token.isalpha() else _FIGURES if token.isdecimal() else _BOTH
        tokens.append((kind, start, end, token))
    return tokens


def _times(found: tuple[Atom, ...], times: int, since: int) -> Iterator[Atom]:
    """The atoms, the first as often as "double" or "triple" before it says."""
    for place, atom in enumerate(found):
        if place == 0 and len(atom.digits) == 1 and atom.kind != PLUS:
            yield Atom(since, atom.end, atom.digits * times, WORDS, is_last=atom.is_last)
        else:
            yield atom


def _repeated(text: str, start: int, end: int, said: str) -> tuple[int, int]:
    """How often the next digit is meant, and where the words that say it end: "double four", "ba con sáu", "两个8".

    0 where no digit follows: "double bed".
    """
    by_word = lexicon().repeat_by_word
    pair_end = _second_end(text, end)
    pair = _plain(" ".join(text[start:pair_end].split())) if pair_end > end else ""
    for phrase, phrase_end in ((pair, pair_end), (said, end)):
        if phrase in by_word and _is_digit_next(text, phrase_end):
            return by_word[phrase], phrase_end
    return 0, 0


_NEXT_WORD = re.compile(f"[\\s-]{{1,2}}(?P<word>[{LATIN}]+|\\d)")


def _second_end(text: str, end: int) -> int:
    following = _NEXT_WORD.match(text, end)
    return following.end() if following else end


def _is_digit_next(text: str, end: int) -> bool:
    following = _next_digit().match(text, end)
    if following is None:
        return False
    word = following["word"]
    return word is None or _plain(word) in lexicon().digit_by_word or word in _ZERO_ALONE


def _plain(word: str) -> str:
    lower = word.lower()
    return lower if lower.isascii() else unicodedata.normalize("NFC", lower)


def _of_letters(start: int, end: int, token: str, said: str) -> tuple[Atom, ...]:
    words = lexicon()
    if token in _ZERO_ALONE:
        return (Atom(start, end, "0", MAYBE),)
    digit = words.digit_by_word.get(said)
    if digit:
        return (Atom(start, end, digit, WORDS),)
    if said in words.plus:
        return (Atom(start, end, "", PLUS),)
    if len(token) <= _LONGEST_LOOKALIKE and _LOOKALIKE.fullmatch(token):
        return (Atom(start, end, token.translate(_LOOKS_LIKE), MAYBE),)
    return glued(start, said) if len(token) >= _SHORTEST_GLUED else ()


def _of_both(start: int, end: int, token: str) -> tuple[Atom, ...]:
    """Of letters and figures: "0lapan5tujuh", "O8l2", "hp0812", "0812ya"; () for a code."""
    mixed = glued(start, _plain(token))
    if mixed:
        return mixed
    if _LOOKALIKE.fullmatch(token):
        return (Atom(start, end, token.translate(_LOOKS_LIKE), LETTERS),)
    return _beside_letters(start, token)


def glued(start: int, said: str) -> tuple[Atom, ...]:
    """Number words with no space between them, or with figures: "noldelapansatu", "0one7eight82"."""
    if not _glued_words().fullmatch(said):
        return ()
    digit_by_word = lexicon().digit_by_word
    parts = list(_glued_part().finditer(said))
    last = len(parts) - 1
    return tuple(
        Atom(
            start + part.start(),
            start + part.end(),
            part.group() if part.group().isdecimal() else digit_by_word.get(part.group(), "0"),
            DIGITS if part.group().isdecimal() else WORDS,
            place == 0,
            place == last,
        )
        for place, part in enumerate(parts)
    )


@cache
def _telling() -> frozenset[str]:
    words = lexicon()
    return frozenset({*words.digit_by_word, *words.repeat_beginnings, *words.plus, *_ZERO_ALONE})


@cache
def _next_digit() -> re.Pattern[str]:
    return re.compile(rf"[\s-]{{0,2}}(?:\d(?!\d)|(?P<word>[{LATIN}]+|{_unspaced()}))")


@cache
def _glued_part() -> re.Pattern[str]:
    latin = [
        word for word in lexicon().digit_by_word if not is_spaceless(word) and (len(word) > 2 or not word.isascii())
    ]
    return re.compile(rf"\d++|{alternatives(latin)}|o(?=\d)")


@cache
def _glued_words() -> re.Pattern[str]:
    # "\d++" gives no digit back: "62812345678a" would be tried in two thousand ways.
    # "no" behind "o" would be possible, so possessive parts are safe only with the longest word first.
    return re.compile(f"(?:{_glued_part().pattern}){{2,}}")


def _unspaced() -> str:
    words = lexicon()
    return alternatives(set(filter(is_spaceless, (*words.digit_by_word, *words.repeat_by_word, *words.plus))))


@cache
def _token() -> re.Pattern[str]:
    return re.compile(
        f"(?P<figures>[0-9]++)(?![{LATIN}])|(?P<word>[{LATIN}]++)(?![0-9])|(?P<both>[0-9{LATIN}]+)|(?P<unspaced>(?=[{SPACELESS}○])(?:{_unspaced()}))"
    )
