"""The name a customer gives as their own: "nama saya Siti", "I'm Daniel", "Regards, Mei". Never anybody else's.

A cue says that a name comes, or that one was just said; then the words that can be one are taken. What a cue alone does
not prove ("saya Siti", but "saya Pelanggan lama") needs a capital letter and the beginning of a clause. Precision goes
before recall: a card without a name is better than one with a wrong name. Thai and Chinese are in names_spaceless.py,
names that no cue introduces in names_alone.py.
"""

import re
from collections.abc import Iterator
from functools import cache
from operator import attrgetter

from chalicelib.capture.extraction import names_alone, names_spaceless
from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.lexicon import lexicon, words_of
from chalicelib.capture.extraction.name_cues import (
    BETWEEN_CUE,
    Cue,
    Cues,
    cues,
    cues_in,
    is_begun,
    is_of_account,
    is_of_another,
)
from chalicelib.capture.extraction.name_known import known_words
from chalicelib.capture.extraction.name_words import (
    LETTER,
    are_known,
    ends_name,
    has_surname,
    is_given,
    is_known,
    is_syllable,
    named_at,
)
from chalicelib.capture.extraction.names_apart import find_apart
from chalicelib.capture.extraction.names_before import find_before, find_booked
from chalicelib.capture.extraction.names_perhaps import find_perhaps


def find_names(text: str, taken: list[Found], *, has_cue: bool) -> Iterator[Found]:
    """The names in a normalised text, outside of those `taken`: the first, and those of a form behind it."""
    found = list(names_alone.find_alone(text, taken))
    if has_cue or (taken and _may_begin_small(text)):
        found += _introduced(text, taken)
    if not text.isascii():
        found += names_spaceless.find_names(text, has_cue=has_cue)
    if not found:
        return
    values: set[str] = set()
    floor, place = 0, 0
    others = sorted(taken, key=lambda other: other.start)
    for one in sorted(found, key=lambda name: (name.start, -name.end)):
        while place < len(others) and others[place].end <= one.start:
            place += 1
        is_free = place == len(others) or others[place].start >= one.end
        key = one.value.casefold()
        is_stated_too = not values or one.rule == "name-form"
        if one.start >= floor and is_free and key not in values and is_stated_too:
            values.add(key)
            floor = one.end
            yield one


def _may_begin_small(text: str) -> bool:
    """Where there is a contact, a name in small letters is looked for as well: "its mei yee, mail to …"."""
    return "its " in text or "im " in text or "it's " in text or "i'm " in text


def _introduced(text: str, taken: list[Found]) -> Iterator[Found]:
    """The names a cue introduces; within a cue that has one no other is asked: "nama saya", not "saya"."""
    known, floor = cues(), 0
    for cue in sorted(cues_in(text, known), key=_start_of):
        if cue.start >= floor:
            names = list(_told(text, cue, known, taken))
            yield from names
            floor = cue.end if names else floor


_start_of = attrgetter("start")


def _told(text: str, cue: Cue, known: Cues, taken: list[Found]) -> Iterator[Found]:
    kinds = cue.kinds
    if "not_forms" in kinds:
        return
    if "forms" in kinds:
        names = list(_in_field(text, cue, taken))
        yield from names
        if names or _NEXT_FIELD.match(text, cue.end):
            return
    if "sure" in kinds or "forms" in kinds:
        yield from find_apart(text, cue)
    if "sure" in kinds or "called" in kinds:
        yield from _stated(text, cue, is_sure="sure" in kinds)
    if "unsure" in kinds or "pronouns" in kinds:
        yield from find_perhaps(text, cue, known, has_contact=bool(taken))
    if kinds & _ASIDE_KINDS or text[cue.start - 1 : cue.start] == "(":
        yield from _told_aside(text, cue, known)
    if "closing" in kinds:
        yield from _closed(text, cue, taken)


def _told_aside(text: str, cue: Cue, known: Cues) -> Iterator[Found]:
    """The name before its cue, or behind one that leaves open whose it is."""
    kinds = cue.kinds
    if kinds & _BEHIND_KINDS:
        gap = _GAP_BEFORE.search(text, max(0, cue.start - 3), cue.start)
        if gap and ("here" in kinds or gap["comma"] == " "):
            yield from find_before(text, gap.start(), cue, known)
    if text[cue.start - 1 : cue.start] == "(" and text[cue.end : cue.end + 1] == ")" and "unsure" in kinds:
        yield from find_before(text, len(text[: cue.start - 1].rstrip()), cue, known)
    if "booked" in kinds and not is_of_account(text, cue.start):
        yield from find_booked(text, cue)


