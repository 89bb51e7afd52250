"""A document's bytes in, its sentences out. What kind it is, its content tells; `formats` and `pdf` make text of it.

Knows no rule and no language beyond where a sentence ends. Every pattern here is linear: none repeats a repetition.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from chalicelib.review.characters import as_shown, why_unreadable

MAX_BYTES: Final = 5 * 1024 * 1024  # what an upload may hold
MAX_CHARACTERS: Final = 120_000  # some fifty pages; longer ones are read by a person
MAX_SENTENCE: Final = 2_000  # a longer run without an end is cut, so that words pages apart make no statement
MAX_HEADING: Final = 60
MAX_BLOCKS: Final = 10_000  # headings, items and paragraphs; a policy of fifty pages has some 2,000

ZIP: Final = b"PK\x03\x04"  # DOCX, among others
COMPOUND: Final = b"\xd0\xcf\x11\xe0"  # old Word, and DOCX with a password
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")  # the stream that holds it: [MS-OFFCRYPTO] 2.3.4.4
RTF: Final = b"{\\rtf"
BYTE_ORDER_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Tags that structure a page or hide a part of it; <br> or <b> in Markdown are not among them.
HTML: Final = re.compile(
    r"<(?:!doctype|html|head|body|div|span|p|table|script|style|template|iframe|svg|img|ul|ol|li|h[1-6]|details)(?=[\s>/])",
    re.IGNORECASE,
)
# What pages in another encoding declare, and what browsers make of it: https://encoding.spec.whatwg.org, 4.2.
CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s{0,9}=[\"'\s]{0,9}([\w-]{1,20})", re.IGNORECASE)
CHARSETS: Final = {
    "windows-1252": "cp1252", "iso-8859-1": "cp1252", "us-ascii": "cp1252", "windows-1258": "cp1258",
    "windows-874": "cp874", "tis-620": "cp874", "iso-8859-11": "cp874",
}  # fmt: skip
EMPHASIS: Final = str.maketrans("", "", "*`#")
CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")

MARKDOWN_HEADING: Final = re.compile(r"\s{0,3}#{1,6}\s|\s{0,3}(\*\*|__)[^*_]{1,80}\1:?\s*$")
ATX: Final = re.compile(r"^ {0,3}#{1,6} \S", re.MULTILINE)
UNDERLINE: Final = re.compile(r"\s{0,3}(?:=+|-+)\s*$")
ITEM: Final = re.compile(
    r"\s*(?:(?:[-*+•·–]|\(?(?:\d{1,2}(?:\.\d{1,2}){0,2}|[a-z]|[ivx]{1,4})[.)])\s|\*\*[^*\n]{1,60}(?::\*\*|\*\*:)\s)"
)  # "- ", "1.2) ", "**Use:** "
SENTENCE_END: Final = re.compile(
    r"(?<=[.!?。])\s+|(?<=[\u0e00-\u0e7f])[ \t]*\n\s*"
)  # Thai writes no stop: a line is one
# Lines that end without a stop, as Thai does, and are no heading: they give an address, answer a label, or are polite.
SAYING: Final = re.compile(r"\S@\S|[\u0e00-\u0e7f]\s?: ?\S.{7}|(?:ค่ะ|คะ|ครับ|นะ|จ้า|จ้ะ)$")
ABBREVIATIONS: Final = frozenset(
    ("pt", "cv", "ud", "tbk", "ltd", "pte", "sdn", "bhd", "inc", "corp", "co",
     "no", "nos", "jl", "st", "tel", "e.g", "i.e", "art", "sec", "dr", "mr", "mrs", "ms", "engr", "atty", "prof",
     "dra", "gng", "bb", "sta", "sto", "brgy", "blg")
)  # fmt: skip


class DocumentRefused(Exception):  # noqa: N818 - says what happened
    """The document can't be read here; `reason` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, a heading, or a list with its lead-in. `text` is `quote` normalised; `heading` stands above it."""

    quote: str
    text: str
    heading: str
    kind: Literal["heading", "label", "statement"]


@dataclass(slots=True)
class _Block:
    start: int
    end: int
    kind: Literal["heading", "item", "text"]


def read_document(content: bytes, filename: str) -> str:
    """The document's text; raises DocumentRefused where a person has to look.

    The name counts only where the content leaves it open: a page without structure that calls itself HTML.
    """
    if len(content) > MAX_BYTES:
        raise DocumentRefused("document_too_large")
    text = _text_of(content, filename)
    if not any(character.isalnum() for character in _without_comments(text)):
        raise DocumentRefused("empty_document")
    if len(text) > MAX_CHARACTERS:
        raise DocumentRefused("text_too_long")
    if reason := why_unreadable(text, MAX_CHARACTERS):
        raise DocumentRefused(reason)
    if sum(1 for _ in islice(_blocks(text), MAX_BLOCKS + 1)) > MAX_BLOCKS:
        raise DocumentRefused("document_too_complex")
    return text


def _text_of(content: bytes, filename: str) -> str:
    if content.startswith(COMPOUND):
        raise DocumentRefused("encrypted_document" if ENCRYPTED in content else "unsupported_format")
    if content.startswith(RTF):
        raise DocumentRefused("unsupported_format")
    if b"%PDF-" in content[:1024]:  # readers allow 1,024 bytes before the header
        from chalicelib.review.pdf import read_pdf  # noqa: PLC0415 - it needs this module

        return read_pdf(content)
    if content.startswith(ZIP):
        from chalicelib.review.formats import read_docx  # noqa: PLC0415 - it needs this module

        return read_docx(content)
    text = _decoded(content)
    if CONTROL.search(text):
        raise DocumentRefused("unreadable_document")
    return _of_page(text, filename) if _has_tags(text, filename) else text


