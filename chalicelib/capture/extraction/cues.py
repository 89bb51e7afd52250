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

# What a text could hold by the look of it. SIGNS: a digit, an "@", a bracket as in "(at)"; the others: words for them.
NOTHING, SIGNS, NUMBERS, ADDRESS, NAME = 0, 1, 2, 4, 8
# What a word makes of a text in small letters: a digit, enough for a closer look, a name if there is a cue, too, or one
# with a capital letter, that may be a name where it is the first.
DIGIT, TELLING, GIVEN, FIRST = 1, 2, 4, 8

AFTER_THAI = "\u0f00"
# Fewer number words than this make no phone number, with digits or without: digits let a message through by themselves.
_FEWEST_WORDS = 4
_THAI_PRONOUNS = ("ดิชั้น", "ดิฉัน", "หนู", "นี่", "ผม")
# What the bearer of a name does: "Jason from Tampines", "Nguyên hỏi chút".
_DOES = frozenset(("from", "dari", "hỏi", "hoi", "nga"))
# Far behind a name, with what its bearer does between: "Trọng bên nội thất đây".
_FAR_CUES = ("here", "speaking", "calling", "ito", "'to", "đây", "day", "nè", "ne", "nek")
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
        self.dot_or_provider = self.dot | self.providers
        dots = self.dot - _COMMON_PROVIDERS
        telling = self.numbers - _latin(words_of("digits", "common")) | dots | self.sure_by_key.keys()
        telling |= {word for table in spoken_tables() for word in listed(table["telling"])}
        self.spoken = frozenset(
            word for table in spoken_tables() for digit in range(10) for word in listed(table[str(digit)])
        )
        self.telling = frozenset(telling)
        self.beside_capital = frozenset(self.ahead.keys() | self.behind.keys() | self.closing.keys())
        self.given = _latin(words_of("name", "given")) - _latin(words_of("name", "common"))
        self.known = _latin([*words_of("name", "family"), *words_of("name", "given")])
        self.relevant = self.any | self.dot_or_provider | self.spoken | self.known | self.given
        # In UTF-8, as the first look has them: what may stand behind a message's first word that is a name.
        self.introducing = _utf8(("here", "speaking", "calling"))
        here = _latin([*words_of("name", "here"), *words_of("name", "here_perhaps")])
        self.behind_given = _utf8(phrase.split()[0] for phrase in here)
        softeners = _latin(words_of("name", "softeners"))
        self.of_first = self.behind_given | _utf8(phrase.split()[0] for phrase in softeners) | _utf8(_DOES)
        self.alone = self.known | _words([words_of("name", "titles")]) | frozenset(("dạ", "da", "vâng"))
        self.before_given = _utf8(self.ahead.keys() | self.closing.keys())
        self.steps_small = _utf8(self.steps)
        self.alone_small = _utf8(self.alone)
        self.far = _utf8(_FAR_CUES)
        self.known_typed = _utf8(typed for word in self.known for typed in (word.capitalize(), word.upper()))
        self.known_first = _utf8(word.capitalize() for word in self.known)
        self.digits = _utf8(self.numbers | self.spoken)
        self.any_small = _utf8(self.any)
        self.form_small = _utf8(self.form)
        self.kind_by_word = self._kinds()
        self.plain = frozenset(self.kind_by_word)
        self.mixed_plain = _utf8(self.telling | self.beside_capital)
        # Between the digits of one number: "nol delapan, lalu satu dua".
        self.between = _words([words_of("groups", "then"), words_of("groups", "aside")]) | lexicon().plus
        # "0one7eight82": a word for a digit right behind a figure.
        long_numbers = alternatives(word for word in self.numbers if len(word) > 2)
        self.mixed = re.compile(f"[0-9](?=[a-z\u00df-\u1eff])(?:{long_numbers})")
        self.part = _latin(
            {*words_of("mail", "labels"), *words_of("correction", "keys"), *self.dot, "com", "net", "org"}
        )
        self.unspaced = Unspaced()

    def _kinds(self) -> dict[bytes, int]:
        """Of each word that matters in a text in small letters what it makes of it, as UTF-8."""
        digits = (self.telling & self.numbers) - self.sure_by_key.keys()
        kinds: dict[bytes, int] = {}
        for words, kind in ((self.given, GIVEN), (digits, DIGIT), (self.telling - digits, TELLING)):
            for word in _utf8({*words, *(word.capitalize() for word in words)}):
                kinds[word] = kinds.get(word, 0) | kind
        for word in self.known_first | self.introducing:
            kinds[word] = kinds.get(word, 0) | FIRST
        return kinds


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
        # A pronoun states a name only where a known one stands behind it.
        self.thai_stating = _any_unspaced(*(key for key in keys if key < AFTER_THAI and key not in _THAI_PRONOUNS))
        formal, given = list(words_of("name", "morphemes")), words_of("name", "given")
        titles, pronouns = "(?:นางสาว|นาย|นาง|น\\.ส\\.|ครู|หมอ|ดร\\.)?\\s?", alternatives(_THAI_PRONOUNS)
        self.thai_self = re.compile(f"(?:{pronouns}|นี่คือ)\\s?{titles}(?:{_by_first((*formal, *given))})")
        self.thai_formal = re.compile(_by_first(formal))
        self.thai_beginnings = frozenset(word[:2] for word in formal)
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


def _utf8(words: Iterable[str]) -> frozenset[bytes]:
    return frozenset(word.encode() for word in words)


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


def _by_first(words: Iterable[str]) -> str:
    """A pattern of Thai words, by their first letters: a list of hundreds is looked through too slowly."""
    by_first: dict[str, list[str]] = {}
    for word in sorted(set(filter(is_spaceless, words))):
        by_first.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{first}(?:{alternatives(rests)})" for first, rests in by_first.items()) or "(?!)"


def _any_unspaced(*words: str) -> re.Pattern[str]:
    return re.compile(alternatives(set(filter(is_spaceless, words))))
