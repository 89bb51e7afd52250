"""What each check finds in a policy: stated, missing or unclear, with the passage, and the words that tell it."""

from collections.abc import Iterator
from typing import Final

from chalicelib.markets import Market
from chalicelib.review import Finding, Place, Status
from chalicelib.review import words as rules
from chalicelib.review.checks import CHECKS, HARD_CORE, LANGUAGES
from chalicelib.review.company import (
    COMPANY,
    LEGAL_NAME,
    fold,
    has_trace,
    name_pattern,
    names_another_first,
    stands_alone,
)
from chalicelib.review.document import normalise
from chalicelib.review.likeness import likeness
from chalicelib.review.passages import Passage
from chalicelib.review.reading import Passages, PolicyText
from chalicelib.review.weighing import NAMED, READ_TWICE, Likenesses, most_like_first, weigh, worth_reading
from chalicelib.review.words import Language, load_language

# Where the legal basis is owed only if it is not consent: IRR of RA 10173, section 34(a)(2)(c).
BASIS_MAY_BE_CONSENT: Final = ("PH",)


def find_statements(text: PolicyText, law: Market) -> tuple[Finding, ...]:
    """One finding for each check, in their order."""
    likenesses = {passage: likeness(marked, passage.heading) for passage, marked in text.passages}
    stated = {code: stating(code, text, worth_reading(code, text.passages, likenesses)) for code in CHECKS}
    explained = {passage for passages in stated.values() for passage in passages}
    rest = [(passage, marked) for passage, marked in text.passages if passage not in explained]
    findings = []
    for code in CHECKS:
        status, passage = _by_words(code, stated[code], rest, text, law)
        if text.is_readable:
            taken = stated["contact"] if code == "purposes" else []  # "for any question, write to us"
            status, passage = _read_again(code, status, stated[code], taken, text, law, likenesses) or (status, passage)
        findings.append(_finding(code, status, passage.quote if passage else None, law, raw=text.raw))
    return tuple(findings)


def _read_again(
    code: str,
    status: Status,
    found: list[Passage],
    taken: list[Passage],
    text: PolicyText,
    law: Market,
    likenesses: Likenesses,
) -> tuple[Status, Passage | None] | None:
    """What becomes of a finding by the words when likeness is asked too; None where it stays.

    `taken`: passages that state something else.
    """
    marked = dict(text.passages)
    if code == "controller" and status == "unclear" and COMPANY in text.marked:
        named = (p for p in most_like_first(code, marked, likenesses) if not _names_another(marked[p]))
        passage = next(named, None)
        is_told = passage is not None and likenesses[passage][code] >= NAMED
        return (_trusted(code, text), passage) if is_told else None
    if code not in READ_TWICE:
        return None
    others = (p for p in most_like_first(code, marked, likenesses) if rules.may_state(code, marked[p], text.languages))
    weighed, passage = weigh(code, status, found, others, taken, likenesses)
    if passage and code == "categories" and passage not in found:  # one kind alone is no list of them
        weighed = "unclear" if rules.names_one_alone(code, marked[passage], text.languages) else weighed
    if weighed == "missing" and code == "legal_basis" and _may_be_consent(text, law):
        return "unclear", None
    return weighed, passage


def _names_another(marked: str) -> bool:
    """Whether a passage names some other company, and not this one."""
    return COMPANY not in marked and LEGAL_NAME.search(fold(marked)) is not None


def undecided(law: Market) -> tuple[Finding, ...]:
    """The findings on a document no one could read: nothing is clear, nothing to add."""
    return tuple(_finding(code, "unclear", None, law, is_advised=False) for code in CHECKS)


def stating(code: str, text: PolicyText, passages: Passages) -> list[Passage]:
    """Which of the passages state it by the words."""
    if code == "language":
        return []
    found = [passage for passage, marked in passages if _says(code, passage, marked, text)]
    return found or next((parts for language in text.languages if (parts := _in_parts(code, passages, language))), [])


def _in_parts(code: str, passages: Passages, language: Language) -> list[Passage]:
    """The passages that state it together, one for each part; none where a part is missing."""
    found = []
    for part in range(len(language.checks[code].parts)):
        said = (p for p, marked in passages if rules.states_part(code, part, p, marked, language))
        passage = next(said, None)
        if passage is None:
            return []
        found.append(passage)
    return found


