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


class _Cues:
    """The words that matter, read from the tables at the first message."""

    def __init__(self) -> None:
        words = lexicon()
        self.numbers = _latin({*words.digit_by_word, *words.repeat_by_word})
        self.repeats = _latin(phrase.split()[-1] for phrase in words.repeat_by_word)
        self.at = _latin(words_of("mail", "at")) | {
            phrase.split()[-1] for phrase in _latin(words_of("mail", "at_sure"))
        }
        self.dot = _latin(words_of("mail", "dot")) | PROVIDERS
        self.name = _latin(words_of("name", "keys"))
        # "0one7eight82": a word for a digit right behind a figure.
        self.mixed = re.compile(
            f"[0-9](?=[a-z\u00df-\u1eff])(?:{alternatives(word for word in self.numbers if len(word) > 2)})"
        )
        self.form = frozenset(phrase.split()[0] for phrase in _latin(words_of("name", "forms")))
        self.unsure = frozenset(
            {phrase.split()[0] for table in ("unsure", "called") for phrase in _latin(words_of("name", table))}
            | _latin(words_of("name", "pronouns"))
            | {phrase.split()[-1] for table in ("here", "closing") for phrase in _latin(words_of("name", table))}
            | set("-~–—")
        )
        self.any = self.name | self.form | self.unsure | self.at | self.numbers
        telling = (
            (self.numbers - _latin(words_of("digits", "common")))
            | self.dot
            | self.name
            | {f"{one}.com" for one in PROVIDERS}
        )
        self.telling = _punctuated(telling)
        self.perhaps = _punctuated(self.unsure)
        self.part = frozenset(
            _latin(words_of("mail", "labels"))
            | self.dot
            | {"com", "net", "org"}
            | _latin(words_of("correction", "keys"))
        )
        zeros = filter(is_spaceless, (word for word, digit in words.digit_by_word.items() if digit == "0"))
        figures = "".join(filter(is_spaceless, (word for word in words.digit_by_word if len(word) == 1)))
        # A number in Thai words begins with its zero or a plus; in Chinese its figures stand together.
        self.unspaced_number = re.compile(
            f"{alternatives({*zeros, *filter(is_spaceless, words.plus)})}|[{figures}]{{{_FEWEST_WORDS}}}"
        )
        self.unspaced_digit = _any_unspaced(*words.digit_by_word)
        self.unspaced_name = _any_unspaced(
            *words_of("name", "sure"), *words_of("name", "unsure"), *words_of("name", "forms")
        )
        self.unspaced_at = _any_unspaced(*words_of("mail", "at"), *words_of("mail", "at_sure"))
        self.unspaced = re.compile(f"{self.unspaced_name.pattern}|{self.unspaced_number.pattern}")
        self.sure = tuple(_latin(words_of("name", "sure")))
        self.unspaced_part = _any_unspaced(
            *words_of("mail", "labels"), *words_of("mail", "dot"), *words_of("correction", "words")
        )


def _latin(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if not is_spaceless(word))


def _punctuated(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word + mark for word in words for mark in ("", ",", ":", ".", "!"))


def _any_unspaced(*words: str) -> re.Pattern[str]:
    return re.compile(alternatives(set(filter(is_spaceless, words))))


_loaded: list[_Cues] = []


def _cues() -> _Cues:
    if not _loaded:
        _loaded.append(_Cues())
    return _loaded[0]


# What a text could hold by the look of it. SIGNS: a digit, an "@", a bracket as in "(at)"; the others: words for them.
NOTHING, SIGNS, NUMBERS, ADDRESS, NAME = 0, 1, 2, 4, 8


