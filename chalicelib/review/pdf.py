"""PDF in, plain text with Markdown's marks for headings and lists out: what the checks read.

A PDF holds no paragraphs, only text at places. pypdf tells text, place and size in the order in which they were drawn,
which writers make the order of reading; here they become lines, and lines blocks: by size, by gaps and by bullets.
Accepted: words that a page paints over, or in white where something darker was painted, count as shown.
"""

import logging
import re
import struct
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from typing import Any, Final

from chalicelib.review.document import ITEM, MAX_CHARACTERS, DocumentRefused
from chalicelib.review.pdf_costs import (
    MAX_OPERATIONS,
    allowed_operations,
    costs_of,
    has_glass,
    has_hidden_layer,
    is_overgrown,
)

MAX_PAGES: Final = 100
MAX_STREAM: Final = 2 * 1024 * 1024  # as it stands in the file: unpacking some kinds takes a hundred times that
MAX_UNPACKED: Final = 4 * 1024 * 1024
MAX_DRAWN: Final = 8 * 1024 * 1024  # of operators, unpacked, in all; a page of text has some 10,000
MAX_SECONDS: Final = 20.0  # the counts end all but a page that was made to spend time between them

BIGGER: Final = 1.15  # a heading's size to the text's
WIDER: Final = 1.3  # a gap between paragraphs to one between lines
MAX_HEADING: Final = 100
FEW_LETTERS: Final = 60  # beside a picture: the number and title of a page that was scanned
STOPS: Final = (".", "!", "?", "。")
PAUSES: Final = (":", ";")
# As fonts for symbols name them, or as they look.
BULLET: Final = re.compile(r"^\s*[\uf000-\uf0ff•●▪◦■□○‣➢➤✓✔❖]\s*")
LONE_BULLET: Final = re.compile(r"(?:[-•·–]|\(?\d{1,2}[.)])$")
PAGE_NUMBER: Final = re.compile(
    r"[\s\-–|]*(?:page|halaman|muka surat|pahina|trang|หน้า)?\s*\d{1,3}"
    r"(?:\s*(?:/|of|dari|daripada|ng|จาก)\s*\d{1,3})?[\s\-–|]*",
    re.IGNORECASE,
)
CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
THAI: Final = re.compile(r"[\u0e00-\u0e7f]")
INVISIBLE: Final = (3, 7)  # the modes of text that draw none: what a scanner recognised, or someone hid
UNSEEN: Final = 20  # letters too small to read, off the page or in white that make a page one that hides words
TINY: Final = 1.6  # points
NEAR: Final = 10  # points beyond the page
PALE: Final = 0.97  # of light, in each of three colours
FILLS: Final = (b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"sh")
SHOWS: Final = (b"Tj", b"TJ", b"'", b'"')


def _is_white(name: bytes, operands: Any) -> bool:
    """Whether an operator sets white as the colour of what follows. One number is light with `g`, else perhaps ink."""
    numbers = [float(one) for one in operands if isinstance(one, (int, float))]
    if name == b"g" or len(numbers) == 3:
        return min(numbers, default=0.0) >= PALE
    return len(numbers) == 4 and max(numbers) <= 1 - PALE


@dataclass(slots=True)
class _Line:
    page: int
    text: str = ""
    top: float = 0.0
    size: float = 0.0
    is_bold: bool = True


