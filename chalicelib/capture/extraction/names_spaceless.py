"""Names given in Thai and Chinese, which put no space between a name and what follows it."""

import re
from collections.abc import Iterator

from chalicelib.capture.extraction import names_chinese, names_thai
from chalicelib.capture.extraction.contact import Found

_THAI = re.compile("[\u0e01-\u0e3a]")
_HAN = re.compile("[\u3400-\u9fff]")


def find_names(text: str, *, has_cue: bool) -> Iterator[Found]:
    """The names in a normalised text, in no order."""
    if _THAI.search(text):
        yield from names_thai.find_names(text, has_cue=has_cue)
    if has_cue and _HAN.search(text):
        yield from names_chinese.find_names(text)


def may_be_told(text: str) -> bool:
    """Whether a text with a word for names has one."""
    return next(find_names(text, has_cue=True), None) is not None


def may_be_alone(text: str) -> bool:
    """Whether a text without a word for names may have one at its beginning or end."""
    return names_thai.may_be_alone(text)
