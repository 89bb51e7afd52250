"""The checks, and how one sentence is tried against a language's words for them.

A pattern is a list of word groups that have to follow each other within one sentence ("kami … mengumpulkan … nomor").
Words are literals, never regular expressions, so that no document can make the matching slow.
"""

import functools
import re
import tomllib
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Final, NamedTuple

from chalicelib.review.company import COMPANY, fold
from chalicelib.review.document import Sentence, normalise

FOLDER: Final = Path(__file__).parent / "languages"
LANGUAGES: Final = ("en", "id", "ms", "th", "tl", "vi")
MAX_STARTS: Final = 20  # a statement is looked for from this many places in a sentence
LEAD: Final = 60  # a "not" counts up to this many characters before the statement

PIECES: Final = {
    "@company": COMPANY,
    "@email": r"(?<=\w)@[\w-]{1,63}\.\w",
    "@phone": r"\+?\d[\d ().-]{6,18}\d",
}


class Check(NamedTuple):
    """`subject` completes "The policy says …", `advice` tells the writer what to add."""

    code: str
    subject: str
    advice: str


CHECKS: Final = (
    Check(
        "controller",
        "which company is responsible",
        "Name your company as it is registered, and say that it decides why and how the data is used.",
    ),
    Check(
        "contact",
        "how to reach the company about personal data",
        "Add an e-mail address or phone number for questions about personal data.",
    ),
    Check(
        "purposes",
        "what the data is used for",
        "Say what you use the data for, for example to answer requests and deliver orders.",
    ),
    Check(
        "categories",
        "which data is collected",
        "Name the data you collect, phone numbers and e-mail addresses among them.",
    ),
    Check(
        "legal_basis",
        "on what legal basis data is used",
        "Say on what legal basis you use the data: consent, a contract, a legal duty or another one.",
    ),
    Check(
        "rights",
        "which rights a person has",
        "List a person's rights: at least access, correction and deletion.",
    ),
    Check(
        "withdrawal",
        "how consent is withdrawn",
        "Say that consent can be withdrawn at any time, how, and what follows from it.",
    ),
    Check(
        "retention",
        "how long data is kept",
        "Say how long you keep the data, or what decides when it is deleted.",
    ),
    Check(
        "recipients",
        "who receives the data",
        "Name those who receive the data, such as couriers or providers, or say that nobody does.",
    ),
    Check(
        "source",
        "where the data comes from",
        "Say that contact details are taken from chat messages, and from which platform.",
    ),
    Check(
        "obligation",
        "whether giving data is voluntary and what refusing means",
        "Say whether giving the data is voluntary, and what happens if a person does not.",
    ),
    Check(
        "transfer",
        "whether data leaves the country",
        "Say whether data is stored or sent abroad, where to and how it is protected.",
    ),
    Check(
        "complaint",
        "where a person can complain",
        "Name the authority a person can complain to.",
    ),
    Check(
        "marketing",
        "whether data is used for direct marketing",
        "Say whether you use the data for direct marketing, and how a person stops it.",
    ),
    Check(
        "language",
        "this in the languages the market asks for",
        "Publish the policy in the languages of your market.",
    ),
)


class Rules(NamedTuple):
    """One language's words for a check: `topic` shows that it comes up, a pattern of `evidence` that it is stated."""

    topic: str
    evidence: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Language:
    """`common`: frequent short words. `privacy`: what a privacy policy calls itself and its subject.

    `deferred`: put off or not here. `announces`: a sentence about the policy. `negators`, and `benign` phrases with one
    that deny nothing. `instructions`: patterns of text that tells the reviewer what to do.
    """

    code: str
    spaced: bool
    common: frozenset[str]
    privacy: str
    deferred: str
    announces: str
    negators: str
    benign: str
    instructions: tuple[tuple[str, ...], ...]
    checks: dict[str, Rules]


