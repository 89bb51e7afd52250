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
from chalicelib.capture.extraction.lexicon import SPACELESS, alternatives, is_spaceless, lexicon, words_of

_OPEN, _CLOSE = r"[(\[{<]\s?", r"\s?[)\]}>]"
_LATIN = "a-z\u00df-\u024f\u0300-\u036f\u1e00-\u1eff"
# How sure an "@" is: typed, in brackets or of a phrase with no other sense, or a word that has one ("at", "et").
SIGN, SURE, WORD = "sign", "sure", "word"
# Less than a word for it: "siti.n88 di gmail com", and nothing at all: "siti.n88 gmail com". Both need a provider and a
# local part that is no word of a sentence.
PLACE, NONE = "place", "none"

_LOCAL = "a-z0-9._%+-"
_LONGEST = 64
_JOINTS = {"under": "_", "dash": "-", "dot": "."}
_REACH_OF_LABEL = 48
_MOST_LABELS = 5
_SURE_PROVIDERS = ("gmail", "yahoo", "hotmail", "ymail", "outlook", "icloud")


@dataclass(frozen=True, slots=True)
class Grammar:
    """The patterns, made of the tables of all languages once."""

    at: re.Pattern[str]
    dot: re.Pattern[str]
    joint: re.Pattern[str]
    named: re.Pattern[str]
    labelled: re.Pattern[str]
    joined: re.Pattern[str]
    not_local: frozenset[str]
    label: re.Pattern[str]


@cache
def grammar() -> Grammar:
    at = list(words_of("mail", "at"))
    sure, place = list(words_of("mail", "at_sure")), list(words_of("mail", "place"))
    dots = list(words_of("mail", "dot"))
    sign_by_word = {"_": list(words_of("mail", "underscore")), "-": list(words_of("mail", "dash")), ".": dots}
    joints = "|".join(
        f"(?P<{name}>\\s?{_bracketed([sign, *words])}\\s?|{_said(words)}|\\s{re.escape(sign)}\\s?|{re.escape(sign)}\\s)"
        for name, (sign, words) in zip(_JOINTS, sign_by_word.items(), strict=True)
    )
    spelled = alternatives((*SAID_ENDINGS, *SAID_PROVIDERS))
    return Grammar(
        at=re.compile(
            f"(?=[\\s@(\\[{{<*_~|{SPACELESS}-])(?:(?P<sign>\\s{{0,3}}@+\\s{{0,3}})"
            f"|(?P<sure>\\s?{_bracketed([*at, *sure, *place, '@', 'a'])}\\s?|{_fenced(at)}|{_said(sure)})"
            f"|(?P<word>{_said(at)})|(?P<place>{_said(place)})"
            f"|(?P<none>\\s{{1,2}}(?=(?:{alternatives(_SURE_PROVIDERS)})(?![{_LATIN}0-9-]))))"
        ),
        dot=re.compile(
            f"(?P<typed>\\s{{0,2}}[.。]{{1,3}}\\s{{0,2}})"
            f"|(?P<said>\\s?{_bracketed([*dots, '.'])}\\s?|{_fenced(dots)}|{_said(dots)})"
            "|(?P<slip>\\s{1,2}|,)"
        ),
        joint=re.compile(f"(?:{joints})\\Z"),
        named=re.compile(f"(?<![{_LATIN}])(?:{alternatives(words_of('mail', 'labels'))})|@"),
        labelled=re.compile(f"(?<![{_LATIN}])(?:{alternatives(words_of('mail', 'labels'))})"),
        joined=re.compile(alternatives(words_of("mail", "joined"))),
        not_local=frozenset((*words_of("mail", "not_local"), *words_of("groups", "then"))),
        label=re.compile(
            f"(?:{spelled})|[a-z0-9](?: [a-z0-9](?![a-z0-9])){{1,20}}|[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?"
        ),
    )


def _bracketed(words: list[str]) -> str:
    return f"{_OPEN}(?:{alternatives(words)}){_CLOSE}"


