"""The first look at a message: what it could hold at all. Most hold nothing, and are left after one microsecond.

One search for a digit or "@", one comparison of its words with those that matter; only where one of them hits is
anything else asked.
"""

import re
from collections.abc import Iterable

from chalicelib.capture.extraction.domains import PROVIDERS
from chalicelib.capture.extraction.labels import said_before
from chalicelib.capture.extraction.lexicon import SPACELESS, STRONG, alternatives, is_spaceless, lexicon, words_of
from chalicelib.capture.extraction.text import OTHER_DIGITS, composed

_DIGIT_OR_AT = re.compile(f"[0-9@{OTHER_DIGITS}]")
# The same, a bracket as in "(at)", and the scripts whose words can't be told apart by spaces.
_LOOK = re.compile(rf"[0-9@(\[{{{SPACELESS}{OTHER_DIGITS}]")
_LOOK_ASCII = re.compile(r"[0-9@(\[{]")
_UNSEGMENTED = re.compile(f"[{SPACELESS}]")
# "noldelapansatu…" has no spaces: longer than any language's words.
_GLUED, _MOST_GLUED = 24, 4
_USUAL = 9  # letters a word, with what stands between: texts of longer ones are looked through for it
# Fewer number words than this make no phone number, with digits or without: digits let a message through by themselves.
_FEWEST_WORDS = 4
_FEWEST_DIGITS = 7


def has_digit_or_at(text: str) -> bool:
    """Whether a digit or an "@" of any script is in it."""
    return _DIGIT_OR_AT.search(text) is not None


# Their domains are called by words of every day.
_COMMON_PROVIDERS = frozenset(("mail", "email", "me", "live", "hey", "inbox", "mac", "pm", "tm", "duck", "plasa"))


class _Cues:
    """The words that matter, read from the tables at the first message."""

    def __init__(self) -> None:
        words = lexicon()
        self.numbers = _latin({*words.digit_by_word, *words.repeat_by_word})
        self.repeats = _latin(phrase.split()[-1] for phrase in words.repeat_by_word)
        sure_at = {phrase.split()[-1] for phrase in _latin(words_of("mail", "at_sure"))}
        self.at = _latin(words_of("mail", "at")) | sure_at
        self.dot = _latin(words_of("mail", "dot")) | PROVIDERS
        self.form = frozenset(phrase.split()[0] for phrase in _latin(words_of("name", "forms")))
        # Of each key the words that stand beside it in a cue; none where it is one alone, as "namaku".
        self.sure_by_key = {key: _beside(key) for key in _latin(words_of("name", "keys"))}
        self.ahead = _first(words_of("name", table) for table in ("unsure", "called", "pronouns"))
        self.behind = _last(words_of("name", table) for table in ("here",))
        self.closing = _last(words_of("name", table) for table in ("closing",)) | frozenset("-~–—")
        self.steps = _words(words_of("name", table) for table in ("unsure", "called", "titles", "here"))
        names = self.sure_by_key.keys() | self.ahead | self.behind | self.closing
        self.any = frozenset(names | self.form | self.at | self.numbers)
        dots = self.dot - _COMMON_PROVIDERS
        telling = self.numbers - _latin(words_of("digits", "common")) | dots | self.sure_by_key.keys()
        self.telling = _punctuated(telling | {f"{provider}.com" for provider in PROVIDERS})
        self.perhaps = _punctuated(self.ahead | self.behind | self.closing)
        # "0one7eight82": a word for a digit right behind a figure.
        long_numbers = alternatives(word for word in self.numbers if len(word) > 2)
        self.mixed = re.compile(f"[0-9](?=[a-z\u00df-\u1eff])(?:{long_numbers})")
        self.part = _latin(
            {*words_of("mail", "labels"), *words_of("correction", "keys"), *self.dot, "com", "net", "org"}
        )
        self.unspaced = _Unspaced()


_AFTER_THAI = "\u0f00"


