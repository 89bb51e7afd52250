"""The name a customer gives as their own: "nama saya Siti", "I'm Daniel", "Regards, Mei". Never anybody else's.

A cue says that a name comes, or that one was just said; then the words that can be one are taken. What a cue alone does
not prove ("saya Siti", but "saya Pelanggan lama") needs a capital letter and the beginning of a clause. Precision goes
before recall: a card without a name is better than one with a wrong name. Thai and Chinese are in names_spaceless.py,
names that no cue introduces in names_alone.py.
"""

import re
from collections.abc import Iterator

from chalicelib.capture.extraction import names_alone, names_spaceless
from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.lexicon import lexicon
from chalicelib.capture.extraction.name_cues import (
    BETWEEN_CUE,
    FIRST_LETTERS,
    Cue,
    Cues,
    cues,
    cues_in,
    is_of_account,
    is_of_another,
)
from chalicelib.capture.extraction.name_words import LETTER, ends_name, is_given, is_known, is_title, named_at
from chalicelib.capture.extraction.names_before import find_before, find_booked
from chalicelib.capture.extraction.names_perhaps import find_perhaps


def find_names(text: str, taken: list[Found], *, has_cue: bool) -> Iterator[Found]:
    """The names in a normalised text, in order, outside of those `taken`; each once."""
    known = cues()
    has_cue = has_cue or bool(taken)  # where there is a contact, a closer look is worth it
    found = list(names_alone.find_alone(text, taken))
    if has_cue:
        found += [name for cue in cues_in(text, known) for name in _told(text, cue, known, taken)]
    if not text.isascii():
        found += names_spaceless.find_names(text, has_cue=has_cue)
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


def _told(text: str, cue: Cue, known: Cues, taken: list[Found]) -> Iterator[Found]:
    kinds = cue.kinds
    if "not_forms" in kinds:
        return
    if "forms" in kinds and (names := list(_in_field(text, cue, taken))):
        yield from names
        return
    if "sure" in kinds or "called" in kinds:
        yield from _stated(text, cue, is_sure="sure" in kinds)
    if "unsure" in kinds or "pronouns" in kinds:
        yield from find_perhaps(text, cue, known)
    if kinds & _BEHIND_KINDS:
        gap = _GAP_BEFORE.search(text, max(0, cue.start - 3), cue.start)
        if gap and ("here" in kinds or gap["comma"] == " "):
            yield from find_before(text, gap.start(), cue, known)
    if text[cue.start - 1 : cue.start] == "(" and text[cue.end : cue.end + 1] == ")" and "unsure" in kinds:
        yield from find_before(text, len(text[: cue.start - 1].rstrip()), cue, known)
    if "booked" in kinds and not is_of_account(text, cue.start):
        yield from find_booked(text, cue)
    if "closing" in kinds:
        yield from _closed(text, cue, taken)


_GAP_BEFORE = re.compile(r"(?P<comma>,? )\Z|[ ]?[(]\Z")
_BEHIND_KINDS = frozenset(("here", "here_perhaps"))


def _in_field(text: str, cue: Cue, taken: list[Found]) -> Iterator[Found]:
    """The name in a field of a form: "Nama: Siti", "name - Siti"."""
    field = _FIELD.match(text, cue.end)
    if not field or is_of_account(text, cue.start) or is_of_another(text, cue.start):
        return
    is_bare = field["bare"] is not None
    is_line = _BEGINS_FIELD.search(text, max(0, cue.start - 8), cue.start) is not None
    if is_bare:
        if cue.phrase in BARE_KEYS and not cue.start and taken:
            yield from named_at(text, field.end(), rule="name-form", may_be_small=False)
    elif is_line or (field["colon"] and text[cue.start - 1 : cue.start] == " "):
        for name in named_at(text, field.end(), rule="name-form", may_be_small=True, is_field=is_line):
            if (
                not _NEXT_FIELD.match(text, name.end)
                and _is_whole_field(text, name)
                and (is_line or is_known(name.value))
            ):
                yield name


def _is_whole_field(text: str, name: Found) -> bool:
    """Whether nothing that belongs to it follows: "name: Pikachu plush" is a thing."""
    following = _NEXT_SMALL.match(text, name.end)
    if following is None or is_known(name.value):
        return True
    return ends_name(following["word"]) or lexicon().label(following["word"]) is not None


_NEXT_SMALL = re.compile(f" (?P<word>[a-z\u00df-\u024f\u1e00-\u1eff]+)(?![{LETTER}])")


def _stated(text: str, cue: Cue, *, is_sure: bool) -> Iterator[Found]:
    """The name behind a cue that says whose it is: "my name is …"; "call me …" only before a name's shape."""
    start = BETWEEN_CUE.match(text, cue.end)
    if not start or is_of_another(text, cue.start):
        return
    if cue.phrase in _OF_NOBODY and is_of_account(text, cue.start):
        return
    for name in named_at(text, start.end(), rule="name-stated", may_be_small=True):
        first = FIRST_LETTERS.match(text, start.end())
        is_shown = name.value[0].isupper() or is_given(name.value.split()[0]) or (first and is_title(first.group()))
        if is_sure or (
            is_shown
            and (
                cue.phrase not in _CALLING
                or is_known(name.value)
                or not name.value.startswith(first.group() if first else "")
            )
        ):
            yield name


# Don't say whose name it is.
_OF_NOBODY = frozenset(("name is", "name's", "name’s", "the name is", "the name's", "tên là", "ten la"))
_CALLING = frozenset(("panggil", "dipanggil", "go by", "goes by", "known as", "gọi em", "cứ gọi", "orang panggil"))
_FIELD = re.compile(
    r"[*_]{0,2}[ \t]*(?P<colon>[:=;])[ \t]*[*_]{0,2}[ \t]*\n?[ \t]*|"
    r"[ \t]*[-–—>→|]+[ \t]*|[ \t]+/[ \t]+|(?P<bare>[ \t]+)"
)
_BEGINS_FIELD = re.compile(r"(?:^|[|;,.\n/(]|\d[).])[ \t*_•>✅👤📝-]*\Z")
_NEXT_FIELD = re.compile(r"[ \t]*[:=]")


def _closed(text: str, cue: Cue, taken: list[Found]) -> Iterator[Found]:
    is_thanks = _THANKS.match(cue.phrase) is not None
    behind = (_CLOSED if is_thanks else _SIGNED).match(text, cue.end)
    if behind:
        is_line = "\n" in behind.group()
        for name in names_alone.signed(text, behind.end(), taken):
            if is_line or not is_thanks or not names_alone.is_thanked(text, behind.end(), name):
                yield name


# "Thanks Jenny" thanks her, "Thanks, Jenny" is by her.
_THANKS = re.compile(
    r"th|tks|tnx|tq|ty|salamat|makasih|terima|trima|tima|trims|mekasih|tenkiu|cảm|cám|cam|xin|suwun|matur|nuhun|hatur|love|best|salam|many|kh|khách|ký$|appreciate"
)
_SIGNED = re.compile(r"[\s.,!:~-]{1,4}")
_CLOSED = re.compile(r"[ \t]*[,.!~\n-][\s.,!~-]{0,4}")


# "name Stella Koh hp 9140…": a form without its colons.
BARE_KEYS = frozenset(("nama", "name", "tên", "ten", "pangalan"))
