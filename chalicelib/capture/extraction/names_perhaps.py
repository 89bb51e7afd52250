"""Names behind a cue that alone does not prove them: "saya Siti", but not "saya Pelanggan lama"."""

import re
from collections.abc import Iterator

from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.lexicon import lexicon
from chalicelib.capture.extraction.name_cues import FIRST_LETTERS, Cue, Cues, begins_clause
from chalicelib.capture.extraction.name_words import (
    LETTER,
    are_known,
    ends_name,
    has_surname,
    is_given,
    is_known,
    is_syllable,
    is_title,
    named_at,
)

_MOST_SYLLABLES = 3
_HERE = re.compile(r"\s+(?:nè|ne|đây|day)(?!\w)")


def find_perhaps(text: str, cue: Cue, known: Cues, *, has_contact: bool) -> Iterator[Found]:
    behind = _AFTER_UNSURE.match(text, cue.end)
    if not behind:
        return
    for name in named_at(text, behind.end(), rule="name-stated", may_be_small=True):
        if not begins_clause(text, cue.start, known):
            return
        words = name.value.split()
        if words[0].islower():
            is_from = cue.phrase in _I_AM and text.startswith(" from ", name.start + len(words[0]))
            is_here = is_syllable(words[0].title()) and _HERE.match(text, name.start + len(words[0])) is not None
            if not (is_given(words[0]) or _are_syllables(words) or is_from or is_here) or _is_asked(
                text, cue, name.end
            ):
                continue
            if not are_known(name.value) and not _are_syllables(words):
                name = name._replace(value=words[0], end=name.start + len(words[0]))  # noqa: PLW2901 - the first word
        if _is_followed_well(text, cue, text[behind.end() : name.end], name.end, has_contact=has_contact):
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
# "si Maria po ito diba?", "Ito po si Mario ang rider nyo"
_IS_CHECKED = re.compile(
    r"[^.!,\n?]{0,20}\b(?:ba|diba|di ba|noh)\b|[^.!,\n?]{0,8}\?|"
    r"\s+(?:ang|yung|ung)\s+\w+\s+(?:nyo|niyo|ninyo|namin|natin|ko)\b",
    re.IGNORECASE,
)
_PERSONAL_END = re.compile(
    r"\s+(?:po\s*(?:ulit\s*)?(?:ito|eto|to|2|'to|nga pala|[,.!]|$)|ito|to|'to|eto|ni|kini|ini|diay"
    r"|nga pala|ulit)(?!\w)",
    re.IGNORECASE,
)
# "em Bảo Ngọc, không chín…" is the writer as well, but not "chị Nga, …".
_PRONOUN_END = re.compile(
    r"\s+(?:đây|day|nè|ne|nek|la minh|là mình)(?!\w)(?! (?:này|là|phải|à|hả))|(?<=\w)\s*[,.]?\s*(?=\d|không |khong )",
    re.IGNORECASE,
)
_SELF = frozenset(
    (
        "tôi",
        "tui",
        "mình",
        "toi",
        "minh",
        "tớ",
        "mk",
        "em",
        "e",
    )
)
_WITH = re.compile(
    r"\s+(?:bên|ben) (?!quầy|shop|mình|em|bạn|tiệm|quán|kho|bộ phận|kỹ thuật|kế toán|sale|giao|"
    r"bảo hành|tư vấn)(?=[^A-ZĐ])"
)
_SELF_END = re.compile(
    r"\s*(?:[,.!\n(-]|\Z|(?:ở|đặt|dat|muốn|muon|cần|can|sđt|sdt|số|so|ạ|lớp|muốn|gửi|gui)\s)", re.IGNORECASE
)
_NEXT_WORD = re.compile(f"[\\s]+(?P<word>[{LETTER}]+)")


def _is_followed_well(text: str, cue: Cue, written: str, end: int, *, has_contact: bool) -> bool:
    """Whether what follows lets it be the writer's name: "saya Teguh dari Klaten", not "saya Indomie lover"."""
    if "pronouns" in cue.kinds:
        return _is_pronoun_of_writer(text, cue, written, end)
    if cue.phrase in _PERSONAL:
        is_this = _THIS_IS.search(text, max(0, cue.start - 8), cue.start) is not None
        is_said = is_this or _PERSONAL_END.match(text, end) is not None
        return is_said and _IS_CHECKED.match(text, end) is None
    if _is_asked(text, cue, end) or (cue.phrase.endswith(" si") and _IS_CHECKED.match(text, end)):
        return False
    if is_known(written) or has_surname(written):
        return cue.phrase not in _POINTING or _is_no_thing(text, cue, written, end)
    return _is_well_unknown(text, cue, written, end, has_contact=has_contact)