class _Unspaced:
    """The same of Thai and Chinese, whose words stand anywhere."""

    def __init__(self) -> None:
        words = lexicon()
        zeros = {word for word, digit in words.digit_by_word.items() if digit == "0" and len(word) > 1}
        figures = "".join(filter(is_spaceless, (word for word in words.digit_by_word if len(word) == 1)))
        keys = tuple(filter(is_spaceless, words_of("name", "keys")))
        self.thai_names = tuple(key for key in keys if key < _AFTER_THAI)
        self.other_names = tuple(key for key in keys if key >= _AFTER_THAI)
        # A number in Thai words begins with its zero or a plus.
        self.number = tuple(filter(is_spaceless, {*zeros, *words.plus}))
        self.figures = re.compile(f"[{figures}]")
        self.digit = _any_unspaced(*words.digit_by_word)
        self.at = _any_unspaced(*words_of("mail", "at"), *words_of("mail", "at_sure"))
        self.part = _any_unspaced(
            *words_of("mail", "labels"), *words_of("mail", "dot"), *words_of("correction", "words")
        )

    def signs_of(self, text: str, *, has_figure: bool) -> int:
        signs = NOTHING
        first = _UNSEGMENTED.search(text)
        is_thai = first is not None and first.group() < _AFTER_THAI
        if any(key in text for key in (self.thai_names if is_thai else self.other_names)):
            signs |= NAME
        if has_figure:
            is_number = self.digit.search(text) is not None
        elif is_thai:
            is_number = any(word in text for word in self.number)
        else:
            is_number = len(self.figures.findall(text)) >= _FEWEST_WORDS
        if _LATIN_LETTER.search(text) and self.at.search(text):
            signs |= ADDRESS
        return signs | NUMBERS if is_number else signs


def _latin(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if not is_spaceless(word))


def _beside(key: str) -> frozenset[str]:
    phrases = [phrase.split() for phrase in _latin(words_of("name", "sure")) if key in phrase.split()]
    if [key] in phrases:
        return frozenset()
    return frozenset(
        phrase[phrase.index(key) + 1] if phrase[-1] != key else phrase[phrase.index(key) - 1] for phrase in phrases
    )


