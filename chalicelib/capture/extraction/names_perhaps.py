"""Names behind a cue that alone does not prove them: "saya Siti", but not "saya Pelanggan lama"."""

import re
from collections.abc import Iterator

from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.lexicon import lexicon
from chalicelib.capture.extraction.name_cues import FIRST_LETTERS, Cue, Cues, begins_clause
from chalicelib.capture.extraction.name_words import (
    LETTER,
    ends_name,
    is_given,
    is_known,
    is_syllable,
    is_title,
    named_at,
)

_MOST_SYLLABLES = 3


def find_perhaps(text: str, cue: Cue, known: Cues) -> Iterator[Found]:
    behind = _AFTER_UNSURE.match(text, cue.end)
    if not behind or not begins_clause(text, cue.start, known):
        return
    for name in named_at(text, behind.end(), rule="name-stated", may_be_small=True):
        words = name.value.split()
        if words[0].islower():
            is_from = cue.phrase in _I_AM and text.startswith(" from ", name.start + len(words[0]))
            if not (is_given(words[0]) or _are_syllables(words) or is_from) or _is_asked(text, cue, name.end):
                continue
            if not all(map(is_given, words)) and not _are_syllables(words):
                name = name._replace(value=words[0], end=name.start + len(words[0]))  # noqa: PLW2901 - the first word
        if _is_followed_well(text, cue, text[behind.end() : name.end], name.end):
            yield name


def _are_syllables(words: list[str]) -> bool:
    """Whether small words are a name of two or three syllables: "its jia hui"."""
    return 1 < len(words) <= _MOST_SYLLABLES and all(
        is_syllable(word.title()) and not ends_name(word) for word in words
    )


# "Anh Đức bên giao hàng đây phải không ạ"
_IS_CONFIRMED = re.compile(
    r"[^.!,\n?]{0,40}(?:phải (?:không|ko|hông)|phai (?:khong|ko)|hả\b|đúng không)", re.IGNORECASE
)
_I_AM = frozenset(("im", "i'm", "i am", "i’m", "this is"))
_AFTER_UNSURE = re.compile(
    r"(?:,?\s+|,|\s*[:=]\s*)(?:(?:adalah|ialah|po|kak|nih|nga pala|nga po|is)\s+)?(?:si\s+)?", re.IGNORECASE
)


# The article of any person, so only where nothing is said of them: "Si Rowena po ito", not "si Sir Allan pa rin po ba".
_PERSONAL = frozenset(("si", "c"))
_THIS_IS = re.compile(r"\b(?:i?to|eto|'to|ako),?\s+\Z", re.IGNORECASE)
_PERSONAL_END = re.compile(
    r"\s+(?:po\s*(?:ulit\s*)?(?:ito|eto|to|2|'to|nga pala|[,.!]|$)|ito|to|'to|eto|ni|kini|ini|diay"
    r"|nga pala|ulit)(?!\w)",
    re.IGNORECASE,
)
# "em Bảo Ngọc, không chín…" is the writer as well, but not "chị Nga, …".
_PRONOUN_END = re.compile(
    r"\s+(?:đây|day|nè|ne|nek|bên|ben|la minh|là mình)(?!\w)|(?<=\w)\s*[,.]?\s*(?=\d|không |khong )", re.IGNORECASE
)
_SELF = frozenset(("tôi", "tui", "mình", "toi", "minh", "tớ", "mk", "em", "e", "con", "cháu", "chau"))
_SELF_END = re.compile(
    r"\s*(?:[,.!\n(-]|\Z|(?:ở|đặt|dat|muốn|muon|cần|can|sđt|sdt|số|so|ạ|lớp|muốn|gửi|gui)\s)", re.IGNORECASE
)
_NEXT_WORD = re.compile(f"[\\s]+(?P<word>[{LETTER}]+)")


def _is_followed_well(text: str, cue: Cue, written: str, end: int) -> bool:
    """Whether what follows lets it be the writer's name: "saya Teguh dari Klaten", not "saya Indomie lover"."""
    if "pronouns" in cue.kinds:
        return _is_pronoun_of_writer(text, cue, end)
    if cue.phrase in _PERSONAL:
        is_this = _THIS_IS.search(text, max(0, cue.start - 8), cue.start) is not None
        return is_this or _PERSONAL_END.match(text, end) is not None
    if _is_asked(text, cue, end):
        return False
    if is_known(written):
        return True
    first = FIRST_LETTERS.match(written)
    has_title = first is not None and is_title(first.group())
    if cue.phrase in _NAME_KEYS or cue.phrase in _POINTING:
        return has_title
    return not (written.isupper() and (len(written) <= _LONGEST_SHORT or text.isupper())) and _ends_well(text, end)


_LONGEST_SHORT = 3  # letters: "I'm PWD"


def _ends_well(text: str, end: int) -> bool:
    """Whether what follows is no part of what one is: not "I'm Team Blue", "saya Indomie lover"."""
    following = _NEXT_WORD.match(text, end)
    if following is None:
        return True
    word = following["word"]
    return not word[0].isupper() and (ends_name(word) or lexicon().label(word) is not None)


def _is_pronoun_of_writer(text: str, cue: Cue, end: int) -> bool:
    if _IS_CONFIRMED.match(text, end):
        return False
    if cue.phrase in ("tôi", "tui", "toi") and not cue.start:
        return True
    if cue.phrase in _SELF and not cue.start and _SELF_END.match(text, end):
        return True
    return _PRONOUN_END.match(text, end) is not None


def _is_asked(text: str, cue: Cue, end: int) -> bool:
    """Whether one asks for a person or a thing instead: "is this Jenny?", "ini Dana atau Ovo?"."""
    if cue.phrase not in _POINTING or _SAYS_MORE.match(text, end):
        return False
    return _QUESTION.match(text, end) is not None


_QUESTION = re.compile(r"[^.!,\n?]{0,80}\?")
# "ini Dewi yg kemarin, jadi …?" has said who it is.
_SAYS_MORE = re.compile(r"\s+(?:from|dari|dr|yg|yang|who|taga|di|kat|here|ở|bên|của)\s", re.IGNORECASE)
# Points at a thing as well: "ini Dana atau Ovo?".
_POINTING = frozenset(
    (
        "ini",
        "ni",
        "iki",
        "this is",
        "its",
        "it's",
        "it’s",
        "dengan",
        "dgn",
        "dg",
        "it is",
        "đây là",
        "day la",
        "si",
        "with",
    )
)
# Need a known name.
_NAME_KEYS = frozenset(
    (
        "nama",
        "name",
        "tên",
        "ten",
        "pangalan",
        "i",
        "me",
        "am",
        "ako",
        "with",
        "beta",
        "aing",
        "gua",
        "urang",
        "kuring",
        "awak",
        "tiang",
        "ambo",
        "kite",
        "phom",
        "pom",
        "dichan",
    )
)
