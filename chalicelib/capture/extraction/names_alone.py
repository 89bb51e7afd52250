"""Names that stand by themselves: over a number, beside an address, under a message. The place says whose they are.

No cue tells these from other words with a capital letter, so most places ask for a name that is known as one.
"""

import re
from collections.abc import Iterator
from functools import cache

from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.lexicon import PHONE, STRONG, alternatives, lexicon, words_of
from chalicelib.capture.extraction.name_words import (
    LETTER,
    are_known,
    is_given,
    is_known,
    is_syllable,
    is_title,
    named_at,
)

_NEAR = 12  # characters, with marks and faces
_LONGEST_SIGNATURE = 60
_MOST_OF_WHOLE = 8  # words of a message that is nothing but a name
_MOST_CONTACTS = 6  # whose neighbourhood is looked at
_DASH = re.compile(r"[~–—-](?<=[\s.!?].)[~–—-]*\s*(?=[^\n~–—]{2,50}\Z)")
_LAST_LINE = re.compile(r"\n\s*(?=[^\n]{2,40}\s*\Z)")


def find_alone(text: str, taken: list[Found]) -> Iterator[Found]:
    """The names no word introduces, in no order."""
    last = text[-_LONGEST_SIGNATURE:]
    if "-" in last or "~" in last or "–" in last or "—" in last:
        yield from _dashed(text, taken)
    if "\n" in text:
        yield from _last_line(text)
    if " hỏi " in text or " hoi " in text or " nga pala" in text:
        yield from _first_words(text)
    if not taken:
        if len(text) <= _LONGEST_SIGNATURE and text.count(" ") < _MOST_OF_WHOLE:
            yield from _whole(text)
        return
    first = min([one.start for one in taken])
    if 2 < first < _LONGEST_SIGNATURE and not text[0].islower() and not _ENDS_HEADING.isdisjoint(text[:first]):
        yield from _heading(text, taken, first)
    for one in taken[:_MOST_CONTACTS]:
        start, end = one.start, one.end
        if (
            text[end : end + 1] == "("
            or text[end : end + 2] == " ("
            or text[max(0, start - 2) : start].rstrip()[-1:] in _OPENING
        ):
            yield from _beside(text, one)


def signed(text: str, start: int, taken: list[Found], *, is_sure: bool = True) -> Iterator[Found]:
    r"""A name behind closing words, at the end of the message or its line: "Regards,\nAlvin Chua"."""
    for name in named_at(text, start, rule="name-stated", may_be_small=False):
        rest = _LETTER_OR_DIGIT.search(text, name.end)
        is_line = _ENDS_LINE.match(text, name.end) is not None
        if (
            not rest
            or (is_line and is_sure)
            or any(
                0 <= one.start - name.end < _NEAR and not text[name.end : one.start].strip(" \n|/+(") for one in taken
            )
        ) and not _is_label(name.value):
            yield name


_LETTER_OR_DIGIT = re.compile(r"\w")
_ENDS_LINE = re.compile(r"[ .!,]*(?:\n|\(|\|)")


def is_thanked(text: str, start: int, name: Found) -> bool:
    """Whether who is thanked is named, on the line of the thanks: "Thanks, Sir Mark", "Thanks, Jenny!"."""
    return name.start > start or text[name.end : name.end + 1] == "!"


def _is_label(name: str) -> bool:
    first = name.split(maxsplit=1)[0]
    return lexicon().label(first.lower()) in (PHONE, STRONG) and not is_known(name)


_LONGEST_UNKNOWN = 16


def _dashed(text: str, taken: list[Found]) -> Iterator[Found]:
    """A name behind a dash at the end of the message: "… repeat lagi - kak Midah"."""
    match = _DASH.search(text, max(0, len(text) - _LONGEST_SIGNATURE))
    if not match:
        return
    is_line = "\n" in text[max(0, match.start() - 2) : match.start()]
    is_sentence = text[: match.start()].rstrip()[-1:] in tuple(".!?")
    first = _FIRST_WORD.match(text, match.end())
    if first and (is_line or is_title(first.group())):
        yield from _ending(named_at(text, match.end(), rule="name-stated", may_be_small=is_line), text)
    else:
        for name in signed(text, match.end(), taken):
            if are_known(name.value) or (is_sentence and len(name.value) <= _LONGEST_UNKNOWN):
                yield name


_FIRST_WORD = re.compile(f"[{LETTER}]+")


def _ending(names: Iterator[Found], text: str) -> Iterator[Found]:
    return (name for name in names if not _LETTER_OR_DIGIT.search(text, name.end))


def _last_line(text: str) -> Iterator[Found]:
    """A known name as the last of several lines."""
    match = _LAST_LINE.search(text, max(0, len(text) - _LONGEST_SIGNATURE))
    if match and not _has_account(text[max(0, match.start() - _LONGEST_SIGNATURE) : match.start()]):
        names = named_at(text, match.end(), rule="name-stated", may_be_small=False)
        for name in _ending(names, text):
            if name.start == match.end() and " " in name.value and is_known(name.value):
                yield name


def _has_account(before: str) -> bool:
    line = before.rpartition("\n")[2].lower()
    return any(lexicon().label_by_phrase.get(word) == STRONG for word in re.findall(f"[{LETTER}]+", line))


