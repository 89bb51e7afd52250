"""What tells that a name comes, or was just said: the phrases of all languages, and where in a text they stand."""

import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from chalicelib.capture.extraction.lexicon import STRONG, alternatives, is_spaceless, lexicon, words_of
from chalicelib.capture.extraction.name_known import known_words
from chalicelib.capture.extraction.name_words import LETTER

# What may stand between a cue and the name.
BETWEEN_CUE = re.compile(
    r"(?:\s*[:=]\s*|(?:\s+ya)?\s*,\s*(?=(?-i:[A-Z]))|\s+(?:is|ialah|adalah|ay|kay|kasi|po|ya|itu|là|la|(?-i:ni)|pun|aja|saja|je|nya|kak|ko)(?=\s))?\s*",
    re.IGNORECASE,
)
_BANK_REACH, _REACH_OF_OTHERS = 60, 26
FIRST_LETTERS = re.compile(f"[{LETTER}]+")


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of all languages: which words one may begin with, and what each phrase is a cue of."""

    phrases_by_first: dict[str, tuple[str, ...]]
    firsts: frozenset[str]
    kinds_by_phrase: dict[str, frozenset[str]]
    openers: frozenset[str]


_KINDS = ("forms", "sure", "called", "unsure", "pronouns", "here", "here_perhaps", "booked", "closing", "not_forms")


@cache
def cues() -> Cues:
    kinds: dict[str, set[str]] = {}
    by_first: dict[str, list[str]] = {}
    for kind in _KINDS:
        for phrase in words_of("name", kind):
            if not is_spaceless(phrase):
                if phrase not in kinds:
                    by_first.setdefault(phrase.split()[0], []).append(phrase)
                kinds.setdefault(phrase, set()).add(kind)
    return Cues(
        phrases_by_first={word: tuple(sorted(phrases, key=len, reverse=True)) for word, phrases in by_first.items()},
        firsts=frozenset(by_first),
        kinds_by_phrase={phrase: frozenset(of) for phrase, of in kinds.items()},
        openers=frozenset(words_of("name", "titles")).union(
            phrase.split()[-1] for phrase in words_of("name", "openers")
        ),
    )


class Cue(NamedTuple):
    phrase: str
    kinds: frozenset[str]
    start: int
    end: int


_FIRST = re.compile(f"[{LETTER}]+(?:['’/][{LETTER}]+)*|'to")


# Of ASCII all at once: letters, and what stands inside a cue, in small, all else between words.
_WORDS_ASCII = bytes(
    character if chr(character).isalpha() or chr(character) in "'/" else ord(" ")
    for character in bytes(range(128)).lower()
) + bytes(128)


def cues_in(text: str, known: Cues) -> list[Cue]:
    """The cues, the longest phrase at each word."""
    lower = text.lower()
    words = text.encode().translate(_WORDS_ASCII).decode().split() if text.isascii() else _FIRST.findall(lower)
    firsts = known.firsts.intersection(words)
    found: list[Cue] = []
    if len(lower) != len(text):
        return found
    for first in firsts:
        phrases = known.phrases_by_first[first]
        place = lower.find(first)
        while place >= 0:
            if not place or not lower[place - 1].isalpha():
                phrase = _phrase_at(lower, place, phrases)
                if phrase:
                    found.append(Cue(phrase, known.kinds_by_phrase[phrase], place, place + len(phrase)))
            place = lower.find(first, place + len(first))
    return found


def _phrase_at(text: str, start: int, phrases: tuple[str, ...]) -> str | None:
    """The longest of the phrases that stands at `start` as words of its own."""
    if not text.startswith(phrases, start):
        return None
    for phrase in phrases:
        if text.startswith(phrase, start):
            behind = text[start + len(phrase) : start + len(phrase) + 1]
            if behind in _NO_LETTERS or not _IS_LETTER.match(behind):
                return phrase
    return None


_NO_LETTERS = frozenset(("", " ", ",", ".", "\n", ":"))
_IS_LETTER = re.compile(f"[{LETTER}'’]")


def begins_clause(text: str, start: int, known: Cues) -> bool:
    """Whether a clause begins here: at the start, behind a mark, or behind a greeting."""
    before = text[max(0, start - 20) : start].rstrip()
    if _is_relative(text, start, before):
        return False
    if not before or "\n" in text[len(before) : start]:
        return True
    if not _IS_LETTER.match(before[-1]):
        return before[-1] not in "/(&@#0123456789"
    last = _LAST_WORD.search(before).group().lower()  # type: ignore[union-attr]
    return last in known.openers or last.rstrip(last[-1]) + last[-1] in known.openers  # "helloooo"


_LAST_WORD = re.compile(f"[{LETTER}'’]+\\Z")
_OWNER = re.compile(r"(?:saya|sy|sya|aku|ku|gue|gw|em|mình|minh|chị|anh|tôi|tui|cô|chú|bác)\b", re.IGNORECASE)


@cache
def _relatives() -> frozenset[str]:
    return frozenset(words_of("name", "relatives"))


def _is_relative(text: str, start: int, before: str) -> bool:
    """Whether somebody of the speaker's is meant: "ibu saya, Bu Hartini", "con em tên là Bin"."""
    if not _OWNER.match(text, start):
        return False
    last = _LAST_WORD.search(before)
    return last is not None and last.group().lower() in _relatives()


def is_begun(text: str, cue: Cue) -> bool:
    """Whether a cue that begins with a pronoun speaks of the writer: "em tên Trí", not "mèo nhà em tên Mướp"."""
    return not _is_relative(text, cue.start, text[max(0, cue.start - 20) : cue.start].rstrip())


@cache
def _others() -> re.Pattern[str]:
    others = alternatives(word for word in words_of("name", "others") if not is_spaceless(word))
    return re.compile(
        f"(?<![{LETTER}])(?:{others})(?:ku|nya|['’]s)?(?: saya| aku| sy| ko| em| chị| mình)?\\s+(?:yg |yang )?\\Z",
        re.IGNORECASE,
    )


@cache
def _first_of_others() -> frozenset[str]:
    """The words the pattern's phrases begin with, also with what may be glued to them."""
    firsts = [FIRST_LETTERS.match(phrase) for phrase in known_words().others]
    return frozenset(first.group() + ending for first in firsts if first for ending in ("", "ku", "nya"))


def is_of_another(text: str, start: int) -> bool:
    """Whether somebody or something else is named: "suami saya bernama", "company name is"."""
    if not text[start - 1 : start].isspace():
        return False
    firsts = _first_of_others()
    return any(
        word.group().lower() in firsts and _others().match(text, word.start(), start)
        for word in FIRST_LETTERS.finditer(text, max(0, start - _REACH_OF_OTHERS), start)
    )


def is_of_account(text: str, start: int) -> bool:
    """Whether it is the holder of the account before it: "Maybank 1640… nama Faridah"."""
    before = text[max(0, start - _BANK_REACH) : start]
    if "\n" in before:
        before = before.rpartition("\n")[2]
    if not any(character.isdecimal() for character in before):
        return False
    words = lexicon()
    return any(words.label_by_phrase.get(word) == STRONG for word in re.findall(f"[{LETTER}]+", before.lower()))
