"""A language's words as data, and how one passage is tried against them.

A pattern is a list of word groups that have to stand near each other in a passage, in whatever order people write them.
Words are literals, never regular expressions, so that no document can make the matching slow.
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from chalicelib.review.checks import LANGUAGES
from chalicelib.review.company import COMPANY, fold
from chalicelib.review.document import normalise
from chalicelib.review.passages import Passage, asks

FOLDER: Final = Path(__file__).parent / "languages"
MAX_PLACES: Final = 30  # a word is looked for in this many places of a passage
UNBROKEN: Final = "(?![\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])"  # a Thai letter is not cut from its marks: ทำไม, ทำไม่
SEVERAL: Final = 2  # different words of a group marked "&"
NEAR: Final = 320  # characters within which the words of a statement stand; lists are long
NEAR_UNSPACED: Final = 170  # Thai writes no stops: a passage may be a page
AROUND: Final = 90  # characters around a place that are its sentence where sentences have no end
MARKS: Final = "!>&"  # see the notes in en.toml
FOLLOWS: Final = 90  # characters within which a group marked ">" follows
LEAD: Final = 45  # a "not" counts up to this many characters before a word, within its clause
LEAD_UNSPACED: Final = 12
MIN_TEXT: Final = 12  # characters of what "@text" takes for an answer

HEADING: Final = "\ue001"  # private use, put before a passage that stands under a heading about the check
PIECES: Final = {
    "@company": COMPANY,
    "@heading": HEADING,
    "@text": r"[^\W\d_\ue000\ue001]",
    # No regulator's: those are told for complaints.
    "@email": r"(?<=[\w.])@(?![\w.-]{0,60}\.gov?\b)[\w-]{1,63}\.\w",
    "@phone": r"(?<![\w./-])(?:\+\d|\(?0)[\d ().-]{6,18}\d"
    r"|(?<![\w./-])[3689]\d{3}[ -]?\d{4}(?![\w-])|\b1[38]00[ -]\d{3}",
}
# These are answered by a "no" as well: "we share it with nobody".
ANSWERED_BY_NO: Final = frozenset(
    {"retention", "recipients", "transfer", "marketing", "obligation", "source", "complaint"}
)
CLAUSE: Final = re.compile(r"[,;:.!?()/|\u2014]| - | but | and | dan | tetapi | nhưng | at ")
CLAUSE_UNSPACED: Final = re.compile(r"[,;:.!?()/| ]")
# What an address or number is introduced by is no category of data: "phone 6555 0101".
ADDRESSES: Final = re.compile(r"(?:\S{1,30} ){0,2}\S{0,60}@\S+|(?:\S{1,30} ){0,2}\(?\+?\d[\d ().-]{6,18}\d")
LISTS: Final = (
    "privacy", "deferred", "announces", "negators", "benign", "vague", "empty",
    "other", "other_text", "foreign", "audience", "customers", "excludes", "scope", "either", "draft",
)  # fmt: skip


class Rules(NamedTuple):
    """One language's words for a check.

    `topic` shows that it comes up, `hints` and two words of `lists` that it may in a passage that states nothing
    else, a `heading` that what stands below is about it, a pattern of `evidence` that it is stated: the first group
    is the content, the others what makes it a statement. `parts` are patterns that state it together, each in a
    passage of its own: "You may see your data." and "We correct what is wrong.". `subject` completes a sentence of
    `says`, `advice` tells what to add.
    """

    subject: str
    advice: str
    topic: str
    hints: str
    lists: str
    heading: str
    evidence: tuple[tuple[str, ...], ...]
    parts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Language:
    """`common`: frequent short words. `words`: groups by name, see LISTS and the notes in en.toml.

    `instructions`: patterns of text that tells the reviewer what to do. `says`: a finding's sentence, by its status.
    """

    code: str
    spaced: bool
    common: frozenset[str]
    words: dict[str, str]
    instructions: tuple[tuple[str, ...], ...]
    checks: dict[str, Rules]
    says: dict[str, str]

    def sentence(self, check: str, status: str) -> str:
        """A finding for people: "The policy says how long data is kept."."""
        return self.says[status].format(subject=self.checks[check].subject)


@functools.cache
def load_language(code: str) -> Language:
    """A language's words; the file's lists of words become groups, "a|b|c", with named groups spelled out."""
    words = tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    joined = _with_plain if words.get("plain") else "|".join
    named = {f"@{name}": joined(group) for name, group in words["groups"].items()}

    def spelled(group: str) -> str:
        mark = group[0] if group[0] in MARKS else ""
        return mark + joined([named.get(word, word) for word in group.removeprefix(mark).split("|")])

    checks = {
        name: Rules(
            subject=check["subject"],
            advice=check["advice"],
            topic=joined(check.get("topic", ())),
            hints=joined(check.get("hints", ())),
            lists=joined([named.get(word, word) for word in check.get("lists", ())]),
            heading=joined(check.get("heading", ())),
            evidence=tuple(tuple(map(spelled, pattern)) for pattern in check.get("evidence", ())),
            parts=tuple(tuple(map(spelled, pattern)) for pattern in check.get("parts", ())),
        )
        for name, check in words["checks"].items()
    }
    groups = {key: joined(words[key]) for key in LISTS}
    instructions = tuple(tuple(pattern) for pattern in words["instructions"])
    return Language(code, words["spaced"], frozenset(words["common"]), groups, instructions, checks, words["says"])


def _with_plain(words: Iterable[str]) -> str:
    """A group of words that people also write without accents, where that is no other word: of several syllables."""
    listed = "|".join(words).split("|")
    return "|".join(dict.fromkeys([*listed, *(fold(word) for word in listed if " " in word)]))


@functools.cache
def compiled(group: str, *, spaced: bool) -> re.Pattern[str]:
    """The pattern of a group: whole words, with "*" their beginnings or ends; no edges where no spaces are."""
    literals: dict[tuple[str, str], list[str]] = {}
    special = []
    for word in dict.fromkeys(group.split("|")):
        if word in PIECES:
            special.append(PIECES[word])
            continue
        end = r"(?!\w)" if spaced else UNBROKEN
        edges = (r"(?<!\w)" if spaced and word[0] != "*" else "", end if word[-1] != "*" else "")
        literals.setdefault(edges, []).append(re.escape(normalise(word.strip("*"))))
    alternatives = [f"{lead}(?:{'|'.join(words)}){edge}" for (lead, edge), words in literals.items()]
    return re.compile("|".join([*special, *alternatives]))


@functools.cache
def ordinary_words() -> frozenset[str]:
    """Every word the rules know, also folded: a company called one of these is not named by it alone."""
    words: set[str] = set()
    for language in map(load_language, LANGUAGES):
        groups = [language.words["privacy"], *(rule.topic for rule in language.checks.values()), *language.common]
        groups += [group for rule in language.checks.values() for pattern in rule.evidence for group in pattern]
        # Of an English or Malay phrase no single word is one; a Vietnamese word is written as several.
        known = [word for group in groups for word in group.split("|") if " " not in word or not word.isascii()]
        text = normalise(" ".join([language.words["privacy"].replace("|", " "), *known]))
        words.update(text.split(), fold(text).split())
    return frozenset(words)


def has_any(group: str, text: str, language: Language) -> bool:
    """Whether a word of the group stands in normalised text."""
    return bool(group) and compiled(group, spaced=language.spaced).search(text) is not None


def has(name: str, text: str, language: Language) -> bool:
    """Whether a word of the language's list stands in normalised text."""
    return has_any(language.words[name], text, language)