def _says(code: str, passage: Passage, marked: str, text: PolicyText) -> bool:
    """Whether a passage states it, read with the company's name as a name or, should it be common words, as them."""
    readings = {marked, passage.text}
    return any(rules.states(code, passage, reading, language) for reading in readings for language in text.languages)


def _by_words(
    code: str, stating: list[Passage], rest: list[tuple[Passage, str]], text: PolicyText, law: Market
) -> tuple[Status, Passage | None]:
    if code == "language":
        return _language_status(text, law), None
    if stating:
        return _trusted(code, text) if not _is_either(code, stating, text) else "unclear", stating[0]
    if code == "controller" and _is_in_title(text):
        return _trusted(code, text), None
    if code == "legal_basis" and _may_be_consent(text, law):
        return "unclear", None
    return ("unclear" if _is_touched(code, text, rest) else "missing"), None


def _is_either(code: str, stating: list[Passage], text: PolicyText) -> bool:
    """Whether who is responsible is this company or another, depending on what."""
    return code == "controller" and any(
        rules.has("either", passage.text, language) for passage in stating for language in text.languages
    )


def _may_be_consent(text: PolicyText, law: Market) -> bool:
    """Whether the legal basis may be consent, which some markets need not be told as one."""
    return law.code in BASIS_MAY_BE_CONSENT and rules.mentions_consent(text.marked, text.languages)


def _is_in_title(text: PolicyText) -> bool:
    """Whether a heading says whose policy this is: "Privacy policy of Lion City Bakes"."""
    return any(COMPANY in title and is_titled(title) for title in text.titles)


def is_titled(text: str) -> bool:
    """Whether words that name a privacy policy stand in normalised text, in any language."""
    return any(rules.has("privacy", text, language) for language in map(load_language, LANGUAGES))


def _trusted(code: str, text: PolicyText) -> Status:
    """Stated, but for a name that may be another company's: then whose policy this is, is for a person to say."""
    pattern = name_pattern(text.company) if code == "controller" else None
    if pattern and (
        names_another_first(normalise(text.raw), pattern) or not stands_alone(text.raw, pattern, rules.ordinary_words())
    ):
        return "unclear"
    return "stated"


def _is_touched(code: str, text: PolicyText, rest: list[tuple[Passage, str]]) -> bool:
    """Whether the subject comes up, or might in words the rules can't read: then its absence is not clear."""
    if not text.is_readable or (code == "controller" and _may_be_named(text)):
        return True
    return any(_touches(code, text, rest))


def _touches(code: str, text: PolicyText, rest: list[tuple[Passage, str]]) -> Iterator[bool]:
    for language in text.languages:
        for passage, marked in text.passages:
            yield rules.speaks_of(code, passage, marked, language)
        for passage, marked in rest:
            yield rules.hints_at(code, passage, marked, language)


def _may_be_named(text: PolicyText) -> bool:
    """Whether the company may stand there after all: named in passing, in part, or in another script."""
    if not text.company or COMPANY in text.marked or has_trace(text.marked, text.company):
        return True
    return "".join(text.company).isascii() == ("th" in text.written_in)


def _language_status(text: PolicyText, law: Market) -> Status:
    """Stated if written in one of the market's languages; where the law asks for the language, in all it lists."""
    asked = law.languages if "language" in (*law.review.required, *law.review.advised) else ()
    if not text.is_readable:
        return "unclear"
    return "stated" if set(asked) <= set(text.written_in) else "missing"


def _finding(
    code: str, status: Status, quote: str | None, law: Market, *, raw: str = "", is_advised: bool = True
) -> Finding:
    start = raw.find(quote) if quote else -1
    english, local = load_language("en"), load_language(law.languages[0])
    has_advice = is_advised and status != "stated"
    return Finding(
        check=code,
        status=status,
        quote=quote,
        place=Place(start, start + len(quote)) if quote and start >= 0 else None,
        sentence=english.sentence(code, status),
        advice=english.checks[code].advice if has_advice else None,
        local_sentence=local.sentence(code, status),
        local_advice=local.checks[code].advice if has_advice else None,
        is_required=code in HARD_CORE or code in law.review.required,
        source=law.review.source(code),
    )
