"""One spelling for what can be typed in many: full-width, Thai and keycap digits become 0-9, what is invisible goes.

A reading keeps the way back from each of its characters to the place where it was typed.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

# Zero-width and bidi characters, soft hyphens, variation selectors, tags, the keycap's frame: seen by nobody, and they
# cut digits apart. Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, and U+20E3.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
_IS_INVISIBLE = re.compile(f"[{_INVISIBLE}]")
# The digits of other scripts, and all that becomes a digit or an "@"; a test walks all of Unicode. Written out, because
# a set of ranges is searched ten times as fast as \d. Beyond U+FFFF they are cut out roughly: emoji are no digits.
OTHER_DIGITS = (
    "\u00b2\u00b3\u00b9\u00bc-\u00be\u0660-\u0669\u06f0-\u06f9\u07c0-\u07c9\u0966-\u096f\u09e6-\u09ef\u0a66-\u0a6f"
    "\u0ae6-\u0aef\u0b66-\u0b6f\u0be6-\u0bef\u0c66-\u0c6f\u0ce6-\u0cef\u0d66-\u0d6f\u0de6-\u0def\u0e50-\u0e59\u0ed0-\u0ed9"
    "\u0f20-\u0f29\u1040-\u1049\u1090-\u1099\u1369-\u1371\u17e0-\u17e9\u1810-\u1819\u1946-\u194f\u19d0-\u19da\u1a80-\u1a89"
    "\u1a90-\u1a99\u1b50-\u1b59\u1bb0-\u1bb9\u1c40-\u1c49\u1c50-\u1c59\u2070-\u2089\u2150-\u2189\u2460-\u249b\u24ea-\u24ff"
    "\u2776-\u2793\u3220-\u33ff\ua620-\ua629\ua8d0-\ua8d9\ua900-\ua909\ua9d0-\ua9d9\ua9f0-\ua9f9\uaa50-\uaa59\uabf0-\uabf9"
    "\ufe6b\uff10-\uff19\uff20\U00010000-\U0001f10c\U0001fbf0-\U0001fbf9"
)
_NEEDS_WORK = re.compile(f"[{_INVISIBLE}{OTHER_DIGITS}]")
# The frame and the selector behind a keycap digit belong to that digit: 8️⃣ is three code points and one key.
_OF_THE_KEYCAP = "\ufe0f\u20e3"
# "⑽" is four characters, "ﷺ" eighteen: what grows more than a bracketed number is left as typed, so that no text
# grows more than fourfold.
_LONGEST_EXPANSION = 4

_ACCENT = re.compile("[\u0300-\u036f]")


class Reading(NamedTuple):
    """A text normalised; starts[i] and ends[i] are where its i-th character was typed."""

    typed: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end], not empty, was typed."""
        return self.starts[start], self.ends[end - 1]


def normalise(typed: str) -> Reading:
    """`typed` in one spelling. Letters keep their case; normalising the result again changes nothing."""
    if typed.isascii() or (unicodedata.is_normalized("NFKC", typed) and not _NEEDS_WORK.search(typed)):
        return Reading(typed, typed, range(len(typed)), range(1, len(typed) + 1))
    return _normalise_each(typed)


def _normalise_each(typed: str) -> Reading:
    """Character by character: composing neighbours too would need a map of clusters and finds no contact more."""
    written = list(map(_plain, typed))
    if set(map(len, written)) == {1}:
        return Reading(typed, "".join(written), range(len(typed)), range(1, len(typed) + 1))
    starts: list[int] = []
    ends: list[int] = []
    for place, character in enumerate(typed):
        plain = written[place]
        if not plain and ends and character in _OF_THE_KEYCAP and ends[-1] == place:
            ends[-1] = place + 1
        for _ in plain:
            starts.append(place)
            ends.append(place + 1)
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


def composed(text: str) -> str:
    """Letters with their marks as one character each, as the tables have them: some keyboards type them as two."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