def count(name: str, text: str, language: Language) -> int:
    """How many different words of the language's list stand in normalised text."""
    return _different(language.words[name], text, language)


def _different(group: str, text: str, language: Language) -> int:
    """How many different words of a group stand in normalised text."""
    return len(set(compiled(group, spaced=language.spaced).findall(text))) if group else 0


def mentions(name: str, text: str, language: Language) -> int:
    """How often words of the language's list stand in normalised text."""
    group = language.words[name]
    return sum(1 for _ in compiled(group, spaced=language.spaced).finditer(text)) if group else 0


def is_stated(pattern: tuple[str, ...], text: str, language: Language, *, deniable: bool = True) -> bool:
    """Whether the groups stand near each other in the text, none of them denied by a "not" just before it."""
    content, *others = pattern
    if content[0] == "&":
        if _different(content[1:], text, language) < SEVERAL:
            return False
        content = content[1:]
    forbidden = [group[1:] for group in others if group[0] == "!"]
    wanted = [group for group in others if group[0] != "!"]
    if any(not has_any(group.removeprefix(">"), text, language) for group in wanted):
        return False
    return any(
        all(_stands_near(group, place, text, language, deniable=deniable) for group in wanted)
        and not any(_is_forbidden(group, place, text, language) for group in forbidden)
        for place in _places(content, text, language, deniable=deniable)
    )


def _is_forbidden(group: str, place: tuple[int, int], text: str, language: Language) -> bool:
    """Whether a word that must not is in the sentence, or where sentences have no end, stands around the place."""
    start, end = (0, len(text)) if language.spaced else (max(0, place[0] - AROUND), place[1] + AROUND)
    return compiled(group, spaced=language.spaced).search(text, start, end) is not None


def _places(group: str, text: str, language: Language, *, deniable: bool) -> Iterator[tuple[int, int]]:
    for found in islice(compiled(group, spaced=language.spaced).finditer(text), MAX_PLACES):
        if not (deniable and _is_denied(found.start(), text, language)):
            yield found.span()


