"""The verdict: a policy's text against the market's rules.

Steps: read the document; find each check's statement; then decide. Whatever the rules can't be sure of goes to a
person, which costs minutes; a wrong approval costs more, a wrong rejection most.
"""

import functools
import hashlib
import re
from typing import Final

from chalicelib import markets
from chalicelib.review import Finding, Review, Verdict
from chalicelib.review import words as rules
from chalicelib.review.checks import HARD_CORE, LANGUAGES
from chalicelib.review.document import DocumentRefused, normalise, read_document
from chalicelib.review.findings import find_statements, is_titled, undecided
from chalicelib.review.likeness import TABLE
from chalicelib.review.reading import PolicyText, read_policy
from chalicelib.review.words import load_language

GENERATION: Final = "4"  # raised when the code decides otherwise; words, table and markets count by themselves

_FILLER: Final = (
    r"\b(?:company|business|organi[sz]ation|name|insert|date|e-?mail|address|phone|website|country|nama|perusahaan)\b"
    r"|\b(?:syarikat|tanggal|tarikh|alamat|telepon|nomor|nombor|pangalan|kumpanya|petsa|tên|công ty|ngày|địa chỉ)\b"
    r"|ชื่อ|บริษัท|วันที่|ที่อยู่|อีเมล"
)
_NUMBER: Final = (
    r"number|period|jumlah|sebutkan|isi |bilangan|nyatakan|tempoh|bilang|ilagay|số(?! \d)|điền|tên|ระบุ|จำนวน|ใส่|insert"
)
# A blank no one filled in. A bracket with quotes or digits in it, or a link, is none.
BLANKS: Final = (
    rf"\[(?=[^\[\]\n]{{0,60}}(?:{_FILLER}))[^\[\]\n\d\"'“”]{{1,80}}\](?![(\[:])",  # [Company Name]
    rf"<(?=[^<>\n]{{0,60}}(?:{_FILLER}))[^<>@/=!\n]{{1,80}}>",  # <insert date>
    rf"<<[^<>\n]{{1,60}}>>|\[(?:{_NUMBER})[^\[\]\n]{{0,40}}\]",  # <<PERIOD>>, [number] months
    rf"(?<!_)_{{4,}}+ ?\((?=[^()\n]{{0,60}}(?:{_FILLER}))",  # ____ (company name)
    r"\{\{[^{}\n]{1,60}\}\}|\$\{[^{}\n]{1,60}\}|\{[a-z]{1,20}_[a-z_]{1,20}\}",  # {{company}}
    r"(?<=[^\s_])[ \t]{0,9}(?<![^\s:(])_{3,}(?!\w)",  # Company: ____
    r"lorem ipsum",
)
MOST_OF_CORE: Final = 0.6  # of the hard core: articles and terms say less of it of their own company
BLANK: Final = re.compile("|".join(BLANKS), re.IGNORECASE)
# What might be one: [Jurisdiction], XXXX, "Name: ......"; not a table of contents, whose dots lead to a page's number.
PERHAPS_BLANK: Final = re.compile(r"(?<!\])\[[^\W\d_][^\[\]\n\d]{1,80}\](?![(\[:])|X{4,}|\.{5}(?![.\s]{0,200}\d)|…{2}")


def review_document(document: bytes, filename: str, market: str, company: str) -> Review:
    """See review_policy."""
    law = markets.get_market(market)
    try:
        text = read_policy(read_document(document, filename), law, company)
    except DocumentRefused as refusal:
        return Review("human", undecided(law), rule_set(), refusal.reason)
    return _decided(text, find_statements(text, law))


@functools.cache
def rule_set() -> str:
    """The version of the rules: a generation of the code and a digest of the words, table and markets, "1.0f3a9c27"."""
    digest = hashlib.sha256()
    for folder in (markets.FOLDER, rules.FOLDER):
        for path in sorted(folder.glob("*.toml")):
            digest.update(path.read_bytes())
    digest.update(TABLE.read_bytes())
    return f"{GENERATION}.{digest.hexdigest()[:8]}"


def _decided(text: PolicyText, findings: tuple[Finding, ...]) -> Review:
    """The first outcome that applies; approval is what is left."""
    needed = {finding.status for finding in findings if finding.is_required}
    whole = normalise(text.raw)
    is_policy = text.is_other != "yes" and is_titled(whole)
    core = _share_of_core(findings)
    outcomes: tuple[tuple[bool, Verdict, str], ...] = (
        (_addresses_reviewer(text.raw), "human", "addresses_the_reviewer"),
        (not is_policy and not text.written_in, "human", "unknown_language"),
        (not is_policy and core < MOST_OF_CORE, "reject", "not_a_privacy_policy"),
        (BLANK.search(text.raw) is not None, "reject", "unfilled_blanks"),
        (text.is_draft == "yes", "reject", "not_in_force"),
        (text.is_for_others == "yes", "reject", "other_audience"),
        ("missing" in needed, "reject", "missing_statements"),
        (not text.is_readable, "human", "unknown_language"),
        (text.is_other != "no" or (not is_policy and core < 1), "human", "possibly_no_privacy_policy"),
        (text.is_draft == "perhaps", "human", "possibly_not_in_force"),
        (text.is_for_others == "perhaps", "human", "possibly_other_audience"),
        (PERHAPS_BLANK.search(text.raw) is not None, "human", "possible_blanks"),
        ("unclear" in needed, "human", "unclear_statements"),
    )
    for applies, verdict, reason in outcomes:
        if applies:
            return Review(verdict, findings, rule_set(), reason)
    return Review("approve", findings, rule_set(), None)


def _share_of_core(findings: tuple[Finding, ...]) -> float:
    """How much it says of what privacy policies say, whatever it calls itself: from 0 to 1."""
    return sum(finding.check in HARD_CORE and finding.status == "stated" for finding in findings) / len(HARD_CORE)


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
    return any(
        rules.is_stated(pattern, line, language, deniable=False) for line in lines for pattern, language in suspected
    )
