"""Pieces: digits at the end of one message, or at the beginning of the next, that could be a part of a number."""

import re
from dataclasses import dataclass

from chalicelib.capture.extraction import group_words, labels, phones, shapes
from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.lexicon import STRONG, WEAK
from chalicelib.capture.extraction.runs import Run, runs_in
from chalicelib.capture.extraction.spelled import WORDS
from chalicelib.capture.extraction.text import Reading

_SPACE = " \t\n\r.,…-?!"
# Behind other words a rest begins with a mark: "sorry, continue: 7716", "pressed too fast. 0217".
_MARK_BEFORE = re.compile(r"[.,:;!?\n]\s*\Z")
_FEWEST_DIGITS_AMONG_WORDS = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """Digits of texts[index], placed in its normalised text. is_whole: the message is nothing else.

    is_alone: nothing else but what is said around parts: "terus 3450 ya".
    """

    index: int
    start: int
    end: int
    digits: str
    has_plus: bool
    is_whole: bool
    is_named: bool
    is_alone: bool

    def overlaps(self, other: "Piece | Found") -> bool:
        """Whether the two share a character of the same text."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Digits:
    """What a message has to offer: the piece a number may begin with, and the one it may go on with."""

    beginning: Piece | None
    rest: Piece | None
    is_account: bool  # its digits are an account's or a parcel's, and so is what goes on from them


NO_DIGITS = Digits(None, None, is_account=False)


def digits_of(index: int, reading: Reading, found: list[Found]) -> Digits | None:
    """The pieces of a message; None where it has no digits at all."""
    text = phones.masked_text(reading.text, [(one.start, one.end) for one in found if one.kind == "email"])
    # "too fast" and "hai cái" count nothing: a word for a digit needs a second, or to be the whole message.
    runs = [
        run
        for run in runs_in(text, 1)
        if len(run.atoms) > 1 or run.atoms[0].kind != WORDS or run.end - run.start >= len(text.strip(_SPACE))
    ]
    if not runs:
        return None
    first, last = runs[0], runs[-1]
    at_end = last if _is_aside(text[last.end :]) else None
    rest = _rest(index, text, runs)
    said = labels.said_before(text, _start(text, last))
    is_other = said.kind == WEAK and (not _is_clear(last) or (not said.distance and not last.pluses))
    is_account = said.kind == STRONG or is_other
    beginning = _beginning(index, text, at_end, said) if at_end and not is_account and first else None
    return Digits(beginning, rest, is_account and at_end is not None)


def _is_aside(text: str) -> bool:
    return group_words.only_between().fullmatch(text.lower()) is not None


def _start(text: str, run: Run) -> int:
    place = text.rfind("+", max(0, run.start - 3), run.start) if 0 in run.pluses else -1
    return place if place >= 0 else run.start


def _is_clear(run: Run) -> bool:
    return 0 in run.pluses or run.atoms[0].digits.startswith("0")


def _piece(index: int, text: str, run: Run, *, is_named: bool) -> Piece:
    start = _start(text, run)
    is_whole = not text[:start].strip(_SPACE + "(") and not text[run.end :].strip(_SPACE + ")")
    digits = "".join(atom.digits for atom in run.atoms)
    is_alone = is_whole or (_is_aside(text[:start]) and _is_aside(text[run.end :]))
    return Piece(index, start, run.end, digits, 0 in run.pluses, is_whole, is_named, is_alone)


def _beginning(index: int, text: str, run: Run, said: labels.Said) -> Piece | None:
    """A possible beginning of a number: "sđt em 0903". It begins like one, or a word says so, or it is all there is."""
    piece = _piece(index, text, run, is_named=said.is_phone)
    is_begun = _is_clear(run) or said.is_phone or (piece.is_whole and len(piece.digits) > 1)
    if not is_begun or shapes.word_of_code(text, run.start) or shapes.is_masked(text, piece.start, piece.end):
        return None
    return None if _is_shaped(text, run) else piece


def _is_shaped(text: str, run: Run) -> bool:
    written = text[run.start : run.end]
    is_counting = len(run.atoms) > 2 and shapes.is_counting(
        "".join(atom.digits for atom in run.atoms), [atom.digits for atom in run.atoms]
    )
    return bool(shapes.find_shapes(text, run.start, run.end)) or shapes.is_amount(written) or is_counting


def _rest(index: int, text: str, runs: list[Run]) -> Piece | None:
    """A possible rest of a number: "5672 ค่ะ". Among other words it needs three digits and no unit: "200 pcs"."""
    for run in runs if len(runs) == 1 else runs[:1]:
        piece = _piece(index, text, run, is_named=False)
        if piece.is_whole:
            return None if _is_shaped(text, run) else piece
        before, behind = text[: piece.start].rstrip(" ("), text[piece.end : piece.end + 2]
        is_begun = piece.is_alone or _is_aside(before) or _MARK_BEFORE.search(before + " ")
        is_torn = re.match(r"[,:/%]\d|[@_?]|[A-Za-z]", behind) and run.atoms[-1].kind != WORDS
        if not is_begun or is_torn or len(piece.digits) < _FEWEST_DIGITS_AMONG_WORDS or _is_shaped(text, run):
            return None
        if labels.is_unit_behind(text, piece.end) or labels.said_behind(text, piece.end).kind == STRONG:
            return None
        said = labels.said_before(text, piece.start)
        return piece if said.kind not in (STRONG, WEAK) else None
    return None
