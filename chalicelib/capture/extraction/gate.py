"""The first look at a message: what it could hold at all. Most hold nothing, and are left after one microsecond.

One look for a digit, "@" or bracket, one comparison of its words with those that matter; only where one of them hits is
anything else asked.
"""

import re
from collections.abc import Iterator

from chalicelib.capture.extraction import names_spaceless, shapes
from chalicelib.capture.extraction.cues import AFTER_THAI, MARKS, Cues, Unspaced
from chalicelib.capture.extraction.labels import ends_with_account
from chalicelib.capture.extraction.lexicon import ACTION, NUMBER, PHONE, SPACELESS, is_spaceless, lexicon
from chalicelib.capture.extraction.name_words import ends_name
from chalicelib.capture.extraction.text import OTHER_DIGITS, composed

_DIGIT_OR_AT = re.compile(f"[0-9@{OTHER_DIGITS}]")
# The same, a bracket as in "(at)", and the scripts whose words can't be told apart by spaces.
_LOOK = re.compile(rf"[0-9@(\[{{{SPACELESS}{OTHER_DIGITS}]")
# Of ASCII all at once: small letters, and each sign as "0". bytes.translate is the fastest there is: a third of re's.
_LOOK_ASCII = bytes(
    ord("0") if character in b"0123456789@([{" else character for character in bytes(range(256)).lower()
)
# Any character but those of Latin chat, and also of Thai and Chinese: searched for at half the cost of the long lists.
_LATIN_CHAT = (
    "\0-'*-/:-?A-Z\\\\\\]-z|}~\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff"
    "\u2010-\u203a\u2600-\u2775\ufe0f\U0001f300-\U0001faff"
)
_ODD = re.compile(f"[^{_LATIN_CHAT}]")
_ODD_IN_UNSEGMENTED = re.compile(f"[^{_LATIN_CHAT}\u0e00-\u0e4f\u3400-\u9fff\u3001\u3002\uff01\uff0c\uff1f]")
_UNSEGMENTED = re.compile(f"[{SPACELESS}]")
# "noldelapansatu…" has no spaces: longer than any language's words.
_GLUED, _MOST_GLUED = 24, 4
_USUAL = 9  # letters a word, with what stands between: texts of longer ones are looked through for it
_FEWEST_SPOKEN = 3  # "soon paed neung": each alone is a word of every day
_FEWEST_DIGITS = 7
_MOST_SAID = 3  # digits that a word with a "double" before it amounts to


def has_digit_or_at(text: str) -> bool:
    """Whether a digit or an "@" of any script is in it."""
    return _DIGIT_OR_AT.search(text) is not None


_loaded: list[Cues] = []


def _cues() -> Cues:
    if not _loaded:
        _loaded.append(Cues())
    return _loaded[0]


# What a text could hold by the look of it. SIGNS: a digit, an "@", a bracket as in "(at)"; the others: words for them.
NOTHING, SIGNS, NUMBERS, ADDRESS, NAME = 0, 1, 2, 4, 8
_MOST_OF_NAME = 5  # words of a message that is nothing but a name, with its particles


def signs_of(text: str) -> int:
    """What the text could give a contact by; NOTHING for most, and quickly."""
    cues = _loaded[0] if _loaded else _cues()
    if text.isascii():
        lower = text.encode().translate(_LOOK_ASCII).decode()
        if "0" in lower:
            return _signs_beside_signs(text, cues, None)
    else:
        odd = _ODD.search(text)
        if odd is not None:
            look = _LOOK.search(text, odd.start())
            if look is not None:
                return _signs_beside_signs(text, cues, look)
        lower = text.lower()
    words = lower.split()
    if cues.worth_a_look.isdisjoint(words) and (len(words) > _MOST_GLUED or len(text) < _GLUED):
        if (len(words) > _MOST_OF_NAME and "\n" not in text) or cues.known.isdisjoint(words):
            return NOTHING
        return NAME if text != lower or "\n" in text else NOTHING
    return _signs_of_hits(text, lower, words, cues)


def _signs_of_hits(text: str, lower: str, words: list[str], cues: Cues) -> int:
    """The same, where a word of it is worth a closer look. "Saya mau …" is not: a name takes a capital there."""
    is_told = not cues.telling.isdisjoint(words) or (len(words) <= _MOST_GLUED and len(text) >= _GLUED)
    is_sentence = text == lower or (text[1:] == lower[1:] and words[0] in cues.perhaps)
    if not is_told and is_sentence and cues.given.isdisjoint(words):
        return NOTHING
    return _signs_of_words(text, lower, [word.rstrip(MARKS) for word in words], cues, has_figure=False)


# Of Thai and Chinese with nothing beside it: no figure, no Latin letter.
_NOT_UNSEGMENTED = re.compile(
    "[^\u0e00-\u0e4f\u3400-\u9fff\\s,.!?…\u3001\u3002\uff01\uff0c\uff1f\U0001f300-\U0001faff]"
)


