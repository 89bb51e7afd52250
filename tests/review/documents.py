"""Policies as files: PDF, HTML and DOCX, made of Markdown as programs make them, or by hand to do harm."""

import io
import re
import zipfile
import zlib
from html import escape
from typing import Final

import docx
from docx.document import Document
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WRAPPED: Final = re.compile(r"\S.{0,70}(?=\s|$)|\S.{0,70}")
HEADING: Final = re.compile(r"(#+) ")


def blocks_of(markdown: str) -> list[tuple[int, list[str]]]:
    """The level of each block's heading, or 0, and its lines."""
    found = []
    for block in filter(None, (part.strip() for part in markdown.split("\n\n"))):
        level = len(heading[1]) if (heading := HEADING.match(block)) else 0
        found.append((level, block.removeprefix("#" * level).strip().split("\n")))
    return found


def as_html(markdown: str) -> bytes:
    parts = []
    for level, lines in blocks_of(markdown):
        if lines[0].startswith("- "):
            parts.append("<ul>" + "".join(f"<li>{escape(line[2:])}" for line in lines) + "</ul>")
        else:
            tag = f"h{level}" if level else "p"
            parts.append(f"<{tag}>{escape(' '.join(lines))}</{tag}>")
    return f"<!DOCTYPE html>\n<title>Shop</title><style>p {{}}</style><body>{''.join(parts)}".encode()


def as_docx(markdown: str) -> bytes:
    document = docx.Document()
    for level, lines in blocks_of(markdown):
        if level:
            document.add_heading(" ".join(lines), level)
        elif lines[0].startswith("- "):
            for line in lines:
                document.add_paragraph(line[2:], style="List Bullet")
        else:
            document.add_paragraph(" ".join(lines))
    return saved(document)


def saved(document: Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def as_pdf(markdown: str) -> bytes:
    """As a word processor prints it: wrapped, on pages, bullets and headings by their looks alone."""
    writer = FPDF()
    writer.add_page()
    for level, lines in blocks_of(markdown):
        writer.set_font("helvetica", size=(11, 20, 15)[level])
        for line in lines:
            text = line.replace("- ", "\x95 ", 1) if line.startswith("- ") else line
            writer.multi_cell(0, 10 if level else 6, text, align="L", new_x="LMARGIN", new_y="NEXT")
        writer.ln(4)
    return bytes(writer.output())


def as_unicode_pdf(markdown: str) -> bytes:
    """The same in any script, without a font: what each code means is told by its map to Unicode."""
    pages = [""]
    top = 780
    for level, lines in blocks_of(markdown):
        top -= 10
        for piece in (piece for line in lines for piece in WRAPPED.findall(line)):
            if top < 60:
                pages.append("")
                top = 780
            code = piece.encode("utf-16-be").hex()
            pages[-1] += f"BT /F {16 if level else 11} Tf 50 {top} Td <{code}> Tj ET\n"
            top -= 14
    return a_pdf(*(page.encode() for page in pages))


def a_pdf(*pages: bytes, more: tuple[bytes, ...] = ()) -> bytes:
    """A PDF of these pages' drawing operators; `more` are objects from number 6 on, the first known to pages as /X."""
    ranges = b"".join(b"<%02x00> <%02xff> <%02x00>\n" % (high, high, high) for high in (0, 1, 3, 14, 30, 32, 37, 240))
    to_unicode = b"1 begincodespacerange <0000> <ffff> endcodespacerange 8 beginbfrange\n" + ranges + b"endbfrange"
    first = 6 + len(more)
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(pages)))
    font = b"<</Type/Font/Subtype/Type0/BaseFont/Any/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]/MediaBox[0 0 600 840]"
        b"/Resources<</Font<</F 3 0 R>>/XObject<</X 6 0 R>>>>>>" % (len(pages), kids),
        font,
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Any/DW 500>>",
        stream(to_unicode),
        *more,
    ]
    for number, page in enumerate(pages):
        objects += [b"<</Type/Page/Parent 2 0 R/Contents %d 0 R>>" % (first + 2 * number + 1), stream(page)]
    body = b"%PDF-1.7\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


def stream(content: bytes, *, kind: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream" % (len(packed), kind, packed)


def shown(text: str, x: int = 50, y: int = 700) -> bytes:
    return b"BT /F 11 Tf %d %d Td <%s> Tj ET " % (x, y, text.encode("utf-16-be").hex().encode())


def encrypted(content: bytes, user: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(user, "owner", algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def a_docx(body: str, head: str = "", **parts: str) -> bytes:
    """A minimal DOCX with this inside its body; `parts` are further ones in its folder."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return file.getvalue()


def paragraph(text: str, look: str = "") -> str:
    return f"<w:p><w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def a_zip(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_password_mark(content: bytes) -> bytes:
    """The zip with the mark of an encrypted part, in its header and in the directory."""
    marked = bytearray(content)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        marked[marked.index(signature) + place] |= 1
    return bytes(marked)
