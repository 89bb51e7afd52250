"""HTML and DOCX in, plain text with Markdown's marks for headings, lists and tables out: what the checks read.

libxml2 reads HTML as a stream of events, so that no tree grows with a hostile page; mammoth makes HTML of DOCX, and
from there both go the same way. Bounds are counts, not times: the same file always gets the same answer.

Accepted: style sheets are not read, so text they hide counts as shown. Who hides a statement so could as well have
shown it. Headers and footers of DOCX, which repeat on every page, are left out.
"""

import re
import struct
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final, Literal
from xml.parsers.expat import ExpatError
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from chalicelib.review.document import MAX_CHARACTERS, DocumentRefused
from chalicelib.review.hidden import is_hidden

MAX_TAGS: Final = 60_000  # in a page; the longest policies saved from a browser have some ten thousand
MAX_DEPTH: Final = 256  # of elements; real pages stay below 50
MAX_PARTS: Final = 2_000  # in a DOCX; each picture is one
MAX_UNPACKED: Final = 32 * 1024 * 1024
MAX_WORD_MARKUP: Final = 8 * 1024 * 1024  # mammoth takes some 30 times that in memory
MAX_WORD_TAGS: Final = 100_000  # mammoth takes some 60 µs for each, a policy of fifty pages has 20,000
# What a small file may hold of either, and how much more for each byte: honest ones unpack to some 20 bytes for one,
# and have a tag for every five of those packed. Styles cost a sixth of a text's tags, and Word writes many.
WORD_MARKUP: Final = (1_500_000, 40)
WORD_TAGS: Final = (8_000, 1 / 3)
STYLE_SHARE: Final = 1 / 6

HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
LISTS: Final = frozenset(("ul", "ol", "menu"))
BLOCKS: Final = HEADINGS | LISTS | frozenset(
    ("address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog",
     "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "legend",
     "li", "main", "nav", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
     "thead", "tr")
)  # fmt: skip
UNREAD: Final = frozenset(("head", "script", "style", "svg", "math", "canvas", "audio", "video"))
UNSEEN: Final = frozenset(("noscript", "template", "datalist", "del", "s", "strike"))  # struck out is not said
ELSEWHERE: Final = frozenset(("iframe", "frame", "object", "embed"))  # what they show does not stand in the file
MARKS_OF_BLANKS: Final = str.maketrans(dict.fromkeys("[]{}<>$_…", " "))

