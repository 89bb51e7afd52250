"""The verdict: a policy's text against the market's rules.

Steps: read the document; stop where it tries to steer the reviewer; find each check's statement; then decide. Whatever
the rules can't be sure of goes to a person, which costs minutes; a wrong approval costs more, a wrong rejection most.
"""

import functools
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from chalicelib import markets
from chalicelib.markets import Market
from chalicelib.review import Finding, Review, Status, Verdict
from chalicelib.review import checks as rules
from chalicelib.review.checks import CHECKS, LANGUAGES, Check, Language, load_language
from chalicelib.review.company import (
    COMPANY,
    company_words,
    has_trace,
    mark_company,
    name_pattern,
    names_another_first,
    stands_alone,
)
from chalicelib.review.document import DocumentRefused, Sentence, normalise, read_document, split_sentences

GENERATION: Final = "1"  # raised when the code decides otherwise; the words and markets count by themselves
# What is an element of notice or a duty in all six markets: our own bar everywhere.
HARD_CORE: Final = ("controller", "contact", "purposes", "categories", "rights", "withdrawal")

WORD: Final = re.compile(r"[^\W\d_]+")
COMMON_SHARE: Final = 0.1  # of a text's words; running text has 0.25 and more, half a bilingual one 0.12 and more
FOREIGN_SHARE: Final = 0.1  # of a text's letters, in scripts the rules can't read

_FILLER = (
    r"\b(?:company|business|organi[sz]ation|name|insert|date|e-?mail|address|phone|website|country|nama|perusahaan)\b"
    r"|\b(?:syarikat|tanggal|tarikh|alamat|telepon|nomor|nombor|pangalan|kumpanya|petsa|tên|công ty|ngày|địa chỉ)\b"
    r"|ชื่อ|บริษัท|วันที่|ที่อยู่|อีเมล"
)
# A blank no one filled in. A bracket with quotes or digits in it, or a link, is none.
BLANKS: Final = (
    rf"\[(?=[^\[\]\n]{{0,60}}(?:{_FILLER}))[^\[\]\n\d\"'“”]{{1,80}}\](?![(\[:])",  # [Company Name]
    rf"<(?=[^<>\n]{{0,60}}(?:{_FILLER}))[^<>@/=!\n]{{1,80}}>",  # <insert date>
    r"\{\{[^{}\n]{1,60}\}\}|\$\{[^{}\n]{1,60}\}|\{[a-z]{1,20}_[a-z_]{1,20}\}",  # {{company}}
    r"(?<=[^\s_])[ \t]{0,9}(?<![^\s:(])_{3,}(?!\w)",  # Company: ____
    r"lorem ipsum",
)
BLANK: Final = re.compile("|".join(BLANKS), re.IGNORECASE)
# What might be one: [Jurisdiction], XXXX, "Name: ......"
PERHAPS_BLANK: Final = re.compile(r"(?<!\])\[[^\W\d_][^\[\]\n]{1,80}\](?![(\[:])|X{4,}|\.{5}|…{2}")


@dataclass(frozen=True, slots=True)
class _Text:
    """A policy as the checks see it. `marked` is its text, and each sentence's, normalised with the company marked."""

    raw: str
    marked: str
    sentences: tuple[tuple[Sentence, str], ...]
    words: tuple[str, ...]
    is_readable: bool
    """Whether what is not found is not there: written in the market's languages, all in letters the rules read."""
    languages: tuple[Language, ...]
    written_in: tuple[str, ...]


def review_document(document: bytes, filename: str, market: str, company: str) -> Review:
    """See review_policy."""
    law = markets.get_market(market)
    try:
        text = _read(read_document(document, filename), law, company)
    except DocumentRefused as refusal:
        findings = tuple(_finding(check, "unclear", None, law) for check in CHECKS)
        return Review("human", tuple(replace(f, advice=None) for f in findings), rule_set(), refusal.reason)
    findings = tuple(_finding(check, *_status(check.code, text, law), law) for check in CHECKS)
    return _decided(text, findings)


@functools.cache
def rule_set() -> str:
    """The version of the rules: a generation of the code and a digest of the words and markets, "1.0f3a9c27"."""
    digest = hashlib.sha256()
    for folder in (markets.FOLDER, rules.FOLDER):
        for path in sorted(folder.glob("*.toml")):
            digest.update(path.read_bytes())
    return f"{GENERATION}.{digest.hexdigest()[:8]}"


def _read(raw: str, law: Market, company: str) -> _Text:
    words = company_words(company, rules.ordinary_words())
    pattern = name_pattern(words)
    sentences = tuple((s, mark_company(s.text, pattern)) for s in dict.fromkeys(split_sentences(raw)))
    text = normalise(raw)
    shares = {code: _share(load_language(code), text) for code in LANGUAGES}
    best = max(shares, key=lambda code: shares[code])
    written_in = tuple(code for code in LANGUAGES if shares[code] >= COMMON_SHARE)
    readable = best in law.languages and best in written_in and _share_of_letters(text, _is_foreign) < FOREIGN_SHARE
    languages = tuple(load_language(code) for code in law.languages)
    return _Text(raw, mark_company(text, pattern), sentences, words, readable, languages, written_in)


