"""The name a customer gives as their own: "nama saya Siti", "I'm Daniel", "Regards, Mei". Never anybody else's.

A cue says that a name comes, or that one was just said; then the words that can be one are taken. What a cue alone does
not prove ("saya Siti", but "saya Pelanggan lama") needs a capital letter and the beginning of a clause. Precision goes
before recall: a card without a name is better than one with a wrong name. Thai and Chinese are in names_spaceless.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from chalicelib.capture.extraction import names_spaceless
from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.lexicon import STRONG, is_spaceless, lexicon, words_of
from chalicelib.capture.extraction.name_words import LETTER, UPPER, ends_name, named_at

# What may stand between a cue and the name.
_BETWEEN_CUE = re.compile(
    r"(?:\s*[:=]\s*|\s+(?:is|ialah|adalah|ay|po|ya|itu|là|la|ni|pun|aja|saja|je|nya|kak|ko)(?=\s))?\s*", re.IGNORECASE
)
_BANK_REACH = 60


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of all languages: which words one may begin with, and what each phrase is a cue of."""

    phrases_by_first: dict[str, tuple[str, ...]]
    kinds_by_phrase: dict[str, frozenset[str]]
    openers: frozenset[str]


_KINDS = ("forms", "sure", "called", "unsure", "pronouns", "here", "closing", "not_forms")


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
        kinds_by_phrase={phrase: frozenset(of) for phrase, of in kinds.items()},
        openers=frozenset(words_of("name", "titles")).union(
            phrase.split()[-1] for phrase in words_of("name", "openers")
        ),
    )


class _Cue(NamedTuple):
    phrase: str
    kinds: frozenset[str]
    start: int
    end: int


_FIRST = re.compile(f"[{LETTER}]+(?:['’/][{LETTER}]+)*|'to")


def find_names(text: str, taken: list[Found], *, has_cue: bool) -> Iterator[Found]:
    """The names in a normalised text, in order, outside of those `taken`; each once."""
    known = cues()
    found = list(_heading(text, taken)) if taken else []
    if not _DASHES.isdisjoint(text[-_LONGEST_SIGNATURE:]):
        found += _dashed(text)
    if has_cue:
        found += [name for cue in _cues_in(text, known) for name in _told(text, cue, known, taken)]
        if not text.isascii():
            found += names_spaceless.find_names(text)
    if not found:
        return
    floor, values, place = 0, set(), 0
    others = sorted(taken, key=lambda other: other.start)
    for one in sorted(found, key=lambda name: (name.start, -name.end)):
        while place < len(others) and others[place].end <= one.start:
            place += 1
        is_free = place == len(others) or others[place].start >= one.end
        key = one.value.casefold()
        if one.start >= floor and is_free and key not in values:
            values.add(key)
            floor = one.end
            yield one


def _cues_in(text: str, known: Cues) -> Iterator[_Cue]:
    """The cues, the longest phrase at each word."""
    lower = text.lower()
    if len(lower) != len(text):
        return
    for first in known.phrases_by_first.keys() & _FIRST.findall(lower):
        place = lower.find(first)
        while place >= 0:
            phrase = _phrase_at(lower, place, known.phrases_by_first[first])
            if phrase:
                yield _Cue(phrase, known.kinds_by_phrase[phrase], place, place + len(phrase))
            place = lower.find(first, place + len(first))


def _phrase_at(text: str, start: int, phrases: tuple[str, ...]) -> str | None:
    """The longest of the phrases that stands at `start` as words of its own."""
    if start and _IS_LETTER.match(text, start - 1):
        return None
    for phrase in phrases:
        if text.startswith(phrase, start) and not _IS_LETTER.match(text, start + len(phrase)):
            return phrase
    return None


_IS_LETTER = re.compile(f"[{LETTER}'’]")


