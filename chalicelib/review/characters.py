"""What of a text its readers see, character by character, and which texts are made of what nobody does.

The tables fill themselves as characters come, so that a text is looked at by `str.translate` rather than by a loop.
"""

import re
import unicodedata
from typing import Final

UNSEEN: Final = frozenset(("Cf", "Co"))  # zero-width, soft hyphen, direction; private use
KEPT_BELOW: Final = 0x3000  # characters whose answer is kept: those of the scripts we meet
MAX_MARKS: Final = 8  # on one letter; Thai and Vietnamese need two, and sorting a long run takes its square
MAX_UNSEEN: Final = 0.5  # to what is seen; Thai pages put a zero-width space between words

# Two of Katakana's marks are letters to Python, and marks once normalised.
MARKED: Final = re.compile(rf"(?:[^\w\s\x00-\x7f]|[\uff9e\uff9f]){{{MAX_MARKS + 1},}}+")
MARKS: Final = re.compile(f"M{{{MAX_MARKS + 1}}}")
# Overrides of direction, which no language here needs, and letters in the tags of a flag: another text is shown.
DISGUISED: Final = re.compile("[\u202d\u202e]|[\U000e0020-\U000e007e]{8}")


class _Seen(dict[int, int | None]):
    """A character's code as it is, or None where no reader sees it."""

    def __missing__(self, code: int) -> int | None:
        seen = None if unicodedata.category(chr(code)) in UNSEEN else code
        if code < KEPT_BELOW:
            self[code] = seen
        return seen


SEEN: Final = _Seen()


def as_shown(text: str) -> str:
    """Text in NFKC without what no reader sees (zero-width, soft hyphen) and without private-use characters."""
    return unicodedata.normalize("NFKC", text).translate(SEEN)


def why_unreadable(text: str, limit: int) -> str | None:
    """Why a text of these characters is for a person to read, as a code, or None. `limit` holds for it unfolded."""
    if text.isascii():
        return None
    if DISGUISED.search(text):
        return "hidden_text"
    if any(map(_is_heaped, MARKED.findall(text))):  # before it is normalised
        return "unreadable_document"
    unfolded = unicodedata.normalize("NFKC", text)
    if len(unfolded) > limit:  # one character may stand for eighteen
        return "text_too_long"
    shown = len(unfolded.translate(SEEN))
    return "hidden_text" if len(unfolded) - shown > MAX_UNSEEN * shown else None


def _is_heaped(run: str) -> bool:
    seen = (character for character in run if unicodedata.category(character) not in UNSEEN)
    return MARKS.search("".join("M" if _is_mark(character) else "-" for character in seen)) is not None


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or character in "\uff9e\uff9f"


def is_thai(letter: str) -> bool:
    return "\u0e00" <= letter <= "\u0e7f"