def _share(language: Language, text: str) -> float:
    """How much of a text is a language's frequent words, or where no spaces are written, letters: from 0 to 1."""
    if not language.spaced:
        return _share_of_letters(text, _is_thai)
    found = WORD.findall(text)
    return sum(word in language.common for word in found) / max(1, len(found))


def _share_of_letters(text: str, belongs: Callable[[str], bool]) -> float:
    letters = [character for character in text if character.isalpha()]
    return sum(map(belongs, letters)) / max(1, len(letters))


def _is_thai(letter: str) -> bool:
    return "\u0e00" <= letter <= "\u0e7f"


def _is_foreign(letter: str) -> bool:
    """Whether it belongs to none of the scripts read: Thai and Latin, with what Vietnamese adds to it."""
    return letter > "\u024f" and not _is_thai(letter) and not "\u1e00" <= letter <= "\u1eff"


def _status(code: str, text: _Text, law: Market) -> tuple[Status, str | None]:
    if code == "language":
        return _language_status(text, law), None
    for sentence, marked in text.sentences:
        if _says(code, sentence, marked, text):
            return _trusted(code, text), sentence.quote
    return ("unclear" if _is_touched(code, text) else "missing"), None


def _says(code: str, sentence: Sentence, marked: str, text: _Text) -> bool:
    """Whether a sentence states it, read with the company's name as a name or, should it be common words, as them."""
    if code == "controller" and sentence.kind != "statement" and COMPANY in marked and _is_title(sentence.text):
        return True
    readings = {marked, sentence.text}
    return any(rules.states(code, sentence, reading, language) for reading in readings for language in text.languages)


def _trusted(code: str, text: _Text) -> Status:
    """Stated, but for a name that may be another company's: then whose policy this is, is for a person to say."""
    pattern = name_pattern(text.words) if code == "controller" else None
    if pattern and (names_another_first(normalise(text.raw), pattern) or not stands_alone(text.raw, pattern)):
        return "unclear"
    return "stated"


def _is_title(text: str) -> bool:
    return any(rules.has_any(language.privacy, text, language) for language in map(load_language, LANGUAGES))


def _is_touched(code: str, text: _Text) -> bool:
    """Whether the subject comes up, or might in words the rules can't read: then its absence is not clear."""
    if not text.is_readable:
        return True
    if code == "controller" and _may_be_named(text):
        return True
    return any(
        rules.speaks_of(code, sentence, marked, language)
        for sentence, marked in text.sentences
        for language in text.languages
    )


def _may_be_named(text: _Text) -> bool:
    """Whether the company may stand there after all: named in passing, in part, or in another script."""
    if not text.words or COMPANY in text.marked or has_trace(text.marked, text.words):
        return True
    return "".join(text.words).isascii() == ("th" in text.written_in)


def _language_status(text: _Text, law: Market) -> Status:
    """Stated if written in one of the market's languages; where the law asks for the language, in all it lists."""
    asked = law.languages if "language" in (*law.review.required, *law.review.advised) else ()
    if not text.is_readable:
        return "unclear"
    return "stated" if set(asked) <= set(text.written_in) else "missing"


def _finding(check: Check, status: Status, quote: str | None, law: Market) -> Finding:
    says = {
        "stated": "The policy says",
        "missing": "The policy does not say",
        "unclear": "It is not clear if the policy says",
    }
    needed = check.code in HARD_CORE or check.code in law.review.required
    advice = None if status == "stated" else check.advice
    return Finding(check.code, status, quote, f"{says[status]} {check.subject}.", advice, needed)


def _decided(text: _Text, findings: tuple[Finding, ...]) -> Review:
    """The first outcome that applies; approval is what is left."""
    needed = {finding.status for finding in findings if finding.is_required}
    is_policy = _is_title(normalise(text.raw))
    outcomes: tuple[tuple[bool, Verdict, str], ...] = (
        (_addresses_reviewer(text.raw), "human", "addresses_the_reviewer"),
        (not is_policy and not text.written_in, "human", "unknown_language"),
        (not is_policy, "reject", "not_a_privacy_policy"),
        (BLANK.search(text.raw) is not None, "reject", "unfilled_blanks"),
        ("missing" in needed, "reject", "missing_statements"),
        (not text.is_readable, "human", "unknown_language"),
        (PERHAPS_BLANK.search(text.raw) is not None, "human", "possible_blanks"),
        ("unclear" in needed, "human", "unclear_statements"),
    )
    for applies, verdict, reason in outcomes:
        if applies:
            return Review(verdict, findings, rule_set(), reason)
    return Review("approve", findings, rule_set(), None)


def _addresses_reviewer(raw: str) -> bool:
    """Whether some line tells a reader of policies what to decide: no policy needs to. Hidden lines count."""
    whole = normalise(raw)
    suspected = [
        (pattern, language)
        for language in map(load_language, LANGUAGES)
        for pattern in language.instructions
        if all(rules.has_any(group, whole, language) for group in pattern)
    ]
    lines = {normalise(line) for line in raw.splitlines()} if suspected else set()
    return any(rules.is_stated(pattern, line, language) for line in lines for pattern, language in suspected)