def _is_well_unknown(text: str, cue: Cue, written: str, end: int, *, has_contact: bool) -> bool:
    """The same of a name not known as one: titled, of Vietnamese syllables, or said so that it is no quality."""
    first = FIRST_LETTERS.match(written)
    if first is not None and is_title(first.group()) and first.end() < len(written):
        return is_syllable(written.rsplit(maxsplit=1)[-1]) or cue.phrase not in _NAME_KEYS
    if cue.phrase.endswith(_I_AM_IN_VIETNAMESE) and all(map(is_syllable, written.split())):
        return _ends_well(text, end)
    if cue.phrase in _NAME_KEYS or written.isupper():
        return False
    return _IS_FROM.match(text, end) is not None or (has_contact and _IS_CLAUSE.match(text, end) is not None)


# What only a person does: "I'm Annika from Sweden".
_IS_FROM = re.compile(r"\s+(?:from|dari|dr|saking|ti|taga|here|desu|yg|yang|who)\s+\w", re.IGNORECASE)
_IS_CLAUSE = re.compile(r"\s*(?:[,.!\n(]|\Z)|\s+(?:po|kak|ya|lah|la|here|btw|and)\b")
_I_AM_IN_VIETNAMESE = (" là", " la")
# "ini Indah banget", "it's Grace birthday", "dengan Kak Ayu tadi": said of a thing, or of somebody.
_OF_THINGS = frozenset(("bagus", "indah", "murni", "mulia", "asri", "ayu", "permata", "intan", "mutiara"))
_OF_OTHERS = re.compile(
    r"\s+(?:tadi|td|bisa|aja|bagian|dari bagian|admin|kan|ke yang|yang jual|yg jual)\b", re.IGNORECASE
)


def _is_no_thing(text: str, cue: Cue, written: str, end: int) -> bool:
    if written.lower() in _OF_THINGS or (cue.phrase in _WITH_SOMEBODY and _OF_OTHERS.match(text, end)):
        return False
    return _ends_well(text, end) and not (cue.phrase in _ITS and text.startswith((" who ", " that "), end))


_ITS = frozenset(("it's", "its", "it’s", "it is"))
_WITH_SOMEBODY = frozenset(("dengan", "dgn", "dg", "ini", "ni", "with"))


def _ends_well(text: str, end: int) -> bool:
    """Whether what follows is no part of what one is: not "I'm Team Blue", "saya Indomie lover"."""
    following = _NEXT_WORD.match(text, end)
    if following is None:
        return True
    word = following["word"]
    if word[0].isupper():  # "em là Trang Kế toán công ty"; not "this is Grace Po, …"
        return ends_name(word.lower()) and text[following.end() : following.end() + 1] == " "
    return ends_name(word) or lexicon().label(word) is not None


_GREETINGS = frozenset(("dạ", "da", "vâng", "vang", "alo", "chào shop", "shop ơi", "dạ chào shop", "hi shop"))
# "em An, 5 tuổi", "em Bông - chó poodle"
_OF_CHILD = re.compile(r"[ ,-]+(?:\d+ ?(?:tuổi|tháng|kg)|chó|mèo|bé)", re.IGNORECASE)


def _is_pronoun_of_writer(text: str, cue: Cue, written: str, end: int) -> bool:
    said = written.split()
    is_named = is_known(written) or all(map(is_syllable, said)) or _HERE.match(text, end) is not None
    if not is_named or _IS_CONFIRMED.match(text, end) or _OF_CHILD.match(text, end):
        return False
    is_first = not cue.start or text[: cue.start].lower().strip(" ,") in _GREETINGS
    if cue.phrase in ("tôi", "tui", "toi") and is_first:
        return True
    if cue.phrase in _SELF and is_first and _SELF_END.match(text, end):
        return True
    if cue.phrase in _SELF and _WITH.match(text, end):
        return True
    return _PRONOUN_END.match(text, end) is not None


def _is_asked(text: str, cue: Cue, end: int) -> bool:
    """Whether one asks for a person or a thing instead: "is this Jenny?", "ini Dana atau Ovo?"."""
    if _IS_CONFIRMED.match(text, end) or _OR.match(text, end):
        return True
    if cue.phrase not in _POINTING or _SAYS_MORE.match(text, end):
        return False
    return _QUESTION.match(text, end) is not None


_QUESTION = re.compile(r"[^.!,\n?]{0,80}\?|,? (?:right|kan|ya|correct|is it|diba) ?\?")
_OR = re.compile(r"\s+(?:or|atau|hay|hoặc)\s", re.IGNORECASE)
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
        "contact me",
        "find me",
        "look for me",
        "phom",
        "pom",
        "dichan",
    )
)