_GAP_BEFORE = re.compile(r"(?P<comma>,? )\Z|[ ]?[(]\Z")
_BEHIND_KINDS = frozenset(("here", "here_perhaps"))
_ASIDE_KINDS = _BEHIND_KINDS | {"booked"}


def _in_field(text: str, cue: Cue, taken: list[Found]) -> Iterator[Found]:
    """The name in a field of a form: "Nama: Siti", "name - Siti"."""
    field = _FIELD.match(text, cue.end)
    if not field:
        return
    is_line = _BEGINS_FIELD.search(text, max(0, cue.start - 16), cue.start) is not None
    if field["bare"] is not None:
        if cue.start or cue.phrase not in BARE_KEYS or not taken:
            return
        names = named_at(text, field.end(), rule="name-form", may_be_small=False)
    elif is_line or (field["colon"] and text[cue.start - 1 : cue.start] == " "):
        names = _of_field(text, field.end(), cue, is_line=is_line)
    else:
        return
    for name in names:
        if not is_of_account(text, cue.start) and not is_of_another(text, cue.start):
            yield name


def _of_field(text: str, start: int, cue: Cue, *, is_line: bool) -> Iterator[Found]:
    for name in named_at(text, start, rule="name-form", may_be_small=True, is_field=is_line):
        is_small = name.value[0].islower()
        if is_small and not _is_small_name(text, name):
            continue
        if is_small and not _OF_PERSONS.search(cue.phrase) and not is_given(name.value.split()[0]):
            continue  # "Khách: đoàn 20 người"
        is_whole = not _OTHERWISE.match(text, name.end) and _is_whole_field(text, name)
        if (
            is_whole
            and (is_line or is_known(name.value))
            and (are_known(name.value) or has_surname(name.value) or not _is_of_thing(text, cue))
        ):
            yield name


# The value was a key, or it is said who it is of: "Name: Ethan (my son)".
_OTHERWISE = re.compile(
    r"[ \t]*[:=]|[ \t]*\([ \t]*(?:my|our|his|her|anak|adik|adek|kakak|istri|isteri|suami|ibu|mama|bapak|papa|teman|"
    r"kawan|mak|ayah|con|bé|vợ|chồng|mẹ|bố|bạn|em gái|em trai|kapatid|asawa|nanay|tatay|boss|bos)\b(?!n't)",
    re.IGNORECASE,
)
_PRODUCT = re.compile(
    r"^[ \t*_•-]*(?:brand|colou?r|size|model|material|merk|merek|warna|ukuran|jenama|saiz|bahan|màu|mau|"
    r"kích (?:cỡ|thước)|hiệu|hãng|loại|dòng|kulay|sukat)[ \t]*[:=]",
    re.IGNORECASE | re.MULTILINE,
)
_ACCOUNT_FIELD = re.compile(
    r"^[ \t*_•-]*(?:stk|số tk|số tài khoản|ngân hàng|nh|bank|no\.? ?rek\w*|rekening|norek|"
    r"acc(?:ount)?(?: no| number)?|akaun)\b",
    re.IGNORECASE | re.MULTILINE,
)
# Fields of names alone; "client: Ministry of Education" and "sender: Ninja Van" are no persons.
_OF_PERSONS = re.compile(r"name|nama|nm|passenger|guest|participant|tên|ten|pangalan|nick")


def _is_of_thing(text: str, cue: Cue) -> bool:
    """Whether the form may speak of a thing, or a firm, so that the name must be a known one."""
    if _ACCOUNT_FIELD.search(text):
        return True
    return _OF_PERSONS.search(cue.phrase) is None or (cue.phrase in BARE_KEYS and _PRODUCT.search(text) is not None)


def _is_whole_field(text: str, name: Found) -> bool:
    """Whether nothing that belongs to it follows: "name: Pikachu plush" is a thing."""
    following = _NEXT_SMALL.match(text, name.end)
    if following is None:
        return True
    word = following["word"].lower()
    return ends_name(word) or lexicon().label(word) is not None