def _fenced(words: list[str]) -> str:
    """Between marks without a space, as in "siti-at-gmail-dot-com"."""
    return f"\\s?[*_~|-](?:{alternatives(words)})[*_~|-]\\s?"


def _said(words: Iterator[str] | list[str]) -> str:
    """A pattern of words that stand alone, or anywhere if their script has no spaces."""
    known = list(words)
    latin = alternatives(word for word in known if not is_spaceless(word))
    other = alternatives(filter(is_spaceless, known))
    return f"\\s{{1,2}}(?:{latin})(?![{_LATIN}])\\s{{1,2}}|\\s?(?:{other})\\s?"


def find_said_emails(text: str, taken: list[Found], *, has_words: bool = True) -> Iterator[Found]:
    """The addresses in a normalised text that are not written plainly, outside of those `taken`.

    `has_words`: the "@" itself may be said, or stand in brackets.
    """
    words = grammar()
    lower = text.lower()
    if len(lower) != len(text):  # "İ" is two letters in lower case
        return
    floor, place = 0, 0
    is_joined = words.joined.search(lower) is not None if has_words else None
    for match in words.at.finditer(lower) if has_words else _signs_in(lower):
        while place < len(taken) and taken[place].end <= match.start():
            floor = max(floor, taken[place].end)
            place += 1
        if is_joined is None:
            is_joined = words.joined.search(lower) is not None
        is_taken = place < len(taken) and taken[place].start < match.end()
        found = None if is_taken or match.start() < floor else _around(lower, match, floor, words, is_joined=is_joined)
        if found and (place == len(taken) or found.end <= taken[place].start):
            yield found
            floor = found.end


_SIGN = re.compile(r"(?P<sign>\s{0,3}@+\s{0,3})")


def _signs_in(text: str) -> Iterator[re.Match[str]]:
    """Each "@" with the space around it."""
    end, at = 0, text.find("@")
    while at >= 0:
        before = text[max(end, at - 3) : at]
        match = _SIGN.match(text, at - len(before) + len(before.rstrip()))
        if match:
            yield match
        end = match.end() if match else at + 1
        at = text.find("@", end)


@dataclass(frozen=True, slots=True)
class _Domain:
    value: str
    end: int
    is_plain: bool  # typed with its dots, without a space
    is_said: bool  # with a word for a dot
    is_provider: bool
    is_short: bool = False  # "gmail": there is only one


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
    if labels in (["gmail"], ["googlemail"]) and not _GOES_ON.match(text, end):
        return _Domain("gmail.com", end, is_plain=False, is_said=False, is_provider=True, is_short=True)
    if len(labels) < 2 or labels[-1] not in ENDINGS:
        return None
    return _Domain(".".join(labels), end, is_plain, is_said, labels[0] in PROVIDERS)


_GOES_ON = re.compile("[a-z0-9@._-]*[a-z0-9@_-]")
_RUN_BACKWARDS = re.compile(f"[{_LOCAL}]{{1,{_LONGEST}}}")
# "b r e n d a 2 1 @": at least four letters or digits, each alone.
_SPACED_LETTERS = re.compile(r"(?<![a-z0-9])(?:[a-z0-9._] ){3,40}[a-z0-9._]\Z")
_LETTER_BY_LETTER = re.compile("(?:[a-z0-9]-){3,}[a-z0-9]")  # "s-i-t-i"
_LONGEST_TAIL = 4
_SHORTEST_ALONE = 4
_LONGEST_SPACED, _LONGEST_JOINT = 84, 32  # characters: searched for no farther back
_WORD_BEFORE = re.compile(r"(?<![a-z0-9._])[a-z0-9._]+(?=\s\Z)")


def _spaced_letters(before: str) -> re.Match[str] | None:
    return _SPACED_LETTERS.search(before, max(0, len(before) - _LONGEST_SPACED)) if before[-2:-1] == " " else None


