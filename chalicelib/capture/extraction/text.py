"""One spelling for what can be typed in many: full-width, Thai and keycap digits become 0-9, what is invisible goes.

A reading keeps the way back from each of its characters to the place where it was typed.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Zero-width and bidi characters, soft hyphens, variation selectors, tags, the keycap's frame: seen by nobody, and they
# cut digits apart. Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, and U+20E3.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
_IS_INVISIBLE = re.compile(f"[{_INVISIBLE}]")
# Digits NFKC leaves alone: the decimal ones but 0-9 (Thai), and those that are "digit" but not "decimal" (➊).
_NEEDS_WORK = re.compile(
    f"[{_INVISIBLE}\u1369-\u1371\u19da\u24f5-\u24ff\u2776-\u2793\U00010a40-\U00011fff]|(?![0-9])\\d"
)
# The frame and the selector behind a keycap digit belong to that digit: 8️⃣ is three code points and one key.
_OF_THE_KEYCAP = "\ufe0f\u20e3"
# "⑽" is four characters, "ﷺ" eighteen: what grows more than a bracketed number is left as typed, so that no text
# grows more than fourfold.
_LONGEST_EXPANSION = 4

_ACCENT = re.compile("[\u0300-\u036f]")

# Every character a digit or an "@" can come from. A test walks all of Unicode.
_DIGIT_OR_AT = re.compile(
    "[\\d@\u00b2\u00b3\u00b9\u00bc-\u00be\u1369-\u1371\u19da\u2070-\u209f\u2150-\u2189\u2460-\u24ff\u2776-\u2793"
    "\u3220-\u33ff\ufe6b\uff20\U00010a40-\U00010a43\U00010e60-\U00010e68\U00011052-\U0001105a\U0001f100-\U0001f10c]"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text normalised; starts[i] and ends[i] are where its i-th character was typed."""

    typed: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end], not empty, was typed."""
        return self.starts[start], self.ends[end - 1]


def has_digit_or_at(typed: str) -> bool:
    """False: no written number or address in it. One scan, for the many messages that hold nothing."""
    return _DIGIT_OR_AT.search(typed) is not None


def normalise(typed: str) -> Reading:
    """`typed` in one spelling. Letters keep their case; normalising the result again changes nothing."""
    if typed.isascii() or (unicodedata.is_normalized("NFKC", typed) and not _NEEDS_WORK.search(typed)):
        return Reading(typed, typed, range(len(typed)), range(1, len(typed) + 1))
    return _normalise_each(typed)


def _normalise_each(typed: str) -> Reading:
    """Character by character: composing neighbours too would need a map of clusters and finds no contact more."""
    written: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, character in enumerate(typed):
        plain = _plain(character)
        if not plain and ends and character in _OF_THE_KEYCAP and ends[-1] == place:
            ends[-1] = place + 1
        written.append(plain)
        starts.extend([place] * len(plain))
        ends.extend([place + 1] * len(plain))
    return Reading(typed, "".join(written), starts, ends)


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if _IS_INVISIBLE.match(character):
        return ""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) <= _LONGEST_EXPANSION else character


def fold(text: str) -> str:
    """Lower case without accents, for comparing words: "Số tài khoản" and "so tai khoan" are one.

    Thai keeps its vowel signs and tones: without them "คู่" (pair) is the beginning of "ค่ะ" (polite).
    """
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("đ", "d"))
    return _ACCENT.sub("", decomposed)