_NEXT_SMALL = re.compile(f" (?P<word>[a-z\u00df-\u024f\u1e00-\u1eff]+)(?![{LETTER}])")


def _stated(text: str, cue: Cue, *, is_sure: bool) -> Iterator[Found]:
    """The name behind a cue that says whose it is: "my name is …"; "call me …" only before a name's shape."""
    start = BETWEEN_CUE.match(text, cue.end)
    if not start or not is_begun(text, cue):
        return
    for name in named_at(text, start.end(), rule="name-stated", may_be_small=True):
        if is_sure and name.value[0].islower() and not _is_small_name(text, name):
            continue
        is_said = is_sure or _is_called(start.end(), cue, name)
        if is_said and not is_of_another(text, cue.start) and not _is_of_nobody(text, cue):
            yield name


def _is_of_nobody(text: str, cue: Cue) -> bool:
    return cue.phrase in _OF_NOBODY and is_of_account(text, cue.start)


def _is_small_name(text: str, name: Found) -> bool:
    """Whether a name in small letters is one: known, or at the end of what is said; not "nama saya double di list"."""
    words = name.value.split()
    if name.value in known_words().others:
        return False  # "Passenger 2: my son"
    return (
        is_given(words[0]) or all(is_syllable(word.title()) for word in words) or bool(_SMALL_END.match(text, name.end))
    )


_SMALL_END = re.compile(
    r"\s*(?:[,.!\n(/|-]|\d|\Z)|\s+(?:kak|ka|po|ya|yah|min|mas|mbak|bang|sis|gan|kk|krap|krub|khrap|kha|ka|na|from|dari|"
    r"dr|taga|nak|mau|here|la|lah|can|may|i|im|wanna|want|need|just|ingin|mo|muốn|cần|đặt|hỏi|pwede|magkano|and|hp|wa|no|ạ|nha|nhé|ở|sđt|sdt|đt)\b",
    re.IGNORECASE,
)


def _is_called(start: int, cue: Cue, name: Found) -> bool:
    """Whether what follows "call me" is written as a name is."""
    if name.start == start and not name.value[0].isupper() and not is_given(name.value.split()[0]):
        return False
    return cue.phrase not in _CALLING or is_known(name.value)


# Don't say whose name it is.
_OF_NOBODY = frozenset(("name is", "name's", "name’s", "the name is", "the name's", "tên là", "ten la"))
_CALLING = frozenset(("panggil", "dipanggil", "go by", "goes by", "known as", "gọi em", "cứ gọi", "orang panggil"))
_FIELD = re.compile(
    r"(?: ?\d)?(?:\s*\([^()\n]{1,24}\))?[*_]{0,2}[ \t]*(?P<colon>[:=;])[ \t]*[*_]{0,2}[ \t]*\n?[ \t]*|"
    r"[ \t]*[-–—>→|]+[ \t]*|[ \t]+/[ \t]+|(?P<bare>[ \t]+)"
)
_BEGINS_FIELD = re.compile(r"(?:^|[|;,.\n/(]|\d[).])[ \t*_•>✅👤📝-]*(?:(?:full|first|contact|customer|buyer)_)?\Z")
_NEXT_FIELD = re.compile(r"[ \t]*[:=]")


def _closed(text: str, cue: Cue, taken: list[Found]) -> Iterator[Found]:
    is_thanks = cue.phrase not in _signing()
    behind = (_CLOSED if is_thanks else _SIGNED).match(text, cue.end)
    if behind:
        is_line = "\n" in behind.group()
        for name in names_alone.signed(text, behind.end(), taken):
            if is_line or not is_thanks or not names_alone.is_thanked(text, behind.end(), name):
                yield name


# "Thanks Jenny" thanks her, "Thanks, Jenny" is by her; behind these it is whose it is, anyway.
@cache
def _signing() -> frozenset[str]:
    return frozenset(words_of("name", "signing"))


_SIGNED = re.compile(r"[\s.,!:~-]{1,4}(?:khách hàng )?")
_CLOSED = re.compile(r"[ \t]*[,.!~\n-][\s.,!~-]{0,4}")


# "name Stella Koh hp 9140…": a form without its colons.
BARE_KEYS = frozenset(("nama", "name", "tên", "ten", "pangalan"))