def signs_of(text: str) -> int:
    """What the text could give a contact by; NOTHING for most, and quickly."""
    cues = _loaded[0] if _loaded else _cues()
    if _LOOK.search(text) is None:
        lower = text.lower()
        words = lower.split()
        if (
            cues.telling.isdisjoint(words)
            and (text == lower or cues.perhaps.isdisjoint(words))
            and (len(words) > _MOST_GLUED or len(text) < _GLUED)
        ):
            return NOTHING
        return _signs_of_words(text, lower, [word.rstrip(",:.!") for word in words], cues, has_figure=False)
    has_figure = _DIGIT_OR_AT.search(text) is not None
    has_bracket = "(" in text or "[" in text or "{" in text
    if not has_figure and not has_bracket and cues.unspaced.search(text) is None and _LATIN_LETTER.search(text) is None:
        return NOTHING
    lower = text.lower()
    signs = SIGNS if has_figure or has_bracket else NOTHING
    signs |= _signs_of_words(text, lower, _WORD.findall(composed(lower)), cues, has_figure=has_figure)
    if not text.isascii() and _UNSEGMENTED.search(text):
        signs |= _unsegmented_signs(text, cues, has_figure=has_figure)
    return signs


_WORD = re.compile("[a-z\u00df-\u024f\u0300-\u036f\u1e00-\u1eff]+(?:['’][a-z]+)?")
_AT_IN_BRACKETS = re.compile(r"[(\[{]\s?(?:[a@]|at|et)\s?[)\]}]")


def _signs_of_words(text: str, lower: str, words: list[str], cues: _Cues, *, has_figure: bool) -> int:
    signs = NOTHING
    hits = cues.any.intersection(words)
    if (has_figure and cues.mixed.search(lower)) or (
        len(words) * _USUAL < len(lower) and words and len(max(words, key=len)) >= _GLUED
    ):
        signs |= NUMBERS
    if ("(" in text or "[" in text or "{" in text) and _AT_IN_BRACKETS.search(lower):
        signs |= ADDRESS
    if not hits:
        return signs
    if _may_name(text, lower, hits, cues, has_figure=has_figure):
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


def _may_name(text: str, lower: str, hits: frozenset[str], cues: _Cues, *, has_figure: bool) -> bool:
    """Whether a name may be stated: "nama saya siti", "Nama: Siti"; "saya Siti", but not "saya mau"."""
    if not cues.name.isdisjoint(hits) and any(phrase in lower for phrase in cues.sure):
        return True
    if (":" in text or "=" in text or has_figure) and not cues.form.isdisjoint(hits):
        return True
    if text == lower or cues.unsure.isdisjoint(hits):
        return False
    # Beside the cue, or one word on ("this is Siti", "saya ibu Siti"), is a capital letter.
    words = text.split()
    capitals = [word[:1].isupper() for word in words]
    return any(
        any(capitals[place + 1 : place + 4]) or (place > 0 and (capitals[place - 1] or capitals[max(0, place - 2)]))
        for place, word in enumerate(words)
        if word.rstrip(",:.!").lower() in cues.unsure
    )


_LATIN_LETTER = re.compile("[A-Za-z]")


def _unsegmented_signs(text: str, cues: _Cues, *, has_figure: bool) -> int:
    """The same of Thai and Chinese, whose words stand anywhere."""
    signs = NAME if cues.unspaced_name.search(text) else NOTHING
    if _LATIN_LETTER.search(text) and cues.unspaced_at.search(text):
        signs |= ADDRESS
    if (cues.unspaced_digit if has_figure else cues.unspaced_number).search(text):
        signs |= NUMBERS
    return signs


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
    if not text.isascii() and (cues.unspaced_part.search(text) or len(cues.unspaced_digit.findall(text)) > 1):
        return True
    return ends_with_account(text, plain)


def ends_with_account(text: str, words: list[str] | None = None) -> bool:
    """Whether its last word takes the digits of the next message for itself: "no resi", "ini norek BCA"."""
    plain = words if words is not None else text.lower().split()
    if not plain or lexicon().label(plain[-1]) != STRONG:
        return False
    return len(plain) <= 6 and said_before(text, len(text)).kind == STRONG
