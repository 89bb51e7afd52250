"""Names said before their cue: "Mei Fong here", "Kaye po ako", "Trọng bên nội thất đây"."""

import re
from collections.abc import Iterator

from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.name_cues import BETWEEN_CUE, Cue, Cues, begins_clause
from chalicelib.capture.extraction.name_words import (
    LETTER,
    UPPER,
    ends_name,
    is_given,
    is_known,
    is_syllable,
    is_title,
    named_at,
)

_NAME_BACKWARDS = re.compile(
    f"(?:(?<=\\s)|^|(?<=[,.!?(\"~]))(?P<name>(?:[{UPPER}][{LETTER}'’.-]*)(?: [{UPPER}][{LETTER}'’-]*){{0,3}})\\Z"
)


def find_booked(text: str, cue: Cue) -> Iterator[Found]:
    """The name something is booked under, where it is said to be the writer's: "atas nama Rina, saya sendiri"."""
    start = BETWEEN_CUE.match(text, cue.end)
    for name in named_at(text, start.end() if start else cue.end, rule="name-stated", may_be_small=False):
        if _IS_ME.match(text, name.end):
            yield name


_IS_ME = re.compile(
    r"[ ,(-]+(?:(?:ya|kak|po|nha|ye|pls|please|ok|thanks)[ ,(]+)?(?:(?:itu|that'?s|thats|ako|la|là)\s+)?"
    r"(?:saya|aku|sy|gue|me|myself|mine|ako|em|mình|minh|(?:po )?(?:yung|ung|ang) (?:name|pangalan) ko)\b",
    re.IGNORECASE,
)


def find_before(text: str, end: int, cue: Cue, known: Cues) -> Iterator[Found]:
    """The name said before its cue: "Mei Fong here", "Kaye po ako"; a weak cue needs a known name: "Melati nih"."""
    word = text[text.rfind(" ", 0, end) + 1 : end]
    is_small = word[:1].islower() and word.rpartition("\n")[2].islower()
    match = None if is_small else _NAME_BACKWARDS.search(text, max(0, end - 60), end)
    if cue.phrase in _FAR_HERE or cue.phrase in _FROM_HERE:
        yield from _far_before(text, cue)
    if not match:
        yield from _small_before(text, end)
    elif _may_be_before(text, match.start("name"), cue, known):
        yield from _between(text, match.start("name"), end, cue)
        # "Hi Denise here": the first word greets.
        greeting = match["name"].partition(" ")[0]
        lower = greeting.lower()
        if lower in known.openers and lower not in _CALLING_UP and not is_title(greeting):
            yield from _between(text, match.start("name") + len(greeting) + 1, end, cue)


# "Halo Dewi sini": calls somebody, where "Hi Denise here" tells who it is.
_CALLING_UP = frozenset(("halo", "hallo", "hai"))


def _may_be_before(text: str, start: int, cue: Cue, known: Cues) -> bool:
    """Whether it is of the writer that the cue speaks: at the beginning of a clause, and of nobody who is greeted."""
    is_bracketed = "unsure" in cue.kinds and text[cue.start - 1 : cue.start] == "("
    if is_bracketed or cue.phrase.startswith(_ITS_ME):
        return True
    if _ASKED.match(text, cue.end) or not _continues_well(text, cue):
        return False
    if not begins_clause(text, start, known) or not _is_polite(text, start, cue):
        return False
    if "here" in cue.kinds:
        return True
    if _ASKS.match(text, cue.end) or (cue.phrase == "po" and not _PO_ENDS.match(text, cue.end)):
        return False
    first = _IS_FIRST.search(text, max(0, start - 16), start)
    return first is not None and not _GREETS.search(first.group())


def _between(text: str, start: int, end: int, cue: Cue) -> Iterator[Found]:
    """The name that fills text[start:end]. "Parking here?", "Buntis po ako" name nobody: it is known, or titled."""
    for name in named_at(text, start, rule="name-stated", may_be_small=False):
        title = _TITLED.search(text, max(0, start - 16), start)
        has_title = name.start > start or (title is not None and is_title(title["word"]))
        is_said = cue.phrase in _HERE and (" " in name.value or _HERE_ENDS.match(text, cue.end) is not None)
        is_introduced = is_said or cue.phrase.endswith(_NAME_KO)
        is_strong = "here" in cue.kinds and not text.isupper() and (has_title or is_introduced)
        if name.end == end and (is_known(name.value) or is_strong):
            yield name


_ASKED = re.compile(r"\s*(?:po |ni )?(?:ba|ke|kah|diba|noh|right|ada)?\s*\?|\s+(?:ba|diba)\b", re.IGNORECASE)
_TALKS = re.compile(
    r"\W*\Z|\s*[^\w\s?]|\s*\n|\s+(?:from|again|ah|la|lah|leh|pls|please|po|btw|sir|bro|boss|bos|admin|and|with|room|unit|i|i'm|im|my|we|"
    r"can|may|could|want|need|just|still|the one|who|hp|wa|number|txt|text|dari|mau|nak|yg|yang|bang|kak|mas|"
    r"mbak|bli|min|tuan|ya|ye|nomor|no)\b|\s+\d",
    re.IGNORECASE,
)
_BY_THE_WAY = re.compile(r"\s*(?:[,.!\n(]|\Z)|\s+(?:po|from|taga|ito|ulit|\d)", re.IGNORECASE)
_PLACED = frozenset(("here", "speaking", "calling", "sini", "disini", "di sini", "kat sini", "dekat sini", "dkt sini"))
_THIS_IS_OF = re.compile(r"\s+(?:này|là|phải|à|hả|la)(?!\w)", re.IGNORECASE)