def _local(text: str, end: int, floor: int, words: Grammar, *, is_joined: bool) -> tuple[str, int]:
    """The local part that ends at `end`, and where it begins: "vinod underscore nair" is "vinod_nair"."""
    before = text[floor:end]
    spaced = _spaced_letters(before)
    if spaced:
        return spaced.group().replace(" ", ""), floor + spaced.start()
    parts: list[str] = []
    for _ in range(_MOST_LABELS):
        letters = _spaced_letters(before) if parts else None
        if letters:
            parts.insert(0, letters.group().replace(" ", ""))
            before = before[: letters.start()]
            break
        run = _RUN_BACKWARDS.match(before[::-1])
        if not run:
            break
        parts.insert(0, run.group()[::-1])
        before = before[: len(before) - run.end()]
        joint = words.joint.search(before, max(0, len(before) - _LONGEST_JOINT))
        if joint and not parts[0].startswith((".", "_", "-")):
            parts.insert(0, _JOINTS[joint.lastgroup or "dot"])
            before = before[: joint.start()]
            continue
        said = lexicon().digit_by_word.get(parts[0])  # "siti delapan delapan at gmail dot com"
        is_behind_word = before[-1:].isspace()
        if said and is_behind_word and _WORD_BEFORE.search(before):
            parts[0] = said
        is_number = len(parts[0]) <= _LONGEST_TAIL and parts[0].isdecimal()  # "siti 88 @ gmail com"
        word = _WORD_BEFORE.search(before) if is_behind_word and (is_joined or is_number) else None
        if not word or word.group() in words.not_local:
            break
        before = before[:-1]
    if not parts or parts[0] in _JOINTS.values() or before.endswith("@"):
        return "", 0
    local = "".join(parts)
    if _LETTER_BY_LETTER.fullmatch(local):
        local = local.replace("-", "")
    local = local if local.startswith("_") else local.lstrip(".-+%")
    return local, _beginning(text, local, floor + len(before), end)


def _beginning(text: str, local: str, start: int, end: int) -> int:
    """Where the local part begins in text[start:end], behind spaces and marks."""
    if not local:
        return start
    written = text.find(local[0], start, end)
    return written if written >= 0 else end - len(text[start:end].lstrip())  # it was said: "three @gmail.com"


def _is_likely(text: str, at: re.Match[str], local: str, start: int, domain: _Domain, words: Grammar) -> bool:
    is_torn = start > 0 and _IS_LETTER.match(text, start - 1) is not None
    if is_torn or len(local) > _LONGEST or not _HAS_LETTER.search(local):
        return False
    if at.lastgroup in (PLACE, NONE) or domain.is_short:
        return _is_surely_local(text, at, local, start, domain, words)
    if at.lastgroup == SIGN and not at.group()[0].isspace():
        return at.group() != "@" or not domain.is_plain
    # A word before the sign may be just a word: "email ku @ …", "see you at …".
    if at.lastgroup == SURE or local in words.not_local:
        return at.lastgroup == SURE
    if domain.is_provider or domain.is_said or at.lastgroup == WORD:
        return domain.is_provider or domain.is_said
    is_named = words.named.search(text, max(0, start - _REACH_OF_LABEL), start) or _IS_LIKELY_LOCAL.search(local)
    return not domain.is_plain or is_named is not None


def _is_surely_local(text: str, at: re.Match[str], local: str, start: int, domain: _Domain, words: Grammar) -> bool:
    """Whether it is no word of a sentence, where hardly anything says "@": not "ada di gmail", "order 12 gmail com"."""
    if not domain.is_provider or local in words.not_local:
        return False
    if at.lastgroup == NONE and (domain.is_short or len(local) < _SHORTEST_ALONE):
        return False
    is_told = _IS_TOLD.search(local) is not None and _HAS_LATIN.search(local) is not None
    if is_told or at.lastgroup in (PLACE, NONE):
        return is_told
    return words.labelled.search(text, max(0, start - _REACH_OF_LABEL), start) is not None


_IS_LETTER = re.compile(f"[{_LATIN}0-9]")
_HAS_LETTER = re.compile("[a-z0-9]")
_HAS_LATIN = re.compile("[a-z]")
_IS_TOLD = re.compile("[a-z0-9][0-9._-]+[a-z0-9]|[a-z][0-9]")
_IS_LIKELY_LOCAL = re.compile("[0-9._]")