def _has_tags(text: str, filename: str) -> bool:
    return HTML.search(text) is not None or (filename.lower().endswith((".html", ".htm")) and "<" in text)


def _of_page(text: str, filename: str) -> str:
    """The text of a page. Markdown with a page's tags in it is none: they may hide a part, or lay it out anew."""
    is_page = text.lstrip("\ufeff \t\r\n").startswith("<") or filename.lower().endswith((".html", ".htm"))
    if not is_page or ATX.search(text):
        raise DocumentRefused("unsupported_format")
    from chalicelib.review.formats import read_html  # noqa: PLC0415 - it needs this module

    return read_html(text)


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        declared = CHARSET.search(content, 0, 2048)
        codec = CHARSETS.get(declared[1].decode().lower()) if declared else None
        if codec is None or encoding != "utf-8":
            raise DocumentRefused("unreadable_document") from error
        return content.decode(codec, errors="replace")


def normalise(text: str) -> str:
    """Text as the rules compare it: NFKC, lower case, single spaces, no invisible characters, no emphasis marks."""
    folded = unicodedata.normalize("NFKC", as_shown(text).casefold())
    plain = folded.replace("\u2019", "'").replace("__", "").translate(EMPHASIS)
    return " ".join(plain.split())


def split_sentences(text: str) -> list[Sentence]:
    """The document's sentences in order; after a list's lead-in also the two as one, since they say it together."""
    visible = _without_comments(text)
    blocks = list(_blocks(visible))
    sentences: list[Sentence] = []
    heading = ""
    for position, block in enumerate(blocks):
        kind = _kind(visible, blocks, position)
        if kind != "statement":
            heading = normalise(visible[block.start : block.end])
        for start, end in _cuts(visible, block):
            sentences.append(_sentence(visible, start, end, "" if kind == "heading" else heading, kind))
        list_end = _list_end(blocks, position)
        if list_end and (kind != "statement" or visible[block.start : block.end].rstrip().endswith((":", ":"))):
            end = min(list_end, block.start + MAX_SENTENCE)
            sentences.append(_sentence(visible, block.start, end, heading, "statement"))
    return sentences


def _sentence(
    text: str, start: int, end: int, heading: str, kind: Literal["heading", "label", "statement"]
) -> Sentence:
    quote = text[start:end].strip()
    return Sentence(quote, normalise(quote), heading, kind)


def _without_comments(text: str) -> str:
    """The text with Markdown comments blanked: no reader sees them. Every place stays where it was."""
    parts = []
    position = 0
    while (start := text.find("<!--", position)) >= 0:
        found = text.find("-->", start)
        end = found + 3 if found >= 0 else len(text)
        parts += [text[position:start], "".join("\n" if c == "\n" else " " for c in text[start:end])]
        position = end
    return "".join([*parts, text[position:]])


def _blocks(text: str) -> Iterator[_Block]:
    """Headings, list items and paragraphs; lines that run on belong to the block above them."""
    block: _Block | None = None
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        kind = _line_kind(line)
        if kind is None and line.strip() and block and block.kind == "text":
            block.kind = "heading"  # it is underlined
        if block and kind == "text" and block.kind != "heading":
            block.end = end
        else:
            if block:
                yield block
            block = _Block(start, end, kind) if kind else None
        start = end
    if block:
        yield block


def _line_kind(line: str) -> Literal["heading", "item", "text"] | None:
    if not line.strip() or UNDERLINE.match(line):
        return None
    if MARKDOWN_HEADING.match(line):
        return "heading"
    return "item" if ITEM.match(line) else "text"


def _kind(text: str, blocks: list[_Block], position: int) -> Literal["heading", "label", "statement"]:
    """A label is a short line without an end above something: a heading of plain text, or a statement after all."""
    block = blocks[position]
    if block.kind == "heading":
        return "heading"
    line = text[block.start : block.end].strip()
    following = blocks[position + 1].kind if position + 1 < len(blocks) else "heading"
    short = len(line) <= MAX_HEADING and "\n" not in line and not line.endswith((".", "!", "?", ";", ","))
    short = short and not SAYING.search(line)
    return "label" if short and (following == "text" or (following == "item" and block.kind == "text")) else "statement"


def _list_end(blocks: list[_Block], position: int) -> int:
    """Where the list below a block ends; 0 where none follows, or the block is itself in it."""
    if blocks[position].kind == "item":
        return 0
    end = 0
    for following in range(position + 1, len(blocks)):
        if blocks[following].kind != "item":
            break
        end = blocks[following].end
    return end


def _cuts(text: str, block: _Block) -> Iterator[tuple[int, int]]:
    start = block.start
    ends = (
        m for m in SENTENCE_END.finditer(text, block.start, block.end) if not _is_abbreviation(text, block.start, m)
    )
    for end in [*(match.end() for match in ends), block.end]:
        while end - start > MAX_SENTENCE:
            space = text.rfind(" ", start + MAX_SENTENCE // 2, start + MAX_SENTENCE)
            cut = space if space > 0 else start + MAX_SENTENCE
            yield start, cut
            start = cut
        if any(character.isalnum() for character in text[start:end]):
            yield start, end
        start = end


def _is_abbreviation(text: str, floor: int, end: re.Match[str]) -> bool:
    """Whether the stop before this space ends a short form ("PT. Kopi", "No. 5") or a list number, not a sentence."""
    if text[end.start() - 1] != ".":
        return False
    if end.end() < len(text) and text[end.end()].islower():
        return True
    words = text[max(floor, end.start() - 12) : end.start() - 1].split()
    word = words[-1].lower().lstrip("(\"'“,") if words else ""
    return word in ABBREVIATIONS or (word.isdigit() and len(word) <= 2 and len(words) == 1)