TEXT_PART: Final = re.compile(r"word/(?:document|footnotes|endnotes|comments)")  # those whose words are read
WORD_TEXT: Final = re.compile(r"word/document\d*\.xml")  # Word on the web saves document2.xml
OTHER_ENCODING: Final = re.compile(rb"<\?xml[^>]{0,80}encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
# Runs of one point and a half or less, or in white where no ground is darker, and their text.
TINY: Final = re.compile(rb'<w:sz w:val="[1-3]"/>[^\0]{0,300}?</w:rPr>\s{0,9}<w:t[ >]')
PALE: Final = re.compile(
    rb'<w:color w:val="(?:FFFFFF"|\w{0,9}" w:themeColor="background1")[^\0]{0,300}?</w:rPr>\s{0,9}<w:t[ >]',
    re.IGNORECASE,
)
GROUND: Final = re.compile(rb'<w:shd [^>]{0,200}fill="(?!auto|FFFFFF)|<w:highlight |<w:drawing|<w:background|themeFill')
VANISH: Final = re.compile(
    rb"<[\w.-]{0,20}:?(?:vanish|webHidden|specVanish|dstrike)(?![\w.:-])(?![^>]{0,80}val\s*=\s*[\"'](?:0|false|off)[\"'])"
)
# What zipfile raises on files that are none, or end too early, or name places that are not in them.
NO_ZIP: Final = (BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError)
# And what mammoth raises beyond it: it takes the parts for what they should be, and looks up before it checks.
NO_WORD: Final = (*NO_ZIP, ExpatError, LookupError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class _Block:
    kind: Literal["text", "item", "row"]
    text: str


@dataclass(slots=True)
class _Page:
    """What lxml tells its events to; `close` answers the text.

    A cell collects its blocks by itself, so `sinks` and `rows` are stacks: tables stand in tables. `unread_from` and
    `unseen_from` are the depths at which an element began that is left out, or hidden.
    """

    depth: int = 0
    letters: int = 0
    unread_from: int = 0
    unseen_from: int = 0
    pre_from: int = 0
    inline: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    mark: str = ""
    lists: list[int | None] = field(default_factory=list)  # the number of an ordered list's last item
    sinks: list[list[_Block]] = field(default_factory=lambda: [[]])
    rows: list[list[list[_Block]]] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise DocumentRefused("document_too_complex")
        if tag in UNREAD and not self.unread_from:
            self.unread_from = self.depth
        if (tag in UNSEEN or is_hidden(attributes)) and not self.unseen_from:
            self.unseen_from = self.depth
        if tag in BLOCKS:
            self._break()
        if self.unread_from or self.unseen_from:
            return
        if tag in ELSEWHERE and not _is_pixel(attributes):
            raise DocumentRefused("embedded_document")
        self._open(tag)

    def _open(self, tag: str) -> None:
        if tag == "br":
            self.inline.append("\n")
        elif tag in HEADINGS:
            self.mark = "## "
        elif tag in LISTS:
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self.mark = self._marker()
        elif tag == "pre":
            self.pre_from = self.pre_from or self.depth
        elif tag in {"table", "tr"}:  # a table has a row for cells that stand in none
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.sinks.append([])

    def end(self, tag: str) -> None:
        if tag in BLOCKS:
            self._break()
        if not (self.unread_from or self.unseen_from):
            self._close(tag)
        self.unread_from = 0 if self.unread_from == self.depth else self.unread_from
        self.unseen_from = 0 if self.unseen_from == self.depth else self.unseen_from
        self.pre_from = 0 if self.pre_from == self.depth else self.pre_from
        self.depth -= 1

    def _close(self, tag: str) -> None:
        if tag in HEADINGS or tag == "li":
            self.mark = ""
        elif tag in LISTS and self.lists:
            self.lists.pop()
        elif tag in {"table", "tr"} and self.rows:
            self.sinks[-1] += _as_row(self.rows.pop())
        elif tag in {"td", "th"} and len(self.sinks) > 1:
            cell = self.sinks.pop()
            if self.rows:
                self.rows[-1].append(cell)
            else:
                self.sinks[-1] += cell

    def data(self, text: str) -> None:
        if self.unread_from:
            return
        kept = text if self.pre_from else re.sub(r"\s+", " ", text)
        self.letters += len(kept)
        if self.letters > 2 * MAX_CHARACTERS:  # spaces are still among them
            raise DocumentRefused("text_too_long")
        (self.unseen if self.unseen_from else self.inline).append(kept)

    def comment(self, text: str) -> None:
        self.unseen += ["\n", text, "\n"]

    def close(self) -> str:
        self._break()
        while len(self.sinks) > 1:
            self._close("td")
        while self.rows:
            self._close("tr")
        lines = {" ".join(line.translate(MARKS_OF_BLANKS).split()): None for line in "".join(self.unseen).splitlines()}
        hidden = (f"<!-- {line} -->" for line in lines if line)
        return "\n\n".join([_joined(self.sinks[0]), *hidden])

    def _break(self) -> None:
        """The end of the block that was being written, and of a hidden line."""
        self.unseen.append("\n")
        lines = [" ".join(line.split()) for line in "".join(self.inline).splitlines()]
        text = "\n".join(lines).strip().replace("<!--", "<! --")  # shown, it opens no comment
        self.inline.clear()
        if not text:
            return
        if self.mark == "## ":
            self.sinks[-1].append(_Block("text", self.mark + " ".join(text.split())))
            return
        self.sinks[-1].append(_Block("item" if self.mark else "text", self.mark + text))
        self.mark = ""

    def _marker(self) -> str:
        if not self.lists or (count := self.lists[-1]) is None:
            return "- "
        self.lists[-1] = count + 1
        return f"{count + 1}. " if count < 99 else "- "


def _is_pixel(attributes: dict[str, str]) -> bool:
    """Whether it is there to count visits, not to show something."""
    return attributes.get("width") in {"0", "1"} or attributes.get("height") in {"0", "1"}


def _as_row(cells: list[list[_Block]]) -> list[_Block]:
    """One line for a row of plain cells; where cells hold more, as on a page laid out by a table, what they hold."""
    filled = [cell for cell in cells if cell]
    if len(filled) > 1 and all(len(cell) == 1 and cell[0].kind == "text" for cell in filled):
        texts = (" ".join(cell[0].text.removeprefix("## ").split()) for cell in filled)
        return [_Block("row", f"| {' | '.join(texts)} |")]
    return [block for cell in filled for block in cell]


def _joined(blocks: list[_Block]) -> str:
    parts: list[str] = []
    last = ""
    for block in blocks:
        parts += ["\n" if last == block.kind != "text" else "\n\n", block.text]
        last = block.kind
    return "".join(parts[1:])


def read_html(markup: str) -> str:
    """The page's text; what is hidden, and comments, stand at its end as comments."""
    from lxml import etree  # noqa: PLC0415 - 10 ms, and most of what is uploaded needs none

    if markup.count("<") > MAX_TAGS:
        raise DocumentRefused("document_too_complex")
    page: Any = _Page()  # lxml's stubs ask for bytes in places where there are none
    parser = etree.HTMLParser(target=page, encoding="utf-8", no_network=True)
    try:
        parser.feed(markup.encode())
        return str(parser.close())
    except etree.LxmlError as error:
        raise DocumentRefused("unreadable_document") from error


def read_docx(content: bytes) -> str:
    """The document's text, as of the page it makes."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            _check_parts(archive, archive.infolist(), len(content))
    except NO_ZIP as error:
        raise DocumentRefused("unreadable_document") from error
    return read_html(_html_of(content))


def _html_of(content: bytes) -> str:
    import mammoth  # type: ignore[import-untyped] # noqa: PLC0415 - 40 ms, and most of what is uploaded needs none

    no_pictures = mammoth.images.img_element(lambda _: {})
    try:
        made = mammoth.convert_to_html(BytesIO(content), convert_image=no_pictures, include_embedded_style_map=False)
    except RecursionError as error:  # it walks down by itself, and gives up where no one's document is
        raise DocumentRefused("document_too_complex") from error
    except NO_WORD as error:
        raise DocumentRefused("unreadable_document") from error
    return str(made.value)


def _check_parts(archive: ZipFile, parts: list[ZipInfo], packed: int) -> None:
    """Refuses what would grow, hide or mislead, before anything is made of it.

    The sizes named in the directory are those zipfile holds to, so they bound what is unpacked.
    """
    if any(part.flag_bits & 1 for part in parts):
        raise DocumentRefused("encrypted_document")
    if not any(WORD_TEXT.fullmatch(part.filename) for part in parts):
        raise DocumentRefused("unsupported_format")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise DocumentRefused("document_too_complex")
    if any(part.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for part in parts):
        raise DocumentRefused("unreadable_document")  # the standard allows no other, and these unpack without bounds
    tags = size = 0.0
    for part in parts:
        with archive.open(part) as file:
            content = file.read(part.file_size)
        start = content.lstrip(b"\xef\xbb\xbf \t\r\n")
        if start[:1] in {b"<", b"\x00"} or start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            share = 1 if TEXT_PART.match(part.filename) else STYLE_SHARE
            tags += (content.count(b"<") + content.count(b'="') / 2) * share
            size += len(content)
            _check_xml(part.filename, content)
        if tags > _allowed(WORD_TAGS, packed, MAX_WORD_TAGS) or size > _allowed(WORD_MARKUP, packed, MAX_WORD_MARKUP):
            raise DocumentRefused("document_too_complex")


def _allowed(grant: tuple[int, float], packed: int, most: int) -> float:
    """How much of something a file of this size may hold: what an honest one never needs, a bomb would."""
    base, for_each = grant
    return min(most, base + for_each * packed)


def _check_xml(name: str, content: bytes) -> None:
    # Word writes UTF-8 without a document type. Others would carry entities, or words the next line can't see.
    if b"<!DOCTYPE" in content or b"\x00" in content or OTHER_ENCODING.match(content.lstrip(b"\xef\xbb\xbf")):
        raise DocumentRefused("unreadable_document")
    if not name.endswith("numbering.xml") and VANISH.search(content):
        raise DocumentRefused("hidden_text")
    if TEXT_PART.match(name) and (TINY.search(content) or (PALE.search(content) and not GROUND.search(content))):
        raise DocumentRefused("hidden_text")