def _signs_beside_signs(text: str, cues: Cues, look: re.Match[str] | None) -> int:
    """The same of a text with a digit, an "@", a bracket, or in Thai or Chinese; `look` is what was seen of these."""
    if look is None:
        return _signs_beside_ascii(text, cues)
    first = look.group()
    if not is_spaceless(first):
        other = _UNSEGMENTED.search(text, look.start())
        first = other.group() if other else ""
    elif _NOT_UNSEGMENTED.search(text) is None:
        return _signs_of_unspaced(text, first, cues.unspaced, has_figure=False, has_latin=False)
    odd = _ODD_IN_UNSEGMENTED.search(text)
    has_figure = odd is not None and _DIGIT_OR_AT.search(text, odd.start()) is not None
    has_latin = _LATIN_LETTER.search(text) is not None
    signs = SIGNS if has_figure or _has_bracket(text) else NOTHING
    if first:
        signs |= _signs_of_unspaced(text, first, cues.unspaced, has_figure=has_figure, has_latin=has_latin)
    if not has_latin:
        return signs
    lower = text.lower()
    return signs | _signs_of_words(text, lower, _WORD.findall(composed(lower)), cues, has_figure=has_figure)


def _signs_of_unspaced(text: str, first: str, words: Unspaced, *, has_figure: bool, has_latin: bool) -> int:
    """The same of Thai and Chinese. `first`: the first of their letters."""
    is_thai = first < AFTER_THAI
    is_plain = is_thai and not has_figure and not has_latin and words.thai.search(text) is None
    key = None if is_plain else (words.thai_name if is_thai else words.other_name).search(text)
    is_told = (key and names_spaceless.may_be_told(text)) or (is_thai and names_spaceless.may_be_alone(text))
    signs = NAME if is_told else NOTHING
    if is_plain:
        return signs
    if has_figure:
        is_number = words.digit.search(text) is not None
    elif is_thai:
        is_number = words.number.search(text) is not None
    else:
        is_number = words.is_said_in_chinese(text)
    if has_latin and words.at.search(text):
        signs |= ADDRESS
    return signs | NUMBERS if is_number else signs


def _signs_beside_ascii(text: str, cues: Cues) -> int:
    has_figure = _FIGURE_OR_AT.search(text) is not None
    words = text.encode().translate(_WORDS_ASCII).decode().split()
    if "- " in text or "~ " in text:
        words.append("-")
    is_worth = "@" in text or "|" in text or len(text.encode().translate(None, _NO_FIGURES)) >= _FEWEST_FIGURES
    signs = SIGNS if is_worth else NOTHING
    return signs | _signs_of_words(text, text.lower(), words, cues, has_figure=has_figure)


def _has_bracket(text: str) -> bool:
    return "(" in text or "[" in text or "{" in text


# Letters typed for digits are never more than two in three.
_FEWEST_FIGURES = 3
_NO_FIGURES = bytes(set(range(256)) - set(b"0123456789"))
_FIGURE_OR_AT = re.compile("[0-9@]")


# Letters in small, all else but "'" between words.
_WORDS_ASCII = bytes(
    character if chr(character).isalpha() or character == ord("'") else ord(" ")
    for character in bytes(range(128)).lower()
) + bytes(128)
_LATIN_LETTER = re.compile("[A-Za-z]")
_WORD = re.compile("[a-z\u00df-\u024f\u0300-\u036f\u1e00-\u1eff]+(?:['’][a-z]+)?|[~–—-](?= )")
_AT_IN_BRACKETS = re.compile(r"[(\[{]\s?(?:[a@]|at|et|di|sa)\s?[)\]}]")


def _signs_of_words(text: str, lower: str, words: list[str], cues: Cues, *, has_figure: bool) -> int:
    signs = NOTHING
    is_glued = len(words) * _USUAL < len(lower) and words and len(max(words, key=len)) >= _GLUED
    if is_glued or (has_figure and cues.mixed.search(lower)):
        signs |= NUMBERS
    if _has_bracket(text) and _AT_IN_BRACKETS.search(lower):
        signs |= ADDRESS
    if not cues.spoken.isdisjoint(words) and len(cues.spoken.intersection(words)) >= _FEWEST_SPOKEN:
        signs |= NUMBERS
    if not cues.providers.isdisjoint(words):
        signs |= ADDRESS
    if ("\n" in text or len(words) <= _MOST_OF_NAME) and not cues.known.isdisjoint(words):
        signs |= NAME
    hits = cues.any.intersection(words)
    if not hits:
        return signs
    if _may_name(text, lower, words, hits, cues, has_figure=has_figure):
        signs |= NAME
    if not cues.at.isdisjoint(hits) and ("@" in text or "." in text or not cues.dot.isdisjoint(words)):
        signs |= ADDRESS
    if not cues.numbers.isdisjoint(hits) and _are_enough(lower, words, cues, has_figure=has_figure):
        signs |= NUMBERS
    return signs


