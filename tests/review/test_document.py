"""Bytes in, sentences out: whatever is uploaded has an outcome, and none is a crash."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.review import review_policy
from chalicelib.review.document import (
    MAX_BYTES,
    MAX_CHARACTERS,
    MAX_SENTENCE,
    DocumentRefused,
    normalise,
    read_document,
    split_sentences,
)
from tests.review.policies import BAKES, a_policy, reviewed

HOSTILE_BYTES = {
    "nothing": (b"", "empty_document"),
    "only a byte order mark": (b"\xef\xbb\xbf", "empty_document"),
    "only white space": (b" \n\t\r\n", "empty_document"),
    "only marks": (b"# ---\n***\n", "empty_document"),
    "only a comment": (b"<!-- Privacy policy -->", "empty_document"),
    "a PDF's first line": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "unreadable_document"),
    "a PDF's first line after junk": (b"junk\n%PDF-1.4\n", "unreadable_document"),
    "a zip's first bytes": (b"PK\x03\x04\x14\x00\x06\x00", "unreadable_document"),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unsupported_format"),
    "RTF": (b"{\\rtf1\\ansi Privacy policy}", "unsupported_format"),
    "HTML with a title alone": (b"<!DOCTYPE html><title>Privacy policy</title>", "empty_document"),
    "Markdown that hides a part": (b"# Privacy\n<div style='display:none'>rights</div>", "unsupported_format"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "unreadable_document"),
    "zero bytes among letters": (b"Privacy\x00policy", "unreadable_document"),
    "escape sequences": (b"Privacy \x1b[31mpolicy", "unreadable_document"),
    "UTF-8 cut off": ("จำกัด".encode()[:-1], "unreadable_document"),
    "Latin-1": ("Chính sách".encode("latin-1"), "unreadable_document"),
    "Thai in its old encoding": ("นโยบาย".encode("cp874"), "unreadable_document"),
    "UTF-16 cut off": ("policy".encode("utf-16")[:-1], "unreadable_document"),
    "UTF-16 with half a pair": (b"\xff\xfea\x00\x00\xd8", "unreadable_document"),
    "UTF-16 without a mark": ("policy".encode("utf-16-le"), "unreadable_document"),
    "UTF-32": ("policy".encode("utf-32"), "unreadable_document"),
    "too many bytes": (b"a" * (MAX_BYTES + 1), "document_too_large"),
    "too many characters": (b"we use it. " * (MAX_CHARACTERS // 10), "text_too_long"),
}
# Runs that make a careless pattern try every split of them.
RUNS = (
    ".",
    " ",
    "_",
    "[",
    "[a",
    "<",
    "<a ",
    "{",
    "{{a",
    "#",
    "*",
    "-\n",
    "\n",
    "1.1",
    "@a",
    "+1 ",
    "we use ",
    "<!--",
    "ก",
    "ก \n",
    "x:\n- y\n",
)


@pytest.mark.parametrize(("content", "reason"), HOSTILE_BYTES.values(), ids=HOSTILE_BYTES.keys())
def test_what_cannot_be_read_goes_to_a_person_with_a_reason(content: bytes, reason: str) -> None:
    review = review_policy(content, "policy.md", "SG", BAKES)
    assert (review.verdict, review.reason) == ("human", reason)
    assert {found.status for found in review.findings} == {"unclear"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encodings_editors_save_in_are_read(encoding: str) -> None:
    assert review_policy(a_policy().encode(encoding), "policy.txt", "SG", BAKES).verdict == "approve"


def test_line_ends_of_any_system_are_read() -> None:
    assert reviewed(a_policy().replace("\n", "\r\n")).verdict == "approve"


def test_the_content_tells_the_type_and_the_name_does_not() -> None:
    assert review_policy(a_policy().encode(), "policy.pdf", "SG", BAKES).verdict == "approve"
    assert read_document(b"<b>Privacy policy", "policy.htm") == "Privacy policy"
    with pytest.raises(DocumentRefused):
        read_document(b"Our policy <p>hides a part", "policy.md")


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_no_bytes_raise_and_none_are_approved(content: bytes) -> None:
    assert review_policy(content, "policy.md", "SG", BAKES).verdict != "approve"


@given(st.text(max_size=200))
@settings(deadline=None)
def test_quotes_stand_in_any_text_and_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert all(sentence.quote in text for sentence in split_sentences(text) if "<!--" not in text)


@pytest.mark.parametrize("run", RUNS)
def test_a_hostile_run_of_full_length_has_an_outcome(run: str) -> None:
    text = a_policy() + "\n\n" + run * ((MAX_CHARACTERS - 2_000) // len(run))
    assert reviewed(text).verdict in {"approve", "reject", "human"}


def test_no_sentence_is_longer_than_the_limit() -> None:
    text = "We keep it. " + "word " * 2_000 + "\n\n" + "x" * 5_000 + "\n\nData:\n\n" + "- item\n" * 1_000
    assert all(len(sentence.quote) <= MAX_SENTENCE for sentence in split_sentences(text))


def test_short_forms_and_numbers_end_no_sentence() -> None:
    text = "PT. Kopi Senja di Jl. Melati No. 5 menyimpan data. Kami menghapusnya."
    assert [sentence.quote for sentence in split_sentences(text)] == [
        "PT. Kopi Senja di Jl. Melati No. 5 menyimpan data.",
        "Kami menghapusnya.",
    ]


def test_a_list_is_also_read_with_its_lead_in() -> None:
    quotes = [sentence.quote for sentence in split_sentences("We collect:\n\n- phone\n- e-mail\n\nThat is all.")]
    assert quotes == ["We collect:", "We collect:\n\n- phone\n- e-mail", "- phone", "- e-mail", "That is all."]


def test_headings_of_every_kind_are_known() -> None:
    text = "# One\n\nA text.\n\nTwo\n---\n\nB text.\n\n**Three**\n\nC text.\n\nFour\n\nD text."
    kinds = {sentence.text: (sentence.kind, sentence.heading) for sentence in split_sentences(text)}
    assert kinds["a text."] == ("statement", "one")
    assert kinds["b text."] == ("statement", "two")
    assert kinds["c text."] == ("statement", "three")
    assert kinds["d text."] == ("statement", "four")
    assert [kind for kind, _ in kinds.values() if kind != "statement"] == ["heading"] * 3 + ["label"]


def test_invisible_characters_change_nothing() -> None:
    hidden = re.sub("a", "a\u200b\u00ad", a_policy())
    assert reviewed(hidden).verdict == "approve"