def _stands_near(group: str, place: tuple[int, int], text: str, language: Language, *, deniable: bool) -> bool:
    if group[0] == ">":
        return compiled(group[1:], spaced=language.spaced).search(text, place[1], place[1] + FOLLOWS) is not None
    near = NEAR if language.spaced else NEAR_UNSPACED
    return any(
        text[start] == HEADING or (start <= place[1] + near and end >= place[0] - near)
        for start, end in _places(group, text, language, deniable=deniable)
    )


def _is_denied(place: int, text: str, language: Language) -> bool:
    """Whether a negator leads to the word in its clause."""
    lead, clause = (LEAD, CLAUSE) if language.spaced else (LEAD_UNSPACED, CLAUSE_UNSPACED)
    before = clause.split(text[max(0, place - lead) : place])[-1]
    if language.words["benign"]:
        before = compiled(language.words["benign"], spaced=language.spaced).sub(" ", before)
    return has("negators", before, language)


def states(check: str, passage: Passage, text: str, language: Language) -> bool:
    """Whether a passage says what the check asks for: here and now, not in another place or at another time."""
    return _says_one_of(language.checks[check].evidence, check, passage, text, language)


def states_part(check: str, part: int, passage: Passage, text: str, language: Language) -> bool:
    """Whether a passage says one part of what the check asks for."""
    return _says_one_of((language.checks[check].parts[part],), check, passage, text, language)


def _says_one_of(
    patterns: tuple[tuple[str, ...], ...], check: str, passage: Passage, text: str, language: Language
) -> bool:
    read = ADDRESSES.sub(" ", text) if check == "categories" else text
    # A platitude has to say it by itself: its heading promises what it does not keep.
    if has_any(language.checks[check].heading, passage.heading, language) and not has("empty", text, language):
        read = HEADING + read
    deniable = check not in ANSWERED_BY_NO
    is_said = any(
        (pattern[0] != "@text" or len(read) > MIN_TEXT) and is_stated(pattern, read, language, deniable=deniable)
        for pattern in patterns
    )
    return is_said and _is_meant(check, text, language)  # in this order: few passages say it, and the lists are long


def _is_meant(check: str, text: str, language: Language) -> bool:
    """Whether a passage that has the words says it now and here: no question, nothing put off, announced or vague."""
    if is_question(text) or is_put_off(text, language) or (check != "controller" and has("announces", text, language)):
        return False
    return check not in {"purposes", "categories"} or not has("vague", text, language)


def may_state(check: str, text: str, languages: tuple[Language, ...]) -> bool:
    """Whether nothing in a passage keeps it from stating the check, in whatever words."""
    return all(_is_meant(check, text, language) and not _is_denial(check, text, language) for language in languages)


def _is_denial(check: str, text: str, language: Language) -> bool:
    """Whether it would state the check, were it not for a "not": "you do not have the right to …"."""
    if check in ANSWERED_BY_NO:
        return False
    patterns = language.checks[check].evidence
    return any(is_stated(one, text, language, deniable=False) for one in patterns) and not any(
        is_stated(one, text, language) for one in patterns
    )


def names_one_alone(check: str, text: str, languages: tuple[Language, ...]) -> bool:
    """Whether of the things that the check's lists know it names one, and no other."""
    return max(_different(language.checks[check].lists, text, language) for language in languages) == 1


def is_question(text: str) -> bool:
    """Whether nothing but a question is asked."""
    return (text.endswith("?") and ". " not in text) or asks(text)


def is_put_off(text: str, language: Language) -> bool:
    """Whether the sentence says that something is not written here, or not yet."""
    return has("deferred", text, language)


def speaks_of(check: str, passage: Passage, text: str, language: Language) -> bool:
    """Whether a passage touches the check's subject in words that do not state it."""
    return _touches(language.checks[check].topic, check, passage, text, language)


def hints_at(check: str, passage: Passage, text: str, language: Language) -> bool:
    """Whether a passage that states nothing else may state this in words the rules don't know."""
    rule = language.checks[check]
    if _different(rule.lists, text, language) >= SEVERAL:
        return _touches(rule.lists, check, passage, text, language)
    return _touches(rule.hints, check, passage, text, language)


def _touches(topic: str, check: str, passage: Passage, text: str, language: Language) -> bool:
    if not topic or is_question(text):
        return False
    under = len(text) > MIN_TEXT and has_any(topic, passage.heading, language)
    if not under and not any(_places(topic, text, language, deniable=check not in ANSWERED_BY_NO)):
        return False
    if check in {"purposes", "categories"} and has("vague", text, language):
        return False
    return not is_put_off(text, language) and not has("announces", text, language)


def mentions_consent(text: str, languages: tuple[Language, ...]) -> bool:
    """Whether consent comes up: a withdrawal tells what the basis must have been."""
    return any(has_any(language.checks["withdrawal"].topic, text, language) for language in languages)