def _are_enough(lower: str, words: list[str], cues: Cues, *, has_figure: bool) -> bool:
    """Whether words for digits that stand together, with the figures, make the shortest number there is.

    Counting is none: "satu dua tiga empat lima enam tujuh", but for what begins with a zero, as a number does.
    """
    parts = _WORD_OR_FIGURES.findall(lower) if "-" in lower else words  # "eight-five-three-one"
    said_words = [word for word in parts if word in cues.numbers]
    if _MOST_SAID * len(said_words) + (sum(map(lower.count, "0123456789")) if has_figure else 0) < _FEWEST_DIGITS:
        return False
    digit_by_word = lexicon().digit_by_word
    said = ""
    for word in (*_WORD_OR_FIGURES.findall(composed(lower)), "."):
        digit = digit_by_word.get(word)
        if digit:
            said += digit
        elif word.isdecimal():
            said += word
        elif word in cues.repeats:
            said += "??"
        elif len(word) < _SHORTEST_GLUED and word not in cues.between:
            if len(word) <= _LONGEST_LOOKALIKE and _LOOKALIKE.fullmatch(word):
                said += "?" * len(word)
                continue
            if len(said) >= _FEWEST_DIGITS and not _only_counts(said, words):
                return True
            said = ""
    return False


def _only_counts(said: str, words: list[str]) -> bool:
    """Whether it is a row of digits; one that begins with a zero is a number where a word says so."""
    if not shapes.is_row(said):
        return False
    return said[0] != "0" or not any(lexicon().label(word) in (PHONE, NUMBER, ACTION) for word in words)


_LONGEST_LOOKALIKE, _SHORTEST_GLUED = 4, 12
_LOOKALIKE = re.compile("[oliszb]+|oh|ow")
_WORD_OR_FIGURES = re.compile("[a-z\u00df-\u024f\u0300-\u036f\u1e00-\u1eff]+|[0-9]+")


def _may_name(text: str, lower: str, words: list[str], hits: frozenset[str], cues: Cues, *, has_figure: bool) -> bool:
    """Whether a name may be stated: "nama saya siti", "Nama: Siti"; "saya Siti", but not "saya mau"."""
    for key in cues.sure_by_key.keys() & hits:
        if _is_sure(words, key, cues.sure_by_key[key]):
            return True
    if (":" in text or "=" in text or has_figure) and not cues.form.isdisjoint(hits):
        return True
    if not cues.given.isdisjoint(words) or (words[0] in cues.known and text[:1].isupper()):
        return True
    return text != lower and not cues.beside_capital.isdisjoint(hits) and _is_capital_beside(text, lower, hits, cues)


def _is_sure(words: list[str], key: str, beside: frozenset[str]) -> bool:
    """Whether a word stands beside the key that makes the two a cue: "nama" and "saya"."""
    place = words.index(key)
    neighbours = words[max(0, place - 1) : place + 2 : 2] if place else words[1:2]
    return not beside or not beside.isdisjoint(neighbours)


def _is_capital_beside(text: str, lower: str, hits: frozenset[str], cues: Cues) -> bool:
    """Whether a word with a capital letter stands where a cue has its name: "this is Siti", "Siti po ako"."""
    if len(text) != len(lower):
        return True
    for key in cues.beside_capital.intersection(hits):
        place = lower.find(key)
        while place >= 0:
            end = place + len(key)
            if (not place or not lower[place - 1].isalpha()) and not lower[end : end + 1].isalpha():
                before = text[max(0, place - _REACH) : place].split()[-_MOST_STEPS:][::-1]
                following = text[end : end + _REACH].split(None, _MOST_STEPS)[:_MOST_STEPS]
                if _is_named_beside(key, before, following, cues):
                    return True
            place = lower.find(key, end)
    return False


_REACH, _MOST_STEPS = 60, 3
_STRIPPED = ',:.!?;()"*_'


def _is_named_beside(key: str, before: list[str], following: list[str], cues: Cues) -> bool:
    """`before`: the words before the key, the nearest first; `following`: those behind it."""
    is_ahead = _is_cue(cues.ahead, key, following) or _is_cue(cues.closing, key, before)
    if is_ahead and any(_names_in(following, cues)):
        return True
    return _is_cue(cues.behind, key, before) and any(_names_in(before, cues, is_behind=True))


def _is_cue(beside: dict[str, frozenset[str]], key: str, neighbours: list[str]) -> bool:
    others = beside.get(key)
    if not others:
        return others is not None
    return bool(neighbours) and neighbours[0].strip(_STRIPPED).lower() in others


def _names_in(words: list[str], cues: Cues, *, is_behind: bool = False) -> Iterator[bool]:
    """Of each word from the cue on whether it may be of a name, as far as the words may be of the cue."""
    for typed in words:
        word = typed.strip(_STRIPPED).lower()
        if typed.lstrip(_STRIPPED)[:1].isupper():
            # "I'm" and "Monday" are none; shortened with a full stop it may be: "A. Rahman".
            is_no_name = ends_name(word) and not typed.endswith(".") and word not in cues.known
            yield not is_no_name or (is_behind and word in cues.also)
        if word and word not in cues.steps:
            return


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
