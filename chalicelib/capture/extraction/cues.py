"""The words that matter at the first look at a message, read from the tables once."""

import re
from collections.abc import Iterable

from chalicelib.capture.extraction import shapes
from chalicelib.capture.extraction.domains import PROVIDERS
from chalicelib.capture.extraction.lexicon import (
    alternatives,
    is_spaceless,
    lexicon,
    listed,
    spoken_tables,
    words_of,
)

AFTER_THAI = "\u0f00"
MARKS = ",:.!"
# Fewer number words than this make no phone number, with digits or without: digits let a message through by themselves.
_FEWEST_WORDS = 4
# Their domains are called by words of every day.
_COMMON_PROVIDERS = frozenset(("mail", "email", "me", "live", "hey", "inbox", "mac", "pm", "tm", "duck", "plasa"))


class Cues:
    """The words that matter, read from the tables at the first message."""

    def __init__(self) -> None:
        words = lexicon()
        self.numbers = _latin({*words.digit_by_word, *words.repeat_by_word})
        self.repeats = _latin(phrase.split()[-1] for phrase in words.repeat_by_word)
        sure_at = {phrase.split()[-1] for phrase in _latin(words_of("mail", "at_sure"))}
        self.at = _latin(words_of("mail", "at")) | sure_at
        self.dot = _latin(words_of("mail", "dot")) | PROVIDERS
        self.providers = frozenset(("gmail", "gmail.com", "yahoo", "hotmail", "outlook", "icloud", "ymail"))
        self.form = frozenset(phrase.split()[0] for phrase in _latin(words_of("name", "forms")))
        # Of each key the words that stand beside it in a cue; none where it is one alone, as "namaku".
        self.sure_by_key = {key: _beside(key) for key in _latin(words_of("name", "keys"))}
        # Of each word the ones that stand behind it, or before it, in a cue; none where it is one alone.
        self.ahead = _with_next(words_of("name", table) for table in ("unsure", "called", "pronouns"))
        self.behind = _with_last([*words_of("name", "here"), *words_of("name", "here_perhaps")])
        self.closing = _with_last([*words_of("name", "closing"), *"-~–—"])
        self.also = _latin(words_of("name", "also"))
        self.steps = _words(words_of("name", table) for table in ("unsure", "called", "titles", "here", "here_perhaps"))
        names = self.sure_by_key.keys() | self.ahead.keys() | self.behind.keys() | self.closing.keys()
        self.any = frozenset(names | self.form | self.at | self.numbers)
        dots = self.dot - _COMMON_PROVIDERS
        telling = self.numbers - _latin(words_of("digits", "common")) | dots | self.sure_by_key.keys()
        telling |= {word for table in spoken_tables() for word in listed(table["telling"])}
        self.spoken = frozenset(
            word for table in spoken_tables() for digit in range(10) for word in listed(table[str(digit)])
        )
        self.telling = _punctuated(telling | {f"{provider}.com" for provider in PROVIDERS})
        self.beside_capital = frozenset(self.ahead.keys() | self.behind.keys() | self.closing.keys())
        self.perhaps = _punctuated(self.beside_capital)
        given = _latin(words_of("name", "given")) - _latin(words_of("name", "common"))
        self.given = _punctuated(given)
        self.known = self.given | _punctuated(_latin([*words_of("name", "family"), *words_of("name", "given")]))
        self.worth_a_look = self.telling | self.perhaps
        # Between the digits of one number: "nol delapan, lalu satu dua".
        self.between = _words([words_of("groups", "then"), words_of("groups", "aside")]) | lexicon().plus
        # "0one7eight82": a word for a digit right behind a figure.
        long_numbers = alternatives(word for word in self.numbers if len(word) > 2)
        self.mixed = re.compile(f"[0-9](?=[a-z\u00df-\u1eff])(?:{long_numbers})")
        self.part = _latin(
            {*words_of("mail", "labels"), *words_of("correction", "keys"), *self.dot, "com", "net", "org"}
        )
        self.unspaced = Unspaced()


class Unspaced:
    """The same of Thai and Chinese, whose words stand anywhere."""

    def __init__(self) -> None:
        words = lexicon()
        zeros = {word for word, digit in words.digit_by_word.items() if digit == "0" and len(word) > 1}
        figures = "".join(filter(is_spaceless, (word for word in words.digit_by_word if len(word) == 1)))
        keys = tuple(filter(is_spaceless, words_of("name", "keys")))
        self.thai_name = _any_unspaced(*(key for key in keys if key < AFTER_THAI))
        self.other_name = _any_unspaced(*(key for key in keys if key >= AFTER_THAI))
        # A number in Thai words begins with its zero or a plus.
        self.number = _any_unspaced(*zeros, *words.plus)
        self.thai = _any_unspaced(*zeros, *words.plus, *(key for key in keys if key < AFTER_THAI))
        self.figures = re.compile(f"[{figures}]")
        self.digit = _any_unspaced(*words.digit_by_word)
        self.at = _any_unspaced(*words_of("mail", "at"), *words_of("mail", "at_sure"))
        self.part = _any_unspaced(
            *words_of("mail", "labels"), *words_of("mail", "dot"), *words_of("correction", "words")
        )

    def is_said_in_chinese(self, text: str) -> bool:
        """Whether there are enough figures, and they do more than count: "一二三四五六七"."""
        figures = self.figures.findall(text)
        if len(figures) < _FEWEST_WORDS:
            return False
        said = "".join([lexicon().digit_by_word[figure] for figure in figures])
        return said[0] == "0" or not shapes.is_row(said)


def _latin(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if not is_spaceless(word))


def _beside(key: str) -> frozenset[str]:
    phrases = [phrase.split() for phrase in _latin(words_of("name", "sure")) if key in phrase.split()]
    if [key] in phrases:
        return frozenset()
    return frozenset(
        phrase[phrase.index(key) + 1] if phrase[-1] != key else phrase[phrase.index(key) - 1] for phrase in phrases
    )


def _with_next(tables: Iterable[Iterable[str]]) -> dict[str, frozenset[str]]:
    return _by_key(phrase.split() for table in tables for phrase in _latin(table))


def _with_last(table: Iterable[str]) -> dict[str, frozenset[str]]:
    return _by_key(phrase.split()[::-1] for phrase in _latin(table))


def _by_key(phrases: Iterable[list[str]]) -> dict[str, frozenset[str]]:
    """Of the phrases' first words the second ones; none where one of them is a phrase alone."""
    seconds: dict[str, set[str]] = {}
    alone = set()
    for phrase in phrases:
        seconds.setdefault(phrase[0], set()).update(phrase[1:2])
        if len(phrase) == 1:
            alone.add(phrase[0])
    return {first: frozenset() if first in alone else frozenset(of) for first, of in seconds.items()}


def _words(tables: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset(word for table in tables for phrase in _latin(table) for word in phrase.split())


def _punctuated(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word + mark for word in words for mark in ("", *MARKS))


def _any_unspaced(*words: str) -> re.Pattern[str]:
    return re.compile(alternatives(set(filter(is_spaceless, words))))