def _continues_well(text: str, cue: Cue) -> bool:
    """Whether what is behind the cue goes on as who spoke does: not "Jenny here is my address"."""
    if cue.phrase in _PLACED:
        return _TALKS.match(text, cue.end) is not None
    if cue.phrase == "nga pala":
        return _BY_THE_WAY.match(text, cue.end) is not None
    return not _THIS_IS_OF.match(text, cue.end)


_HERE = frozenset(("here", "speaking", "this side", "on the line"))
_NAME_KO = ("name ko", "pangalan ko", "name q", "is my name")
_HERE_ENDS = re.compile(r"\s*(?:[,.!:~\n-]|\Z)|\s+(?:from|again|ah|la|lah|pls|please|po)\b", re.IGNORECASE)
_TITLED = re.compile(f"(?P<word>[{LETTER}]+)\\.?\\s+\\Z")
_PO_ENDS = re.compile(r"\s*(?:[,.!\n]|\Z)|\s+(?:taga|from|nga pala|ulit|uli)\b")
# Behind a greeting it may be whom one writes to: "halo kak Dewi nih …".
_IS_FIRST = re.compile(
    f"(?:\\A|[.!?\\n]\\s*|(?:dạ|da|vâng|opo|oo|yes|yup)[ ,]+)(?:[{LETTER}]+\\.? )?\\Z", re.IGNORECASE
)
# "Alo anh ơi Tùng đây": who is called, and then who calls.
_CALLED_UP = re.compile(
    r"(?:(?:alo|a lô|ê|dạ|da) )?(?:anh|chị|em|shop|bạn|cô|chú|bác|ad|a|c)(?: chủ)? ơi ", re.IGNORECASE
)
_GREETS = re.compile(r"(?:hi|hello|halo|hai|hallo|hey|chào|alo|thanks|makasih|salamat)\b", re.IGNORECASE)
# "ask for Nyoman, that's me": whatever is before.
_ITS_ME = ("that", "itu ", "la ", "là ", "saya sendiri", "aku sendiri", "ako yan", "ako yun", "ako po y")
_AGREED = re.compile(r"(?:Dạ|Da|Vâng|Vang)[ ,]")
_AGREES = re.compile(r"(?:^|[\s,.])(?:dạ|da|vâng|vang)[ ,]+\Z", re.IGNORECASE)


def _is_polite(text: str, start: int, cue: Cue) -> bool:
    """Whether "ạ" is of who speaks: "Dạ Diễm Phúc ạ"; "Hương ạ" alone may call somebody."""
    if cue.phrase != "ạ" or _AGREES.search(text, max(0, start - 8), start):
        return True
    return _AGREED.match(text, start) is not None


# "Anil from Kalyan Logistics here": who one is with.
_FROM_HERE = frozenset(("here", "speaking", "calling", "po ito", "po 'to"))
_FROM = ("from ", "of ", "dari ", "taga", "ng ")
_FAR_HERE = frozenset(("đây", "day", "nè", "ne", "đây ạ", "đây em", "đây shop"))
_CLAUSE = re.compile(f"(?:\\A|[,.!?\\n]\\s?)\\s*(?P<clause>(?:[{LETTER}]+ ){{1,9}})\\Z")
_PLACE = re.compile(r"(?:ở|tại|qua|lại|vào|dưới|trên|gần|bên|xuống|tới|đến|sau|từ|o|tai|gì|sao|nào) \Z", re.IGNORECASE)


def _far_before(text: str, cue: Cue) -> Iterator[Found]:
    """A name at the beginning of the clause its cue ends, with what one is: "Trọng bên nội thất đây"."""
    match = _CLAUSE.search(text, max(0, cue.start - 60), cue.start)
    if not match or _PLACE.search(match["clause"]) or _ASKS.match(text, cue.end):
        return
    called = _CALLED_UP.match(text, match.start("clause"))
    for name in named_at(
        text, called.end() if called else match.start("clause"), rule="name-stated", may_be_small=False
    ):
        rest = text[name.end : cue.start].strip()
        is_named = is_known(name.value) or all(map(is_syllable, name.value.split()))
        if cue.phrase in _FROM_HERE:
            if f"{rest} ".startswith(_FROM):
                yield name
        elif (
            is_named
            and (rest.islower() or not rest)
            and len(rest.split()) <= _MOST_OF_SELF
            and not _THIS_IS_OF.match(text, cue.end)
        ):
            yield name


_ASKS = re.compile(r"\s*(?:\?|phải|hả|à\b|đúng|ko|không)", re.IGNORECASE)
_MOST_OF_SELF = 4
_TAKES_SMALL = re.compile(r" (?:nè|ne|đây|day)\b")


def _is_small_syllable(text: str, match: re.Match[str], end: int) -> bool:
    name = match["name"]
    is_alone = match.start("name") == 0 and _TAKES_SMALL.match(text, end) is not None
    return is_alone and is_syllable(name.title()) and not ends_name(name.lower())


_SMALL_BACKWARDS = re.compile(
    f"(?:\\A|[\\n,.!?] ?)(?:(?:hi|hello|halo|po)[ ,]+)?(?P<name>[{LETTER}]{{3,16}})\\Z", re.IGNORECASE
)


def _small_before(text: str, end: int) -> Iterator[Found]:
    """A known name in small letters that is the whole clause: "rina here"."""
    match = _SMALL_BACKWARDS.search(text, max(0, end - 30), end)
    if match and (is_given(match["name"]) or _is_small_syllable(text, match, end)):
        yield Found("name", match["name"], match.start("name"), end, "name-stated")
