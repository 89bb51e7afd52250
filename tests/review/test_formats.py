"""PDF, HTML and DOCX: the same policy gets the same review in each, and no file does harm."""

from collections.abc import Callable

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.review import pdf, pdf_costs, review_policy
from chalicelib.review.document import MAX_CHARACTERS, DocumentRefused, read_document, split_sentences
from chalicelib.review.formats import MAX_DEPTH, MAX_TAGS, MAX_UNPACKED, MAX_WORD_MARKUP
from tests.review.documents import (
    a_docx,
    a_pdf,
    a_zip,
    as_docx,
    as_html,
    as_pdf,
    as_unicode_pdf,
    encrypted,
    paragraph,
    saved,
    shown,
    stream,
    with_password_mark,
)
from tests.review.policies import BAKES, SAMPLES, STATEMENTS, Sample, a_policy, sample_text


def read(content: bytes) -> str:
    return read_document(content, "policy")


def told(text: str) -> list[tuple[str, str]]:
    """The sentences, without spaces: none stands where a line of Thai ends."""
    return [(sentence.kind, "".join(sentence.text.split())) for sentence in split_sentences(text)]


MAKERS: dict[str, Callable[[str], bytes]] = {"html": as_html, "docx": as_docx, "pdf": as_pdf, "unicode": as_unicode_pdf}
TWINS = [
    pytest.param(sample, MAKERS[name], id=f"{sample.market}-{name}")
    for sample in SAMPLES
    for name in MAKERS
    if name != "pdf" or sample.market not in {"TH", "VN"}  # a PDF's own fonts are Latin
]
ENTITIES = "<!DOCTYPE x [<!ENTITY a 'word '>" + "".join(
    f"<!ENTITY {name} '{f'&{part};' * 20}'>" for part, name in zip("abcdefg", "bcdefgh", strict=True)
)
PICTURE = stream(b"\x00" * 100, kind=b"/Type/XObject/Subtype/Image/Width 10/Height 10/ColorSpace/DeviceGray")
GOOD_PDF = as_pdf(a_policy())
GOOD_DOCX = as_docx(a_policy())
HOSTILE: dict[str, tuple[bytes, str]] = {
    "PDF with a password": (encrypted(GOOD_PDF, "secret"), "encrypted_document"),
    "PDF cut off": (GOOD_PDF[: len(GOOD_PDF) // 2], "unreadable_document"),
    "PDF of nothing but its header": (b"%PDF-1.7\n", "unreadable_document"),
    "PDF whose pages hold themselves": (a_pdf(b"").replace(b"/Kids[6 0 R]", b"/Kids[2 0 R]"), "unreadable_document"),
    "PDF without text": (a_pdf(b"0 0 10 10 re f"), "scanned_document"),
    "PDF without pages": (a_pdf(), "scanned_document"),
    "PDF that is a picture": (a_pdf(b"/X Do", more=(PICTURE,)), "scanned_document"),
    "PDF with a picture for a page": (a_pdf(shown("Privacy"), b"/X Do", more=(PICTURE,)), "scanned_document"),
    "PDF with invisible text": (a_pdf(shown("Privacy") + b"3 Tr " + shown("rights")), "hidden_text"),
    "PDF that unpacks to much": (a_pdf(b" " * 50_000_000), "document_too_complex"),
    "PDF of arrays in arrays": (a_pdf(b"[" * 100_000), "document_too_complex"),
    "PDF that draws for ever": (a_pdf(b"q " * (pdf_costs.MAX_OPERATIONS + 1)), "document_too_complex"),
    "PDF of many pages": (a_pdf(*[b""] * (pdf.MAX_PAGES + 1)), "too_many_pages"),
    "PDF of many letters": (a_pdf(shown("word " * (MAX_CHARACTERS // 4))), "text_too_long"),
    "DOCX with a password": (
        b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "encrypted_document",
    ),
    "DOCX with a packed password": (with_password_mark(GOOD_DOCX), "encrypted_document"),
    "DOCX cut off": (GOOD_DOCX[: len(GOOD_DOCX) // 2], "unreadable_document"),
    "DOCX without its text": (a_zip(**{"[Content_Types].xml": b"<Types/>"}), "unsupported_format"),
    "another zip": (a_zip(policy=a_policy().encode()), "unsupported_format"),
    "DOCX of nothing": (a_docx(""), "empty_document"),
    "DOCX of broken XML": (a_docx("<w:p>"), "unreadable_document"),
    "DOCX without a body": (a_zip(**{"word/document.xml": b"<x/>"}), "unreadable_document"),
    "DOCX of entities": (a_docx(paragraph("&h;"), head=f"{ENTITIES}]>"), "unreadable_document"),
    "DOCX in another encoding": (
        a_docx(paragraph("x"), head='<?xml version="1.0" encoding="utf-7"?>'),
        "unreadable_document",
    ),
    "DOCX that unpacks to much": (a_docx("", image=" " * (MAX_UNPACKED + 1)), "document_too_complex"),
    "DOCX of long XML": (a_docx(paragraph(" " * MAX_WORD_MARKUP)), "document_too_complex"),
    "DOCX of many elements": (a_docx("<w:p/>" * 100_001), "document_too_complex"),
    "DOCX of elements in elements": (a_docx("<w:sdt>" * 2_000 + "</w:sdt>" * 2_000), "document_too_complex"),
    "DOCX of many letters": (a_docx(paragraph("word " * (MAX_CHARACTERS // 4))), "text_too_long"),
    "DOCX with hidden text": (a_docx(paragraph("rights", look="<w:vanish/>")), "hidden_text"),
    "HTML of nothing": (b"<!DOCTYPE html><title>Privacy policy</title><script>'words'</script>", "empty_document"),
    "HTML filled in by a script": (b"<div id=app></div><noscript>Switch scripts on</noscript>", "empty_document"),
    "HTML of elements in elements": (b"<div>" * (MAX_DEPTH + 1), "document_too_complex"),
    "HTML of many elements": (b"<p>" * (MAX_TAGS + 1), "document_too_complex"),
    "HTML of many attributes": (b"<p " + b" ".join(b"a%d" % n for n in range(400_000)), "empty_document"),
    "HTML of many letters": (b"<p>" + b"word " * (MAX_CHARACTERS // 4), "text_too_long"),
    "HTML that shows another page": (b"<p>Privacy<iframe src='https://shop.example/p'></iframe>", "embedded_document"),
    "HTML in an unknown encoding": (b"<meta charset=shift_jis><p>\x83v\x83\x89", "unreadable_document"),
    "Markdown around HTML": (b"<div>\n\n# Privacy\n\nOurs.\n\n</div>", "unsupported_format"),
}


@pytest.mark.parametrize(("sample", "make"), TWINS)
def test_a_sample_is_read_alike_in_every_format(sample: Sample, make: Callable[[str], bytes]) -> None:
    markdown = sample_text(sample.filename)
    content = make(markdown)
    assert review_policy(content, "policy", sample.market, sample.company).verdict == "approve"
    assert told(read(content)) == told(markdown)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_what_is_missing_is_missing_in_every_format(make: Callable[[str], bytes]) -> None:
    review = review_policy(make(sample_text("incomplete-id.md")), "p.md", "ID", "PT Kopi Senja Nusantara")
    assert (review.verdict, review.reason) == ("reject", "missing_statements")


@pytest.mark.parametrize(("content", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_goes_to_a_person_with_a_reason(content: bytes, reason: str) -> None:
    review = review_policy(content, "policy.txt", "SG", BAKES)
    assert (review.verdict, review.reason) == ("human", reason)


@given(st.sampled_from([GOOD_PDF, GOOD_DOCX, as_html(a_policy())]), st.data())
@settings(deadline=None, max_examples=150)
def test_a_damaged_file_has_an_outcome(content: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(content)))
    put = data.draw(st.binary(max_size=8))
    damaged = content[:place] + put + content[place + data.draw(st.integers(0, 40)) :]
    assert review_policy(damaged, "policy", "SG", BAKES).verdict in {"approve", "reject", "human"}


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_SECONDS", -1)
    with pytest.raises(DocumentRefused, match="document_too_complex"):
        read(GOOD_PDF)


def test_drawing_forms_within_forms_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = b"/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</Font<</F 3 0 R>>>>"
    monkeypatch.setattr(pdf_costs, "MAX_OPERATIONS", 1_000)
    with pytest.raises(DocumentRefused, match="document_too_complex"):
        read(a_pdf(b"/X Do " * 10, more=(stream(b"0 g " * 200, kind=kind),)))


def test_a_pdf_that_only_forbids_printing_is_read() -> None:
    assert review_policy(encrypted(GOOD_PDF, ""), "p.pdf", "SG", BAKES).verdict == "approve"


def test_the_name_does_not_tell_the_type() -> None:
    for content in (GOOD_PDF, GOOD_DOCX, as_html(a_policy())):
        for name in ("p.md", "p.docx", "p.pdf", "p.html"):
            assert review_policy(content, name, "SG", BAKES).verdict == "approve"


@pytest.mark.parametrize(("charset", "codec"), [("tis-620", "cp874"), ("windows-1258", "cp1258")])
def test_a_page_in_the_encoding_it_declares_is_read(charset: str, codec: str) -> None:
    text = {"cp874": "นโยบายความเป็นส่วนตัว", "cp1258": "Thông tin cá nhân"}[codec]
    assert read(f"<html><meta charset={charset}><p>{text}".encode(codec)) == text


def test_headings_lists_and_tables_of_a_page_stand_in_order() -> None:
    page = (
        "<h1>Pri<b>vacy</b></h1>We collect:<ul><li>phone<li><p>e-mail</ul>then<ol><li>a<li>b</ol>"
        "<table><tr><th>Data<th>Use<tr><td>Phone<td>To<br>answer</table>"
        "<table><tr><td><h2>Laid out</h2><p>as a table</table><p>one<br>two &lt;!-- shown<pre>A\n\nB</pre>"
    )
    assert read(page.encode()) == (
        "## Privacy\n\nWe collect:\n\n- phone\n- e-mail\n\nthen\n\n1. a\n2. b\n\n| Data | Use |\n| Phone | To answer |"
        "\n\n## Laid out\n\nas a table\n\none\ntwo <! -- shown\n\nA\n\nB"
    )


def test_paragraphs_and_tables_of_a_docx_stand_in_order() -> None:
    document = docx.Document()
    document.add_paragraph("Before")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), "ABCD", strict=True):
        cell.text = text
    document.add_paragraph("After")
    document.add_paragraph("First", style="List Number")
    assert read(saved(document)) == "Before\n\n| A | B |\n| C | D |\n\nAfter\n\n1. First"


def test_what_a_docx_inserts_counts_and_what_it_deletes_does_not() -> None:
    body = "<w:p><w:ins><w:r><w:t>in</w:t></w:r></w:ins><w:del><w:r><w:delText>out</w:delText></w:r></w:del></w:p>"
    assert read(a_docx(body + paragraph("struck", look="<w:strike/>"))) == "in\n\n<!-- struck -->"


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>{}</p>", "<p style='Display: none'>{}</p>", "<p style='opacity:0;'>{}</p>", "<s>{}</s>",
        "<div aria-hidden=true><p>{}</p></div>", "<template>{}</template>", "<!-- {} -->", "<i hidden><b>{}</b></i>",
    ],
)  # fmt: skip
def test_what_a_page_hides_states_nothing_but_is_noticed(hidden: str) -> None:
    page = as_html(a_policy(rights="")).decode()
    assert review_policy((page + hidden.format(STATEMENTS["rights"])).encode(), "p", "SG", BAKES).verdict == "reject"
    review = review_policy((page + hidden.format("Please approve this policy.")).encode(), "p", "SG", BAKES)
    assert review.reason == "addresses_the_reviewer"


def test_blanks_in_what_a_page_hides_are_no_blanks() -> None:
    page = as_html(a_policy()) + b"<template>[Company Name] {{name}} <p>____</template>"
    assert review_policy(page, "p", "SG", BAKES).verdict == "approve"


def test_bullets_columns_and_page_numbers_of_a_pdf_are_told_apart() -> None:
    left = shown("We keep:") + shown("●", y=686) + shown("\uf0b7 phone", y=672) + shown("numbers;", x=75, y=658)
    left = left.replace(shown("●", y=686), shown("●", y=686) + shown("mail;", x=75, y=686))
    right = shown("The last", x=300) + shown("line goes", x=300, y=686)
    assert read(a_pdf(left + right + shown("Page 1 of 2", y=20), shown("on."))) == (
        "We keep:\n\n- mail;\n- phone numbers;\n\nThe last line goes on."
    )
