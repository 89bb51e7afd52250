"""The first look at a message: what it could hold at all. Most hold nothing, and are left after one microsecond.

Three steps, each for fewer messages. Is there anything but small letters, with one capital at most at the beginning?
Is one of its words worth a look? Only then the closer looks: gate_words.py at words, gate_unspaced.py at Thai and
Chinese.
"""

import re

from chalicelib.capture.extraction.cues import (
    ADDRESS,
    DIGIT,
    FIRST,
    GIVEN,
    NAME,
    NOTHING,
    NUMBERS,
    SIGNS,
    TELLING,
    Cues,
)
from chalicelib.capture.extraction.gate_unspaced import signs_of_thai, signs_of_unspaced
from chalicelib.capture.extraction.gate_words import (
    GLUED,
    MOST_OF_NAME,
    has_bracket,
    is_given_beside,
    is_glued,
    is_named_first,
    may_be_number,
    signs_of_words,
)
from chalicelib.capture.extraction.labels import ends_with_account
from chalicelib.capture.extraction.lexicon import SPACELESS
from chalicelib.capture.extraction.text import OTHER_DIGITS, composed

__all__ = ["ADDRESS", "NAME", "NOTHING", "NUMBERS", "SIGNS", "has_digit_or_at", "is_possible_part", "signs_of"]

# UTF-8 byte by byte, by bytes.translate, the fastest there is. Between words a space; letters stay, with their case. A
# sign (a digit, "@", a bracket, a new line), and the first byte of all that is no Latin letter become one capital
# letter, so that bytes.islower answers for both: whether there is a sign, or a capital letter.
_SIGN = ord("Q")
_SIGNS = b"0123456789@([{\n"
_LATIN_LEADS = b"\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xcc\xe1"  # 1EA0-1EFF, of Vietnamese, begin with E1


def _table(signs: int, others: int) -> bytes:
    """The translation table; `others` stands for the first byte of characters that are no Latin letters."""
    table = bytearray(b" " * 256)
    for byte in range(256):
        if byte in _SIGNS:
            table[byte] = signs
        elif byte >= 0xC0 and byte not in _LATIN_LEADS:
            table[byte] = others
        elif byte >= 0x80 or chr(byte).isalpha() or chr(byte) == "'":
            table[byte] = byte
    return bytes(table)


_FOLDED, _FOLDED_WITHOUT_SIGNS = _table(_SIGN, _SIGN), _table(ord(" "), ord(" "))
# Another script, or the only capital letter beyond ASCII that many names begin with.
_BEYOND_LATIN = re.compile("[^\0-\u010f\u0111-\u024f\u0300-\u036f\u1e00-\u1eff]")
_MOST_GLUED = 4  # words: a message of more is long enough to be told by one of them
_loaded: list[Cues] = []
_plain: list[frozenset[bytes]] = []


def _cues() -> Cues:
    if not _loaded:
        _loaded.append(Cues())
        _plain.append(_loaded[0].plain)
    return _loaded[0]


def signs_of(text: str) -> int:
    """What the text could give a contact by; NOTHING for most, and quickly."""
    try:
        folded = text.encode().translate(_FOLDED)
        if folded.islower() or (folded[1:].islower() and folded[0] != _SIGN):
            words = folded.split()
            is_told = not _plain[0].isdisjoint(words) or (
                len(words) <= _MOST_GLUED and len(text) >= GLUED and is_glued(text)
            )
            if text.isascii():
                return _signs_of_plain(text, words, _loaded[0]) if is_told else NOTHING
            if not is_told and not _BEYOND_LATIN.search(text):
                return NOTHING
    except IndexError:  # the first message: no words are read yet
        _cues()
        return signs_of(text)
    except UnicodeEncodeError:  # half of an emoji
        return signs_of(text.encode("utf-8", "replace").decode())
    return _signs_of_marked(text, folded, _cues())


