"""The first look at Thai and Chinese, whose words stand anywhere: few tell anything, and most texts have none."""

from chalicelib.capture.extraction import names_spaceless
from chalicelib.capture.extraction.cues import ADDRESS, AFTER_THAI, NAME, NOTHING, NUMBERS, Unspaced

_SHORTEST_NUMBER = 20  # letters of nine digits said in Thai


def signs_of_thai(text: str, words: Unspaced) -> int:
    """What a text of nothing but Thai could give."""
    signs = NUMBERS if len(text) >= _SHORTEST_NUMBER and words.number.search(text) else NOTHING
    if has_name_key(text) or (text[:2] in words.thai_beginnings and words.thai_formal.match(text)):
        is_key = words.thai_stating.search(text) is not None
        # A pronoun alone states none: "ผมสั่งไปเมื่อวาน", but "ผมสมชาย".
        if (is_key or words.thai_self.search(text) or words.thai_formal.match(text)) and _has_name(text, is_key=True):
            signs |= NAME
    return signs


def has_name_key(text: str) -> bool:
    """Whether a word for names or oneself stands in it. Written out, the quickest way; a test holds it to the table."""
    return (
        "ชื่อ" in text
        or "เรียก" in text
        or "เอง" in text
        or "ผม" in text
        or "หนู" in text
        or "นี่" in text
        or "ผู้" in text
        or "ดิฉัน" in text
        or "ดิชั้น" in text
    )


def signs_of_unspaced(text: str, first: str, words: Unspaced, *, has_figure: bool, has_latin: bool) -> int:
    """The same of a text with other characters, too. `first`: the first of its Thai or Chinese letters."""
    is_thai = first < AFTER_THAI
    key = (words.thai_name if is_thai else words.other_name).search(text)
    is_told = _has_name(text, is_key=key is not None) if key or is_thai else False
    signs = NAME if is_told else NOTHING
    if has_figure:
        is_number = words.digit.search(text) is not None
    elif is_thai:
        is_number = words.number.search(text) is not None
    else:
        is_number = words.is_said_in_chinese(text)
    if has_latin and words.at.search(text):
        signs |= ADDRESS
    return signs | NUMBERS if is_number else signs


def _has_name(text: str, *, is_key: bool) -> bool:
    return (is_key and names_spaceless.may_be_told(text)) or names_spaceless.may_be_alone(text)