@dataclass(slots=True)
class _Drawing:
    """What pypdf tells while it draws. On a form it goes on when this raises, so who draws the page checks again."""

    ends_at: float
    allowed: int = MAX_OPERATIONS
    operations: int = 0
    drawn: int = 0
    form_cost: int = 0
    box: tuple[float, ...] = (0, 0, 0, 0)
    colours: list[bool] = field(default_factory=lambda: [False])  # whether white, of each state kept
    has_ground: bool = False
    unseen: int = 0
    white: int = 0
    characters: int = 0
    has_invisible: bool = False
    has_picture: bool = False
    lines: list[_Line] = field(default_factory=list)

    def operator(self, name: bytes, operands: Any, _cm: Any, _tm: Any) -> None:
        cost = 50 + self.form_cost if name == b"Do" else 20 if name == b"INLINE IMAGE" else 1
        self.operations += cost + sum(len(operand) for operand in operands if isinstance(operand, list))
        if name == b"Tr" and operands and operands[0] in INVISIBLE:
            self.has_invisible = True
        if name in {b"Do", b"INLINE IMAGE"}:
            self.has_picture = True
        self._paint(name, operands)
        self.check()

    def _paint(self, name: bytes, operands: Any) -> None:
        """Keep the colour, and what was shown in white."""
        if name == b"q":
            self.colours.append(self.colours[-1])
        elif name == b"Q" and len(self.colours) > 1:
            self.colours.pop()
        elif name in {b"g", b"rg", b"k", b"sc", b"scn"}:
            self.colours[-1] = _is_white(name, operands)
        elif name in FILLS:
            self.has_ground |= not self.colours[-1]
        elif name in SHOWS and self.colours[-1]:
            shown = operands[0] if operands and isinstance(operands[0], list) else operands
            self.white += sum(len(one) for one in shown if isinstance(one, (str, bytes)))

    def has_hidden(self) -> bool:
        """Whether the page has words that no reader sees."""
        is_pale = self.white >= UNSEEN and not self.has_ground and not self.has_picture
        return self.has_invisible or self.unseen >= UNSEEN or is_pale

    def check(self) -> None:
        if self.operations > self.allowed or self.drawn > MAX_DRAWN or time.monotonic() > self.ends_at:
            raise DocumentRefused("document_too_complex")
        if self.characters > 2 * MAX_CHARACTERS:  # spaces and page numbers are still among them
            raise DocumentRefused("text_too_long")

    def text(self, text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        """A piece of a line, or one with the end of a line in it."""
        self.characters += len(text)
        for position, piece in enumerate(CONTROL.sub(" ", text).split("\n")):
            if position:
                self.lines.append(_Line(self.lines[-1].page))
            line = self.lines[-1]
            if piece.strip():
                scale = abs((tm[0] * tm[3] - tm[1] * tm[2]) * (cm[0] * cm[3] - cm[1] * cm[2])) ** 0.5
                line.top = line.top if line.text.strip() else tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
                line.size = max(line.size, round(size * scale, 1))
                if size * scale < TINY or self._is_off(cm, tm):
                    self.unseen += sum(map(str.isalpha, piece))
                line.is_bold &= "bold" in str(font.get("/BaseFont") if font else "").lower()
            line.text += piece

    def _is_off(self, cm: list[float], tm: list[float]) -> bool:
        across, up = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        left, bottom, right, top = self.box
        return not (left - NEAR <= across <= right + NEAR and bottom - NEAR <= up <= top + NEAR)


def read_pdf(content: bytes) -> str:
    """The document's text in the order in which it is drawn."""
    from pypdf.errors import LimitReachedError, PyPdfError  # noqa: PLC0415 - 150 ms, and few uploads need them

    # pypdf reads what it can of a broken file, and a broken file can break what it takes for granted anywhere.
    broken = (
        PyPdfError, RuntimeError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError,
        AssertionError, EOFError, OSError, struct.error, zlib.error,
    )  # fmt: skip
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings quote the document
    try:
        lines = _drawn_lines(content)
    except (LimitReachedError, RecursionError, MemoryError) as error:
        raise DocumentRefused("document_too_complex") from error
    except broken as error:
        raise DocumentRefused("unreadable_document") from error
    return _as_text(lines)


def _drawn_lines(content: bytes) -> list[_Line]:
    from pypdf import PdfReader, apply_configuration  # noqa: PLC0415 - as above

    if is_overgrown(content):
        raise DocumentRefused("document_too_complex")
    drawing = _Drawing(time.monotonic() + MAX_SECONDS, allowed_operations(content))
    with apply_configuration(
        maximum_declared_stream_length=MAX_STREAM,
        zlib_maximum_output_length=MAX_UNPACKED,
        lzw_maximum_output_length=MAX_UNPACKED,
        run_length_maximum_output_length=MAX_UNPACKED,
        array_based_stream_maximum_output_length=MAX_UNPACKED,
        stream_parsing_work_maximum_count=2 * drawing.allowed,
        jbig2dec_binary=None,
    ):
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):  # one that only forbids printing opens without a password
            raise DocumentRefused("encrypted_document")
        if len(reader.pages) > MAX_PAGES:
            raise DocumentRefused("too_many_pages")
        if has_hidden_layer(reader.root_object):
            raise DocumentRefused("hidden_text")
        for number, page in enumerate(reader.pages):
            _draw(page, number, drawing)
    return drawing.lines