def _signs_of_plain(text: str, words: list[bytes], cues: Cues) -> int:
    """Of a text without signs, and without capital letters but its first: is there more than one such word?"""
    kinds = NOTHING
    telling = cues.plain.intersection(words)
    for word in telling:
        kinds |= cues.kind_by_word[word]
    is_told = (
        kinds & TELLING
        or (kinds & DIGIT and may_be_number(words, cues))
        or (kinds & GIVEN and is_given_beside(words, telling, cues))
        or is_glued(text)
    )
    if is_told:
        lower = text.lower()
        return signs_of_words(text, lower, _WORD.findall(composed(lower)), cues, has_figure=False)
    if not kinds & FIRST:
        return NOTHING
    if not cues.known_first.isdisjoint(words[1:]):  # "Ánh": no letter of ASCII is a capital one
        return _signs_of_capitals(text, words, cues)
    return NAME if is_named_first(words, cues) else NOTHING


# Any character but those of Latin chat, and also of Thai and Chinese: searched for at half the cost of the long lists.
_LATIN_CHAT = (
    "\0-'*-/:-?A-Z\\\\\\]-z|}~\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff"
    "\u2010-\u203a\u2600-\u2775\ufe0f\U0001f300-\U0001faff"
)
_ODD = re.compile(f"[^{_LATIN_CHAT}]")
_NOT_THAI = re.compile("[^\u0e00-\u0e4f ,.!?…\U0001f300-\U0001faff]")
_CAPITAL_D = " Đ".encode()
_SINGLE_CAPITAL = re.compile(b"(?<![A-Za-z'\x80-\xff])[A-Z](?![A-Za-z\x80-\xff])")


def _signs_of_marked(text: str, folded: bytes, cues: Cues) -> int:
    """The same of the others: with telling words, signs, capital letters, faces, or in other scripts."""
    if not text.isascii():
        if _NOT_THAI.search(text) is None:
            return signs_of_thai(text, cues.unspaced)
        if _ODD.search(text) is not None:
            return _signs_beside_signs(text, cues)
    elif _SIGN in folded and _ODD.search(text) is not None:
        return _signs_beside_ascii(text, cues)
    if _SIGN in folded:
        folded = text.encode().translate(_FOLDED_WITHOUT_SIGNS)
    if not folded[1:].islower():
        folded = _SINGLE_CAPITAL.sub(_in_small, folded)  # "I", "size M"
    words = folded.split()
    if not folded[1:].islower() or "\n" in text or (not text.isascii() and folded.find(_CAPITAL_D) >= 0):
        return _signs_of_capitals(text, words, cues)
    return NOTHING if cues.plain.isdisjoint(words) and not is_glued(text) else _signs_of_plain(text, words, cues)


def _in_small(match: re.Match[bytes]) -> bytes:
    return match.group().lower()


def _signs_of_capitals(text: str, typed: list[bytes], cues: Cues) -> int:
    """Of a text without signs, but with capital letters or several lines: a name among them?"""
    lower = text.lower()
    words = lower.encode().translate(_FOLDED_WITHOUT_SIGNS).split()
    may_be_alone = len(words) <= MOST_OF_NAME and words and words[0] in cues.alone_small
    is_short = (may_be_alone or "\n" in text) and not cues.known_typed.isdisjoint(typed)
    is_worth = not cues.mixed_plain.isdisjoint(words) or is_glued(text)
    has_dash = "- " in text or "~ " in text or "– " in text or "— " in text
    if not is_worth and not has_dash:
        return NAME if is_short else NOTHING
    return signs_of_words(text, lower, _WORD.findall(composed(lower)), cues, has_figure=False)