@cache
def _whole_message() -> re.Pattern[str]:
    particles = alternatives(words_of("name", "softeners"))
    return re.compile(f"[\\s,]*(?:(?:{particles})[\\s,.!~]*){{0,3}}\\Z", re.IGNORECASE)


def _whole(text: str) -> Iterator[Found]:
    """A message that is nothing but a name: the answer to whom one speaks with."""
    start = _GREETED.match(text)
    if start is None:
        return
    for name in named_at(text, start.end(), rule="name-stated", may_be_small=False):
        words = name.value.split()
        is_full = len(words) > _MOST_OF_PLACE and all(map(is_syllable, words))
        is_enough = is_full or (is_given(words[0]) and (len(words) > 1 or text[name.end :].strip(" .!")))
        is_called = _CALLED.match(text, start.end())
        if is_enough and not is_called and _whole_message().match(text, name.end):
            yield name


def _first_words(text: str) -> Iterator[Found]:
    """A known name a message begins with, and what its bearer does: "Thảo Nguyên hỏi chút"; not "Jason from …"."""
    for name in named_at(text, 0, rule="name-stated", may_be_small=False):
        if is_known(name.value) and _DOES.match(text, name.end):
            yield name


_DOES = re.compile(
    r" (?:hỏi (?:chút|xíu|tí|với)|hoi (?:chut|xiu|ti)|nga pala(?=\s*(?:[,.!\n]|\Z)| (?:po|from|taga|ito)\b))"
)


# "Bình Dương", "Boon Lay", "San Juan" are places.
_MOST_OF_PLACE = 2
_GREETED = re.compile(r"\s*(?:(?:dạ|da|vâng)[ ,]+)?", re.IGNORECASE)
_CALLED = re.compile(r"(?:chị|anh|cô|chú|bác|kak|mbak|sir|ma'am|pak|bu|boss)\s", re.IGNORECASE)
_ENDS_HEADING = frozenset("\n-–|,")
_HEADING = re.compile(r"\s*(?:1[).]\s*)?(?P<name>[^\n\d:@]{3,40}?)[ \t]*(?:\n|[ \t]*[-–|,][ \t]+)")


def _heading(text: str, taken: list[Found], first: int) -> Iterator[Found]:
    r"""A name alone in the first line, a contact right behind it: "Rahmat Hidayat\n0813…"."""
    match = _HEADING.match(text, 0, first)
    if not match:
        return
    between = text[match.end() : first]
    label = ""
    if first > match.end() + 6 or "\n" in between:
        label = between.strip(" :.\n|-").lower()
        if not label or not all(lexicon().label(word.strip(".:")) for word in label.split()[:3]):
            return
    is_line = "\n" in match.group()
    for name in named_at(text, match.start("name"), rule="name-form", may_be_small=False):
        is_titled = name.start > match.start("name")
        is_ended = is_line or (not is_titled and (label or _ENDS_CONTACT.match(text, _end_of(taken, first))))
        if name.end == match.end("name") and is_known(name.value) and is_ended:
            yield name


# "Marcus, 9123 4567 never picks up" complains of him.
_ENDS_CONTACT = re.compile(r"[)>]?[ \t]*(?:\Z|[\n|,;/.(])")


def _end_of(taken: list[Found], start: int) -> int:
    return next(one.end for one in taken if one.start == start)


_ENDS = re.compile(r"[ \t]*(?:\)|[.!]?\s*\Z|\n|[ \t][-–|][ \t]|,[ \t]*(?:saya sendiri|it'?s me|that'?s me|myself)\b)")
_OPENING = frozenset("<(|-–")
_BEHIND = re.compile(r"[ \t]*\([ \t]*")
_BEFORE = re.compile(r"(?:\A|\n|[.!?>;:|]\s)[ \t]*(?P<name>[^\n\d:@<>|;]{2,40}?)[ \t]*(?:[<(|]|[-–][ \t]*)[ \t]*\Z")


def _beside(text: str, one: Found) -> Iterator[Found]:
    """A known name right behind a contact, or before it at the start of a line: "0812… (Rina)", "Rina <rina@…>"."""
    behind = _BEHIND.match(text, one.end)
    if behind:
        for name in named_at(text, behind.end(), rule="name-form", may_be_small=False):
            if is_known(name.value) and _ENDS.match(text, name.end) and not text[: one.start].strip(" +\n"):
                yield name
    match = _BEFORE.search(text, max(0, one.start - _LONGEST_SIGNATURE), one.start)
    if match:
        for name in named_at(text, match.start("name"), rule="name-form", may_be_small=False):
            has_title = name.start > match.start("name")
            is_named = is_known(name.value) or (has_title and is_syllable(name.value))
            is_own = _ENDS_CONTACT.match(text, one.end) and _is_own(text, one)
            if name.end == match.end("name") and is_named and is_own:
                yield name


def _is_own(text: str, one: Found) -> bool:
    """Whether nobody else is spoken of before the contact, and no account."""
    before = text[max(0, one.start - _LONGEST_SIGNATURE) : one.start]
    return not _of_another().search(before) and not _has_account(before)


@cache
def _of_another() -> re.Pattern[str]:
    return re.compile(f"(?<![{LETTER}])(?:{alternatives(words_of('name', 'others'))})(?![{LETTER}])", re.IGNORECASE)