def _first(tables: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset(phrase.split()[0] for table in tables for phrase in _latin(table))


def _last(tables: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset(phrase.split()[-1] for table in tables for phrase in _latin(table))


def _words(tables: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset(word for table in tables for phrase in _latin(table) for word in phrase.split())


def _punctuated(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word + mark for word in words for mark in ("", *_MARKS))


def _any_unspaced(*words: str) -> re.Pattern[str]:
    return re.compile(alternatives(set(filter(is_spaceless, words))))


_loaded: list[_Cues] = []


def _cues() -> _Cues:
    if not _loaded:
        _loaded.append(_Cues())
    return _loaded[0]


# What a text could hold by the look of it. SIGNS: a digit, an "@", a bracket as in "(at)"; the others: words for them.
NOTHING, SIGNS, NUMBERS, ADDRESS, NAME = 0, 1, 2, 4, 8
_MARKS = ",:.!"


def signs_of(text: str) -> int:
    """What the text could give a contact by; NOTHING for most, and quickly."""
    cues = _loaded[0] if _loaded else _cues()
    if (_LOOK_ASCII if text.isascii() else _LOOK).search(text) is None:
        lower = text.lower()
        words = lower.split()
        if cues.telling.isdisjoint(words) and (len(words) > _MOST_GLUED or len(text) < _GLUED):
            # "Saya mau …" is a sentence: for a name it takes a capital letter beside its first word's.
            if text == lower or cues.perhaps.isdisjoint(words):
                return NOTHING
            if text[1:] == lower[1:] and words[0] in cues.perhaps:
                return NOTHING
        return _signs_of_words(text, lower, [word.rstrip(_MARKS) for word in words], cues, has_figure=False)
    has_figure = _DIGIT_OR_AT.search(text) is not None
    has_bracket = "(" in text or "[" in text or "{" in text
    signs = SIGNS if has_figure or has_bracket else NOTHING
    if not text.isascii() and _UNSEGMENTED.search(text):
        signs |= cues.unspaced.signs_of(text, has_figure=has_figure)
        if not _LATIN_LETTER.search(text):
            return signs
    lower = text.lower()
    return signs | _signs_of_words(text, lower, _WORD.findall(composed(lower)), cues, has_figure=has_figure)


_LATIN_LETTER = re.compile("[A-Za-z]")
_WORD = re.compile("[a-z\u00df-\u024f\u0300-\u036f\u1e00-\u1eff]+(?:['’][a-z]+)?|[~–—-](?= )")
_AT_IN_BRACKETS = re.compile(r"[(\[{]\s?(?:[a@]|at|et)\s?[)\]}]")


def _signs_of_words(text: str, lower: str, words: list[str], cues: _Cues, *, has_figure: bool) -> int:
    signs = NOTHING
    is_glued = len(words) * _USUAL < len(lower) and words and len(max(words, key=len)) >= _GLUED
    if is_glued or (has_figure and cues.mixed.search(lower)):
        signs |= NUMBERS
    if ("(" in text or "[" in text or "{" in text) and _AT_IN_BRACKETS.search(lower):
        signs |= ADDRESS
    hits = cues.any.intersection(words)
    if not hits:
        return signs
    if _may_name(text, lower, words, hits, cues, has_figure=has_figure):
        signs |= NAME
    if not cues.at.isdisjoint(hits) and ("@" in text or "." in text or not cues.dot.isdisjoint(words)):
        signs |= ADDRESS
    if not cues.numbers.isdisjoint(hits) and _are_enough(text, words, cues):
        signs |= NUMBERS
    return signs


def _are_enough(text: str, words: list[str], cues: _Cues) -> bool:
    """Whether the words for digits, with the figures, make the shortest number there is."""
    said = sum([word in cues.numbers for word in words])
    repeated = sum([word in cues.repeats for word in words])
    return said + 2 * repeated + sum(map(text.count, "0123456789")) >= _FEWEST_DIGITS


def _may_name(text: str, lower: str, words: list[str], hits: frozenset[str], cues: _Cues, *, has_figure: bool) -> bool:
    """Whether a name may be stated: "nama saya siti", "Nama: Siti"; "saya Siti", but not "saya mau"."""
    for key in cues.sure_by_key.keys() & hits:
        if _is_sure(words, key, cues.sure_by_key[key]):
            return True
    if (":" in text or "=" in text or has_figure) and not cues.form.isdisjoint(hits):
        return True
    return text != lower and _is_capital_beside(text.split(), hits, cues)


def _is_sure(words: list[str], key: str, beside: frozenset[str]) -> bool:
    """Whether a word stands beside the key that makes the two a cue: "nama" and "saya"."""
    place = words.index(key)
    neighbours = words[max(0, place - 1) : place + 2 : 2] if place else words[1:2]
    return not beside or not beside.isdisjoint(neighbours)


def _is_capital_beside(words: list[str], hits: frozenset[str], cues: _Cues) -> bool:
    """Whether a word with a capital letter stands where the cue has its name: "this is Siti", "Siti po ako"."""
    plain = [word.strip(_STRIPPED).lower() for word in words]
    for place, word in enumerate(plain):
        if word not in hits and words[place] not in cues.closing:
            continue
        ahead = word in cues.ahead or word in cues.closing or words[place] in cues.closing
        if ahead and _is_capital_on(words, plain, place, 1, cues):
            return True
        if word in cues.behind and _is_capital_on(words, plain, place, -1, cues):
            return True
    return False


_STRIPPED = ',:.!?;()"*_'
_MOST_STEPS = 4


def _is_capital_on(words: list[str], plain: list[str], place: int, step: int, cues: _Cues) -> bool:
    for distance in range(1, _MOST_STEPS):
        other = place + step * distance
        if not 0 <= other < len(words):
            return False
        if words[other].lstrip(_STRIPPED)[:1].isupper():
            return True
        if plain[other] not in cues.steps:
            return False
    return False


# A dotted or underscored word may be the beginning of an address ("nguyen.hoa"), ".com" alone its end.
_ADDRESS_SHAPE = re.compile(r"[a-z0-9][._][a-z]|\.[a-z]{2,}", re.IGNORECASE)


def is_possible_part(text: str) -> bool:
    """Whether this message could be, or hold, a part of a contact, or change what others say together.

    A thread is read from such messages alone. True for every message that gives a contact, too; False for chat without
    digit, "@", words for them and anything like an address.
    """
    if has_digit_or_at(text) or signs_of(text) & ~SIGNS:
        return True
    cues = _cues()
    words = text.lower().split()
    plain = [word.strip(",:.;!?") for word in words]
    if not cues.part.isdisjoint(plain):
        return True
    numbers = sum(word in cues.numbers for word in plain)
    if numbers and (numbers > 1 or len(words) <= 2):
        return True
    if ("." in text or "_" in text) and _ADDRESS_SHAPE.search(text):
        return True
    if not text.isascii() and (cues.unspaced.part.search(text) or len(cues.unspaced.digit.findall(text)) > 1):
        return True
    return ends_with_account(text, plain)


def ends_with_account(text: str, words: list[str] | None = None) -> bool:
    """Whether its last word takes the digits of the next message for itself: "no resi", "ini norek BCA"."""
    plain = words if words is not None else text.lower().split()
    if not plain or lexicon().label(plain[-1]) != STRONG:
        return False
    return len(plain) <= 6 and said_before(text, len(text)).kind == STRONG