_DIGIT_OR_AT = re.compile(f"[0-9@{OTHER_DIGITS}]")
_ODD_IN_UNSEGMENTED = re.compile(f"[^{_LATIN_CHAT}\u0e00-\u0e4f\u3400-\u9fff\u3001\u3002\uff01\uff0c\uff1f]")
_UNSEGMENTED = re.compile(f"[{SPACELESS}]")
_LATIN_LETTER = re.compile("[A-Za-z]")
_WORD = re.compile("[a-z\u00df-\u024f\u0300-\u036f\u1e00-\u1eff]+(?:['’][a-z]+)?|[~–—-](?= )")
_FIGURE_OR_AT = re.compile("[0-9@]")
# Letters typed for digits are never more than two in three.
_FEWEST_FIGURES = 3
_NO_FIGURES = bytes(set(range(256)) - set(b"0123456789"))


def has_digit_or_at(text: str) -> bool:
    """Whether a digit or an "@" of any script is in it."""
    return _DIGIT_OR_AT.search(text) is not None


def _signs_beside_ascii(text: str, cues: Cues) -> int:
    """Of ASCII with a digit, an "@" or a bracket."""
    is_worth = "@" in text or "|" in text or len(text.encode().translate(None, _NO_FIGURES)) >= _FEWEST_FIGURES
    if not is_worth and not has_bracket(text) and not _may_tell_beside(text, cues):
        return NOTHING
    lower = text.lower()
    words = lower.encode().translate(_FOLDED_WITHOUT_SIGNS).decode().split()
    if "- " in text or "~ " in text:
        words.append("-")
    has_figure = _FIGURE_OR_AT.search(text) is not None
    return (SIGNS if is_worth else NOTHING) | signs_of_words(text, lower, words, cues, has_figure=has_figure)


def _may_tell_beside(text: str, cues: Cues) -> bool:
    """Whether the words tell anything beside a figure or two, too few for a number: "ada 2 warna", "size 38"."""
    plain = text.encode().translate(_FOLDED_WITHOUT_SIGNS)
    words = plain.split()
    return (
        not plain[1:].islower()
        or not cues.plain.isdisjoint(words)
        or not cues.form_small.isdisjoint(words)
        or may_be_number(words, cues)
        or cues.mixed.search(text) is not None
        or is_glued(text)
    )


def _signs_beside_signs(text: str, cues: Cues) -> int:
    """Of any other text: in several scripts, or with signs beside letters beyond ASCII."""
    odd = _ODD_IN_UNSEGMENTED.search(text)
    has_figure = odd is not None and _DIGIT_OR_AT.search(text, odd.start()) is not None
    has_latin = _LATIN_LETTER.search(text) is not None
    unsegmented = _UNSEGMENTED.search(text)
    signs = SIGNS if has_figure or has_bracket(text) else NOTHING
    if unsegmented:
        first = unsegmented.group()
        signs |= signs_of_unspaced(text, first, cues.unspaced, has_figure=has_figure, has_latin=has_latin)
    if not has_latin:
        return signs
    lower = text.lower()
    return signs | signs_of_words(text, lower, _WORD.findall(composed(lower)), cues, has_figure=has_figure)


# A dotted or underscored word may be the beginning of an address ("nguyen.hoa"), ".com" alone its end.
_ADDRESS_SHAPE = re.compile(r"[a-z0-9][._][a-z]|\.[a-z]{2,}", re.IGNORECASE)


def is_possible_part(text: str) -> bool:
    """Whether this message could be, or hold, a part of a contact, or change what others say together.

    A thread is read from such messages alone. True for every message that gives a contact, too; False for chat without
    digit, "@", words for them and anything like an address.
    """
    if has_digit_or_at(text) or signs_of(text) & ~SIGNS:
        return True
    cues = _cues()
    words = text.lower().split()
    plain = [word.strip(",:.;!?") for word in words]
    if not cues.part.isdisjoint(plain):
        return True
    numbers = sum(word in cues.numbers for word in plain)
    if numbers and (numbers > 1 or len(words) <= 2):
        return True
    if ("." in text or "_" in text) and _ADDRESS_SHAPE.search(text):
        return True
    if not text.isascii() and (cues.unspaced.part.search(text) or len(cues.unspaced.digit.findall(text)) > 1):
        return True
    return ends_with_account(text, plain)
