"""E-mail addresses that are spelled out or taken apart: "siti (at) gmail dot com", "siti @ gmail . com".

Each begins at something said for "@". Behind it the domain is read label by label, before it the local part word by
word. The less the "@" is one, the more must speak for an address: "lunch at hotel dot com" has nothing but its form.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.domains import ENDINGS, PROVIDERS, SAID_ENDINGS, SAID_PROVIDERS
from chalicelib.capture.extraction.emails import address, found_email
from chalicelib.capture.extraction.lexicon import SPACELESS, alternatives, is_spaceless, words_of

_OPEN, _CLOSE = r"[(\[{<]\s?", r"\s?[)\]}>]"
_LATIN = "a-z\u00df-\u024f\u0300-\u036f\u1e00-\u1eff"
# How sure an "@" is: typed, in brackets or of a phrase with no other sense, or a word that has one ("at", "et").
SIGN, SURE, WORD = "sign", "sure", "word"

_LOCAL = "a-z0-9._%+-"
_LONGEST = 64
_JOINTS = {"under": "_", "dash": "-", "dot": "."}
_REACH_OF_LABEL = 48
_MOST_LABELS = 5


@dataclass(frozen=True, slots=True)
class Grammar:
    """The patterns, made of the tables of all languages once."""

    at: re.Pattern[str]
    dot: re.Pattern[str]
    joint: re.Pattern[str]
    named: re.Pattern[str]
    joined: re.Pattern[str]
    not_local: frozenset[str]
    label: re.Pattern[str]


@cache
def grammar() -> Grammar:
    at = list(words_of("mail", "at"))
    dots = list(words_of("mail", "dot"))
    sign_by_word = {"_": list(words_of("mail", "underscore")), "-": list(words_of("mail", "dash")), ".": dots}
    joints = "|".join(
        f"(?P<{name}>{_bracketed([sign, *words])}|{_said(words)}|\\s{re.escape(sign)}\\s?|{re.escape(sign)}\\s)"
        for name, (sign, words) in zip(_JOINTS, sign_by_word.items(), strict=True)
    )
    spelled = alternatives((*SAID_ENDINGS, *SAID_PROVIDERS))
    return Grammar(
        at=re.compile(
            f"(?=[\\s@(\\[{{<{SPACELESS}])(?:(?P<sign>\\s{{0,3}}@+\\s{{0,3}})"
            f"|(?P<sure>\\s?{_bracketed([*at, '@', 'a'])}\\s?|{_said(words_of('mail', 'at_sure'))})"
            f"|(?P<word>{_said(at)}))"
        ),
        dot=re.compile(
            f"(?P<typed>\\s{{0,2}}[.。]\\s{{0,2}})|(?P<said>\\s?{_bracketed([*dots, '.'])}\\s?|{_said(dots)})"
            "|(?P<slip>\\s{1,2}|,)"
        ),
        joint=re.compile(f"(?:{joints})\\Z"),
        named=re.compile(f"(?<![{_LATIN}])(?:{alternatives(words_of('mail', 'labels'))})|@"),
        joined=re.compile(alternatives(words_of("mail", "joined"))),
        not_local=frozenset(words_of("mail", "not_local")),
        label=re.compile(
            f"(?:{spelled})|[a-z0-9](?: [a-z0-9](?![a-z0-9])){{1,20}}|[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?"
        ),
    )


def _bracketed(words: list[str]) -> str:
    return f"{_OPEN}(?:{alternatives(words)}){_CLOSE}"


def _said(words: Iterator[str] | list[str]) -> str:
    """A pattern of words that stand alone, or anywhere if their script has no spaces."""
    known = list(words)
    latin = alternatives(word for word in known if not is_spaceless(word))
    other = alternatives(filter(is_spaceless, known))
    return f"\\s{{1,2}}(?:{latin})(?![{_LATIN}])\\s{{1,2}}|\\s?(?:{other})\\s?"


def find_said_emails(text: str, taken: list[Found]) -> Iterator[Found]:
    """The addresses in a normalised text that are not written plainly, outside of those `taken`."""
    words = grammar()
    lower = text.lower()
    if len(lower) != len(text):  # "İ" is two letters in lower case
        return
    floor, place = 0, 0
    is_joined = words.joined.search(lower) is not None
    for match in words.at.finditer(lower):
        while place < len(taken) and taken[place].end <= match.start():
            floor = max(floor, taken[place].end)
            place += 1
        is_taken = place < len(taken) and taken[place].start < match.end()
        found = None if is_taken or match.start() < floor else _around(lower, match, floor, words, is_joined=is_joined)
        if found and (place == len(taken) or found.end <= taken[place].start):
            yield found
            floor = found.end


@dataclass(frozen=True, slots=True)
class _Domain:
    value: str
    end: int
    is_plain: bool  # typed with its dots, without a space
    is_said: bool  # with a word for a dot
    is_provider: bool


def _around(text: str, at: re.Match[str], floor: int, words: Grammar, *, is_joined: bool) -> Found | None:
    domain = _domain(text, at.end(), words)
    if not domain:
        return None
    local, start = _local(text, at.start(), max(floor, at.start() - 3 * _LONGEST), words, is_joined=is_joined)
    if not local or not _is_likely(text, at, local, start, domain, words):
        return None
    value = address(f"{local}@{domain.value}")
    rule = "email-spaced" if at.lastgroup == SIGN and not domain.is_said else "email-words"
    return found_email(value, start, domain.end, rule) if value else None


def _domain(text: str, start: int, words: Grammar) -> _Domain | None:
    """The domain that begins at `start`, as far as it goes on: its last label has to be a usual ending."""
    label = words.label.match(text, start)
    if not label:
        return None
    labels, end = [SAID_PROVIDERS.get(label.group(), label.group().replace(" ", ""))], label.end()
    is_plain, is_said = True, False
    while len(labels) < _MOST_LABELS:
        dot = words.dot.match(text, end)
        label = words.label.match(text, dot.end()) if dot else None
        if not dot or not label:
            break
        name = SAID_ENDINGS.get(label.group(), label.group().replace(" ", ""))
        is_glued = dot.group() == "."
        # "gmail com": only behind a provider's name; "co id" only behind "co" or "com".
        if dot.lastgroup == "slip" and not (labels[-1] in PROVIDERS and name in ("com", "co", "net", "me")):
            break
        if not is_glued and name not in ENDINGS:
            break
        if labels[-1] in ("com", "net", "org") and not (len(name) == 2 and name in ENDINGS):
            break
        labels.append(name)
        end, is_plain, is_said = label.end(), is_plain and is_glued, is_said or dot.lastgroup == "said"
    if len(labels) < 2 or labels[-1] not in ENDINGS:
        return None
    return _Domain(".".join(labels), end, is_plain, is_said, labels[0] in PROVIDERS)


_RUN_BACKWARDS = re.compile(f"[{_LOCAL}]{{1,{_LONGEST}}}")
# "b r e n d a 2 1 @": at least four letters or digits, each alone.
_SPACED_LETTERS = re.compile(r"(?<![a-z0-9])(?:[a-z0-9._] ){3,40}[a-z0-9._]\Z")
_WORD_BEFORE = re.compile(r"(?<![a-z0-9._])[a-z0-9._]+(?=\s\Z)")


def _local(text: str, end: int, floor: int, words: Grammar, *, is_joined: bool) -> tuple[str, int]:
    """The local part that ends at `end`, and where it begins: "vinod underscore nair" is "vinod_nair"."""
    before = text[floor:end]
    spaced = _SPACED_LETTERS.search(before)
    if spaced:
        return spaced.group().replace(" ", ""), floor + spaced.start()
    parts: list[str] = []
    for _ in range(_MOST_LABELS):
        run = _RUN_BACKWARDS.match(before[::-1])
        if not run:
            break
        parts.insert(0, run.group()[::-1])
        before = before[: len(before) - run.end()]
        joint = words.joint.search(before)
        if joint and not parts[0].startswith((".", "_", "-")):
            parts.insert(0, _JOINTS[joint.lastgroup or "dot"])
            before = before[: joint.start()]
            continue
        word = _WORD_BEFORE.search(before) if is_joined else None
        if not word or word.group() in words.not_local:
            break
        before = before[:-1]
    if not parts or parts[0] in _JOINTS.values() or before.endswith("@"):
        return "", 0
    local = "".join(parts)
    local = local if local.startswith("_") else local.lstrip(".-+%")
    start = floor + len(before)
    return local, text.index(local[0], start) if local else start


def _is_likely(text: str, at: re.Match[str], local: str, start: int, domain: _Domain, words: Grammar) -> bool:
    is_torn = start > 0 and _IS_LETTER.match(text, start - 1) is not None
    if is_torn or len(local) > _LONGEST or not _HAS_LETTER.search(local):
        return False
    if at.lastgroup == SIGN and not at.group()[0].isspace():
        return at.group() != "@" or not domain.is_plain
    if at.lastgroup == SURE:
        return True
    # A word before the sign may be just a word: "email ku @ …", "see you at …".
    if local in words.not_local:
        return False
    if domain.is_provider or domain.is_said or at.lastgroup == WORD:
        return domain.is_provider or domain.is_said
    is_named = words.named.search(text, max(0, start - _REACH_OF_LABEL), start) or _IS_LIKELY_LOCAL.search(local)
    return not domain.is_plain or is_named is not None


_IS_LETTER = re.compile(f"[{_LATIN}0-9]")
_HAS_LETTER = re.compile("[a-z0-9]")
_IS_LIKELY_LOCAL = re.compile("[0-9._]")