@functools.cache
def load_language(code: str) -> Language:
    """A language's words; the file's lists of words become groups, "a|b|c"."""
    words = tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    checks = {
        name: Rules("|".join(check["topic"]), tuple(tuple(pattern) for pattern in check["evidence"]))
        for name, check in words["checks"].items()
    }
    groups = {key: "|".join(words[key]) for key in ("privacy", "deferred", "announces", "negators", "benign")}
    instructions = tuple(tuple(pattern) for pattern in words["instructions"])
    return Language(
        code, words["spaced"], frozenset(words["common"]), **groups, instructions=instructions, checks=checks
    )


@functools.cache
def compiled(group: str, *, spaced: bool) -> re.Pattern[str]:
    """The pattern of a group: whole words, or with "*" their beginnings; no edges where no spaces are written."""
    lead, edge = (r"(?<!\w)", r"(?!\w)") if spaced else ("", "")
    words = group.split("|")
    literals = [
        re.escape(normalise(word.removesuffix("*"))) + ("" if word.endswith("*") else edge)
        for word in words
        if word not in PIECES
    ]
    special = [PIECES[word] for word in words if word in PIECES]
    return re.compile("|".join([*special, f"{lead}(?:{'|'.join(literals)})"] if literals else special))


@functools.cache
def ordinary_words() -> frozenset[str]:
    """Every word the rules know in any language, folded: a company called one of these is not named by it alone."""
    words: set[str] = set()
    for language in map(load_language, LANGUAGES):
        groups = [language.privacy, *(rule.topic for rule in language.checks.values()), *language.common]
        groups += [group for rule in language.checks.values() for pattern in rule.evidence for group in pattern]
        words.update(fold(normalise("|".join(groups))).replace("|", " ").split())
    return frozenset(words)


def has_any(group: str, text: str, language: Language) -> bool:
    """Whether a word of the group stands in normalised text."""
    return bool(group) and compiled(group, spaced=language.spaced).search(text) is not None


def is_stated(pattern: tuple[str, ...], text: str, language: Language) -> bool:
    """Whether the groups follow each other in the text and no "not" stands between them or just before."""
    groups = [compiled(group, spaced=language.spaced) for group in pattern]
    for first in islice(groups[0].finditer(text), MAX_STARTS):
        spans = _chain(first, groups[1:], text)
        if spans is None:
            return False  # nor can it from any later place
        if not _is_denied(spans, text, language):
            return True
    return False


def _chain(first: re.Match[str], groups: list[re.Pattern[str]], text: str) -> list[tuple[int, int]] | None:
    spans = [first.span()]
    for group in groups:
        found = group.search(text, spans[-1][1])
        if not found:
            return None
        spans.append(found.span())
    return spans


def _is_denied(spans: list[tuple[int, int]], text: str, language: Language) -> bool:
    """Whether a negator stands in the gaps, or in the clause that leads to the first word."""
    before = text[max(0, spans[0][0] - LEAD) : spans[0][0]]
    clause = re.split(r"[,;:.()]" if language.spaced else r"[,;:.() ]", before)[-1]
    gaps = [text[left:right] for (_, left), (right, _) in pairwise(spans)]
    around = " / ".join([clause, *gaps])
    if language.benign:
        around = compiled(language.benign, spaced=language.spaced).sub(" ", around)
    return has_any(language.negators, around, language)


def states(check: str, sentence: Sentence, text: str, language: Language) -> bool:
    """Whether a sentence says what the check asks for: here and now, not in another place or at another time."""
    if sentence.kind == "heading" or not any(
        is_stated(each, text, language) for each in language.checks[check].evidence
    ):
        return False
    announced = check != "controller" and has_any(language.announces, text, language)
    return not announced and not is_put_off(text, language)


def is_put_off(text: str, language: Language) -> bool:
    """Whether the sentence says that something is not written here, or not yet."""
    return has_any(language.deferred, text, language)


def speaks_of(check: str, sentence: Sentence, text: str, language: Language) -> bool:
    """Whether a sentence with content, or the heading it stands under, touches the check's subject."""
    topic = language.checks[check].topic
    if sentence.kind != "statement" or not has_any(topic, f"{sentence.heading} / {text}", language):
        return False
    return not is_put_off(text, language) and not has_any(language.announces, text, language)
