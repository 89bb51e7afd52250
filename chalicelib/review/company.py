"""A company's name as people write it: without its legal form, in any case, with or without accents.

`mark_company` puts COMPANY where the name stands, so that a rule can speak of it like of any other word.
"""

import re
import unicodedata
from collections.abc import Container
from typing import Final

from chalicelib.review.characters import KEPT_BELOW, as_shown
from chalicelib.review.document import normalise

COMPANY: Final = "\ue000"  # private use: normalised text holds none of its own

# Legal forms of the six markets as runs of words at the front or the end of a name.
_BEFORE: Final = (
    "pt", "cv", "ud", "firma", "perseroan terbatas", "syarikat",
    "công ty tnhh một thành viên", "công ty tnhh mtv", "công ty trách nhiệm hữu hạn", "công ty tnhh",
    "công ty cổ phần", "công ty cp", "ctcp", "công ty", "doanh nghiệp tư nhân", "hộ kinh doanh",
    "บริษัท", "ห้างหุ้นส่วนจำกัด", "ห้างหุ้นส่วน", "บจก", "บมจ", "หจก",
)  # fmt: skip
_AFTER: Final = (
    "tbk", "persero", "pte", "ltd", "limited", "private limited", "llp", "llc", "plt", "sdn", "bhd", "berhad",
    "sendirian berhad", "enterprise", "inc", "incorporated", "corp", "corporation", "co", "opc", "jsc", "จำกัด", "มหาชน",
)  # fmt: skip
# Where a company is named in full, whichever it is. Words like "limited" or "company" alone say nothing.
_LEGAL_NAME: Final = (
    r"(?<!\w)(?:pt|cv)\.? {1,2}(?=[^\W\d])|pte\.? {0,2}ltd|sdn\.? {0,2}bhd|(?<!\w)(?:inc|corp)\.|co\.?, {0,2}ltd"
    r"|cong ty (?:tnhh|co phan)|บริษัท.{1,60}จำกัด"
)


# The name in English beside the registered one: "บริษัท … จำกัด (Green Roof Co., Ltd.)".
TRANSLATED: Final = re.compile(r"(?<=\S)\s*\([^()]{2,80}(?:ltd|limited|inc|corp|jsc|company)\.?\s*\)", re.IGNORECASE)
NEXT_NAME: Final = re.compile(r"[ \t]{1,3}([A-Z][A-Za-z]{1,40})")


def fold(text: str) -> str:
    """Normalised text without Latin accents, character for character, so that a place here is a place there."""
    return text.translate(BARE)


def _bare(character: str) -> str:
    if character in "đĐ":  # the one letter of Vietnamese that does not decompose
        return "d"
    first = unicodedata.normalize("NFD", character)[0]
    return first if first.isascii() else character


class _Bare(dict[int, str]):
    """A character without its accents; kept for the scripts that have them."""

    def __missing__(self, code: int) -> str:
        bare = _bare(chr(code))
        if code < KEPT_BELOW:
            self[code] = bare
        return bare


BARE: Final = _Bare()

# Compared with folded text, so folded themselves: NFKC writes the Thai "จำกัด" with other characters.
FORMS_BEFORE: Final = tuple(sorted(map(fold, map(normalise, _BEFORE)), key=len, reverse=True))
FORMS_AFTER: Final = tuple(sorted(map(fold, map(normalise, _AFTER)), key=len, reverse=True))
LEGAL_NAME: Final = re.compile(unicodedata.normalize("NFKC", _LEGAL_NAME))


def company_words(name: str, ordinary: Container[str] = ()) -> tuple[str, ...]:
    """The words of a name without its legal form: "PT. Kopi Senja, Tbk" -> ("kopi", "senja").

    Where only `ordinary` words are left ("PT Data") the form belongs to the name; () where there is none either.
    """
    written = _words(normalise(TRANSLATED.sub(" ", name)))
    words = [fold(word) for word in written]
    whole = text = " ".join(words)
    bare = _without_form(text)
    while bare != text:
        text, bare = bare, _without_form(bare)
    accented = dict(zip(words, written, strict=True))  # "Nắng Mai" is not "nâng" and "mãi"
    if all(accented.get(word, word) in ordinary for word in text.split()):
        return tuple(words) if text and text != whole else ()
    return tuple(text.split())


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text).split()


def _without_form(text: str) -> str:
    for form in FORMS_BEFORE:
        if text.startswith(form) and (not form.isascii() or text[len(form) :][:1] in {"", " "}):
            return text[len(form) :].strip()
    for form in FORMS_AFTER:
        if text.endswith(form) and (not form.isascii() or text[: -len(form)][-1:] in {"", " "}):
            return text[: -len(form)].strip()
    return text


def name_pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Finds a name's words in folded text; None where there is no name to look for."""
    if not words:
        return None
    # Possessive: a mark above or below a letter is a gap to Python, and may be a word of the name. Given back one by
    # one, a name of marks alone would be tried in more ways than anyone can wait for.
    gap = r"[\W_]{1,3}+" if all(word.isascii() for word in words) else r"[\W_]{0,3}+"
    return re.compile(
        r"(?<![^\W_])" * words[0].isascii() + gap.join(map(re.escape, words)) + r"(?![^\W_])" * words[-1].isascii()
    )


def mark_company(text: str, pattern: re.Pattern[str] | None) -> str:
    """Normalised text with COMPANY in place of every mention of the name."""
    if pattern is None:
        return text
    parts = []
    position = 0
    for mention in pattern.finditer(fold(text)):
        parts.append(text[position : mention.start()])
        position = mention.end()
    return COMPANY.join([*parts, text[position:]])


def names_another_first(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether some other company is named in full before this one is: a policy introduces its own company first."""
    folded = fold(text)
    mention, other = pattern.search(folded), LEGAL_NAME.search(folded)
    if not mention or not other:
        return False
    own = {"", "mtv", "mot thanh vien"}  # what may stand between a company's own form and name
    return other.end() < mention.start() and folded[other.end() : mention.start()].strip(" .,\"'(") not in own


def stands_alone(raw: str, pattern: re.Pattern[str], ordinary: Container[str] = ()) -> bool:
    """Whether some mention ends where the name does: "PT Kopi Senja Nusantara" is no mention of PT Kopi Senja.

    In a text of capitals the next word is part of the name unless it is an `ordinary` one.
    A name of one word has to be written like a name, with a capital where no sentence begins: "Kopi" is also coffee.
    """
    text = fold(as_shown(raw))
    for mention in re.finditer(pattern.pattern, text, re.IGNORECASE):
        following = NEXT_NAME.match(text, mention.end())
        is_longer = following is not None and following[1].lower() not in FORMS_AFTER
        if following is not None and following[1].isupper() and following[1].lower() in ordinary:
            is_longer = False
        before = text[max(0, mention.start() - 3) : mention.start()].rstrip()
        is_word = mention[0].isalpha() and mention[0].isascii()
        if not is_longer and not (is_word and (mention[0].islower() or not before or before[-1] in ".!?*-#")):
            return True
    return False


def has_trace(text: str, words: tuple[str, ...]) -> bool:
    """Whether most of the name stands there, if only in an address: its words in any place, or two run together."""
    folded = fold(text)
    found = [
        word
        for word in words
        if re.search(rf"(?<![^\W_]){re.escape(word)}", folded) or (not word.isascii() and word in folded)
    ]
    return "".join(words[:2]) in folded or len(found) > len(words) / 2