def _told(text: str, cue: _Cue, known: Cues, taken: list[Found]) -> Iterator[Found]:
    kinds = cue.kinds
    if "not_forms" in kinds:
        return
    field = (
        _FIELD.match(text, cue.end)
        if "forms" in kinds and _BEGINS_FIELD.search(text, max(0, cue.start - 8), cue.start)
        else None
    )
    if field and not _is_of_account(text, cue.start):
        is_bare = field["bare"] is not None
        if not is_bare or (cue.phrase in _BARE_KEYS and not cue.start and taken):
            yield from named_at(text, field.end(), rule="name-form", may_be_small=not is_bare, is_field=not is_bare)
            return
    if "sure" in kinds or "called" in kinds:
        start = _BETWEEN_CUE.match(text, cue.end)
        if start and not _is_of_another(text, cue.start) and not _is_of_account(text, cue.start):
            yield from named_at(text, start.end(), rule="name-stated", may_be_small="sure" in kinds)
    elif "unsure" in kinds or "pronouns" in kinds:
        yield from _perhaps(text, cue, known)
    if "here" in kinds and text[cue.start - 1 : cue.start] == " ":
        yield from _named_before(text, cue.start - 1, known)
    if "closing" in kinds:
        behind = _CLOSED.match(text, cue.end)
        if behind:
            yield from _signed(text, behind.end(), taken)


_FIELD = re.compile(r"[ \t]*[:=][ \t]*|[ \t]+-[ \t]+|(?P<bare>[ \t]+)")
_BEGINS_FIELD = re.compile(r"(?:^|[|;,\n/]|\d[).])[ \t*•-]*\Z")
_CLOSED = re.compile(r"[\s.,!~-]{1,4}")


def _perhaps(text: str, cue: _Cue, known: Cues) -> Iterator[Found]:
    behind = _AFTER_UNSURE.match(text, cue.end)
    if (
        behind
        and not text[behind.end() : behind.end() + 16].islower()
        and _begins_clause(text, cue.start, known)
        and not _is_of_account(text, cue.start)
    ):
        for name in named_at(text, behind.end(), rule="name-stated", may_be_small=False):
            if _is_followed_well(text, cue, text[behind.end() : name.end], name.end):
                yield name


_AFTER_UNSURE = re.compile(r",?\s+")


# The article of any person, so only where nothing is said of them: "Si Rowena po ito", not "si Sir Allan pa rin po ba".
_PERSONAL = frozenset(("si", "c"))
_PERSONAL_END = re.compile(r"\s+(?:po\s*(?:ito|eto|to|2|'to|[,.!]|$)|ito|to|eto)|\s*(?:,|$|\n)", re.IGNORECASE)
# "em Bảo Ngọc, không chín…" is the writer as well, but not "chị Nga, …".
_PRONOUN_END = re.compile(
    r"\s+(?:đây|day|nè|ne|nha|nhé|bên|ben|ở|ạ)(?!\w)|(?<=\w)\s*[,.]?\s*(?=\d|không |khong )", re.IGNORECASE
)
_NEXT_WORD = re.compile(f"[\\s]+(?P<word>[{LETTER}]+)")


def _is_followed_well(text: str, cue: _Cue, written: str, end: int) -> bool:
    """Whether what follows lets it be the writer's name: "saya Teguh dari Klaten", not "saya Indomie lover"."""
    if "pronouns" in cue.kinds:
        return _PRONOUN_END.match(text, end) is not None
    if cue.phrase in _PERSONAL:
        return _PERSONAL_END.match(text, end) is not None
    if cue.phrase in _POINTING and _IS_ASKED.match(text, end):
        return False
    if written.isupper() and len(written) <= 3:
        return False
    following = _NEXT_WORD.match(text, end)
    if following is None:
        return True
    word = following["word"].lower()
    return ends_name(word) or lexicon().label(word) is not None


_IS_ASKED = re.compile(r"[^.!,\n?]{0,80}\?")
# Points at a thing as well: "ini Dana atau Ovo?".
_POINTING = frozenset(("ini", "ni", "iki", "this is", "its", "it's", "it’s"))
# "name Stella Koh hp 9140…": a form without its colons.
_BARE_KEYS = frozenset(("nama", "name", "tên", "ten", "pangalan"))


_HEADING = re.compile(r"\s*(?:1[).]\s*)?(?P<name>[^\n\d:@]{3,40}?)[ \t]*(?:\n|[ \t][-–|][ \t])")


