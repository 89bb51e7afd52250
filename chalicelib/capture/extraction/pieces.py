"""Pieces: what stands at the end of one message, or at the beginning of the next, and could be a part of a contact."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.capture.extraction import guards
from chalicelib.capture.extraction.text import Reading, fold, has_digit_or_at

if TYPE_CHECKING:
    from chalicelib.capture.extraction.contact import Found

# Words that make a message without digits and without "@" matter: an address may go on before or behind it. A dotted
# or underscored word may be the beginning of one ("nguyen.hoa"), ".com" alone its end.
_ADDRESS_WORD = re.compile(
    r"e-?mail|e-?mel(?![a-z])|(?<![a-z])mail|gmail|yahoo|hotmail|outlook|icloud|"
    + fold("อีเมล|เมล|邮箱|郵箱|电邮|電郵|邮件")
)
_ADDRESS_SHAPE = re.compile(r"[a-z0-9][._][a-z]|\.[a-z]{2,}|(?<![a-z])(?:com|net|org)(?![a-z])", re.IGNORECASE)
_SPACE = " \t\n\r.,…-"

# Digits with at most two separators between them; not in a word, an address, a link or a longer amount. 17 digits are
# two more than any number has (ITU E.164).
_DIGITS = r"\d(?:[ .()~*-]{0,2}\d){0,16}"
_LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_TAIL_REACH = 64
_DIGITS_AT_END = re.compile(rf"(?<![{_LATIN}\d@/#=_.,:%+-])\+?\(?{_DIGITS}\Z")
_DIGITS_AT_START = re.compile(rf"(?>{_DIGITS})(?![ .()~*-]{{0,2}}\d|[,:/]\d|[{_LATIN}@%_])")

_ADDRESS_RUN = "A-Za-z0-9._%+'@-"
_RUN_AT_END = re.compile(rf"[{_ADDRESS_RUN}]{{1,254}}\Z")
_RUN_AT_START = re.compile(rf"[{_ADDRESS_RUN}]{{1,254}}")
_LOCAL_SIGN = re.compile(r"[0-9._]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of texts[index], placed in its normalised text. is_whole: the message is nothing else."""

    index: int
    start: int
    end: int
    text: str
    is_whole: bool

    def overlaps(self, other: "Piece | Found") -> bool:
        """Whether the two share a character of the same text."""
        return self.start < other.end and other.start < self.end

    @property
    def digits(self) -> str:
        """Its digits, and its plus: "+62 812" is "+62812"."""
        return "".join(character for character in self.text if character in "+0123456789")


def is_possible_part(text: str) -> bool:
    """Whether this message could be, or hold, a part of a contact. A thread is read from such messages alone.

    True for every message that gives a contact, too; False for chat without digit, "@" and anything like an address.
    """
    return has_digit_or_at(text) or is_address_named(text) or _ADDRESS_SHAPE.search(text) is not None


def is_address_named(text: str) -> bool:
    """Whether it speaks of e-mail: "mail nguyen.hoa95"."""
    return _ADDRESS_WORD.search(fold(text)) is not None


def digits_at_end(index: int, reading: Reading) -> Piece | None:
    """A possible beginning of a number: "sđt em 0903". It begins like one, or a word says so, or it is all there is."""
    text = reading.text
    end = len(text.rstrip(_SPACE))
    match = _DIGITS_AT_END.search(text, max(0, end - _TAIL_REACH), end)
    if not match:
        return None
    piece = Piece(index, match.start(), end, match.group(), not text[: match.start()].strip(_SPACE))
    is_begun = piece.text.startswith(("0", "+", "(0", "(+")) or guards.is_named_phone(text, piece.start)
    if not (is_begun or (piece.is_whole and len(piece.digits) > 1)):
        return None
    is_other = guards.is_named_otherwise(text, piece.start) or guards.is_shaped_otherwise(piece.text)
    return None if is_other else piece


def digits_at_start(index: int, reading: Reading) -> Piece | None:
    """A possible rest of a number: "5672 ค่ะ". Before other words it needs three digits and no unit: "200 pcs"."""
    text = reading.text
    start = len(text) - len(text.lstrip(_SPACE))
    match = _DIGITS_AT_START.match(text, start)
    if not match:
        return None
    rest = text[match.end() :]
    piece = Piece(index, start, match.end(), match.group(), not rest.strip(_SPACE))
    if piece.is_whole:
        return piece
    return piece if len(piece.digits) >= 3 and not guards.is_unit(rest) else None


def token_at_end(index: int, reading: Reading) -> Piece | None:
    """A possible beginning of an address: "mail nguyen.hoa95". A plain word is one only where e-mail is spoken of."""
    text = reading.text
    end = len(text.rstrip())
    match = _RUN_AT_END.search(text, max(0, end - 254), end)
    if not match:
        return None
    token = match.group()
    if not (_LOCAL_SIGN.search(token) or "@" in token or is_address_named(text[: match.start()])):
        return None
    return Piece(index, match.start(), end, token, not text[: match.start()].strip())


def token_at_start(index: int, reading: Reading) -> Piece | None:
    """A possible rest of an address: "@example.com ya"."""
    text = reading.text
    start = len(text) - len(text.lstrip())
    match = _RUN_AT_START.match(text, start)
    if not match:
        return None
    return Piece(index, start, match.end(), match.group(), not text[match.end() :].strip())