def _draw(page: Any, number: int, drawing: _Drawing) -> None:
    """Add the page's lines, if they are all that it says: no picture in place of text, and nothing invisible."""
    first = len(drawing.lines)
    drawing.lines.append(_Line(number))
    own, drawing.form_cost = costs_of(page)
    drawing.operations += own
    drawing.box = tuple(map(float, page.cropbox))
    drawing.has_picture = drawing.has_ground = False
    drawing.colours, drawing.white = [False], 0
    contents = page.get_contents()
    drawing.drawn += len(contents.get_data()) if contents is not None else 0
    drawing.check()
    page.extract_text(visitor_operand_before=drawing.operator, visitor_text=drawing.text)
    drawing.check()
    if drawing.has_hidden() or has_glass(page):
        raise DocumentRefused("hidden_text")
    letters = sum(character.isalpha() for line in drawing.lines[first:] for character in line.text)
    if drawing.has_picture and letters < FEW_LETTERS:
        raise DocumentRefused("scanned_document")


def _as_text(drawn: list[_Line]) -> str:
    lines = [line for line in _whole_lines(drawn) if not PAGE_NUMBER.fullmatch(line.text)]
    if not lines:
        raise DocumentRefused("scanned_document")
    sizes = Counter[float]()
    for line in lines:
        sizes[line.size] += len(line.text)
    heading_size = sizes.most_common(1)[0][0] * BIGGER
    blocks: list[list[_Line]] = []
    spacing = _spacing(lines)
    for line in lines:
        if blocks and _goes_on(blocks[-1], line, heading_size, spacing):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return _joined([_block_text(block, heading_size) for block in blocks])


def _whole_lines(drawn: list[_Line]) -> Iterator[_Line]:
    """The lines with text, bullets as the checks know them; a bullet that was drawn alone joins its line."""
    bullet = ""
    for line in drawn:
        text = " ".join(BULLET.sub("- ", line.text).split())
        if LONE_BULLET.match(text):
            bullet = text
        elif text:
            line.text = f"{bullet} {text}".strip()
            bullet = ""
            yield line


def _spacing(lines: list[_Line]) -> float:
    """The distance of two lines of a paragraph: a small one of all there are, but not the smallest."""
    gaps = sorted(gap for above, below in pairwise(lines) if (gap := _gap(above, below)) > 1)
    return gaps[len(gaps) // 5] if gaps else 0.0


def _gap(above: _Line, below: _Line) -> float:
    """How far below it stands; 0 on another page or in another column, which begin above."""
    return max(0.0, above.top - below.top) if above.page == below.page else 0.0


def _goes_on(block: list[_Line], line: _Line, heading_size: float, spacing: float) -> bool:
    """Whether a line belongs to the block above it."""
    last = block[-1]
    gap = _gap(last, line)
    if max(last.size, line.size) >= heading_size:  # parts of one heading have its size, and stand close
        return last.size == line.size and gap <= line.size * BIGGER * WIDER
    if ITEM.match(line.text) or gap > spacing * WIDER:
        return False
    has_ended = last.text.endswith(STOPS + PAUSES)
    if gap == 0:
        return not has_ended
    if last.is_bold and not line.is_bold:
        return len(block) > 1 or len(last.text) > MAX_HEADING
    return last.is_bold or not line.is_bold or not has_ended


def _block_text(block: list[_Line], heading_size: float) -> str:
    """The lines as one. Where no spaces are written, none stands for the end of a line."""
    text = ""
    for line in block:
        is_thai = text and THAI.match(text[-1]) and THAI.match(line.text)
        text += line.text if is_thai or not text else f" {line.text}"
    is_heading = block[0].size >= heading_size and len(text) <= MAX_HEADING and not text.endswith(STOPS)
    return f"## {text}" if is_heading else text


def _joined(texts: list[str]) -> str:
    parts: list[str] = []
    was_item = False
    for text in texts:
        is_item = ITEM.match(text) is not None
        parts += ["\n" if is_item and was_item else "\n\n", text]
        was_item = is_item
    return "".join(parts[1:]).replace("<!--", "<! --")  # shown, it opens no comment