def _heading(text: str, taken: list[Found]) -> Iterator[Found]:
    r"""A name alone in the first line, a contact right behind it: "Rahmat Hidayat\n0813…"."""
    first = min(one.start for one in taken)
    match = _HEADING.match(text) if first < _LONGEST_SIGNATURE and not text[:2].islower() else None
    if not match:
        return
    behind = text[match.end() : match.end() + 12]
    if first > match.end() + 6 or "\n" in behind[: max(0, first - match.end())]:
        return
    for name in named_at(text, match.start("name"), rule="name-form", may_be_small=False):
        if name.end == match.end("name"):
            yield name


def _signed(text: str, start: int, taken: list[Found]) -> Iterator[Found]:
    r"""A name behind closing words, at the end of the message: "Regards,\nAlvin Chua"."""
    for name in named_at(text, start, rule="name-stated", may_be_small=False):
        rest = text[name.end : name.end + _NEAR].strip(" .!\n🙏😊😁🥰")
        if not rest or any(
            0 <= one.start - name.end < _NEAR and not text[name.end : one.start].strip(" \n|/+(") for one in taken
        ):
            yield name


_NEAR = 12  # characters, with marks and faces


_LONGEST_SIGNATURE = 60
_DASHES = frozenset("~–—-")
_DASH = re.compile(r"(?<=\s)[~–—-]\s*(?=[^\n~–—]{2,50}\Z)")


def _dashed(text: str) -> Iterator[Found]:
    """A name behind a dash at the end of the message: "… repeat lagi - kak Midah"."""
    match = _DASH.search(text, max(0, len(text) - _LONGEST_SIGNATURE))
    if match:
        yield from _signed(text, match.end(), [])


_NAME_BACKWARDS = re.compile(
    f"(?:(?<=\\s)|^|(?<=[,.!?(\"~]))(?P<name>(?:[{UPPER}][{LETTER}'’.-]*)(?: [{UPPER}][{LETTER}'’-]*){{0,3}})\\Z"
)


def _named_before(text: str, end: int, known: Cues) -> Iterator[Found]:
    """The name said before its cue: "Mei Fong here", "Kaye po ako"."""
    match = _NAME_BACKWARDS.search(text, max(0, end - 60), end)
    if not match or not _begins_clause(text, match.start("name"), known):
        return
    for name in named_at(text, match.start("name"), rule="name-stated", may_be_small=False):
        if name.end == end:
            yield name
            return
    # "Hi Denise here": the first word greets.
    first, _, _rest = match["name"].partition(" ")
    if ends_name(first.lower()):
        for name in named_at(text, match.start("name") + len(first) + 1, rule="name-stated", may_be_small=False):
            if name.end == end:
                yield name


def _begins_clause(text: str, start: int, known: Cues) -> bool:
    """Whether a clause begins here: at the start, behind a mark, or behind a greeting."""
    before = text[max(0, start - 20) : start].rstrip()
    if not before or "\n" in text[len(before) : start]:
        return True
    if not _IS_LETTER.match(before[-1]):
        return before[-1] not in "/(&@#0123456789"
    return _LAST_WORD.search(before).group().lower() in known.openers  # type: ignore[union-attr]


_LAST_WORD = re.compile(f"[{LETTER}'’]+\\Z")


_OTHERS = re.compile(
    f"(?<![{LETTER}])(?:kartu|toko|produk|barang|suami|istri|isteri|anak|adik|kakak|teman|temen|kawan|driver|supir|company|shop|store|file|school|product|brand|item|user|account|acct|acc|dog|cat"
    "|whose|what|which|asawa|laki|bini|con|chồng|vợ|mẹ|bạn|bé|his|her|their|your|dia)\\s+\\Z",
    re.IGNORECASE,
)


def _is_of_another(text: str, start: int) -> bool:
    """Whether somebody or something else is named: "suami saya bernama", "company name is"."""
    return _OTHERS.search(text[max(0, start - 16) : start]) is not None


_DIGITS_BEFORE = re.compile(r"\d{5,}[\s,.-]*\Z|\d[\s-]+\d+[\s,.-]*\Z")


def _is_of_account(text: str, start: int) -> bool:
    """Whether it is the holder of the account before it: "Maybank 1640… nama Faridah"."""
    before = text[max(0, start - _BANK_REACH) : start]
    if "\n" in before:
        before = before.rpartition("\n")[2]
    if not any(character.isdecimal() for character in before):
        return False
    words = lexicon()
    return any(words.label_by_phrase.get(word) == STRONG for word in re.findall(f"[{LETTER}]+", before.lower()))
