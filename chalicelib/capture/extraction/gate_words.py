"""The closer look at a message's words, where one of them is worth it: are there enough, and do they stand together?"""

import re
from collections.abc import Sequence

from chalicelib.capture.extraction import shapes
from chalicelib.capture.extraction.cues import ADDRESS, GIVEN, NAME, NOTHING, NUMBERS, Cues
from chalicelib.capture.extraction.lexicon import ACTION, NUMBER, PHONE, lexicon
from chalicelib.capture.extraction.name_words import ends_name
from chalicelib.capture.extraction.text import composed

USUAL = 9  # letters a word, with what stands between: texts of longer ones are looked through for glued ones
GLUED = 24  # "noldelapansatu…" has no spaces: longer than any language's words
_FEWEST_SPOKEN = 3  # "soon paed neung": each alone is a word of every day
_FEWEST_DIGITS = 7
_MOST_SAID = 3  # digits that a word with a "double" before it amounts to
_DASH = "-"
MOST_OF_NAME = 5  # words of a message that is nothing but a name, with its particles
_AT_IN_BRACKETS = re.compile(r"[(\[{]\s?(?:[a@]|at|et|di|sa)\s?[)\]}]")


def has_bracket(text: str) -> bool:
    return "(" in text or "[" in text or "{" in text


def signs_of_words(text: str, lower: str, words: list[str], cues: Cues, *, has_figure: bool) -> int:
    """What the words of a text say it could give. `words`: in small letters, without their marks."""
    signs = _signs_of_look(text, lower, words, cues, has_figure=has_figure)
    relevant = cues.relevant.intersection(words)
    if not relevant:
        return signs
    if len(cues.spoken & relevant) >= _FEWEST_SPOKEN:
        signs |= NUMBERS
    if not cues.providers.isdisjoint(relevant):
        signs |= ADDRESS
    is_short = len(words) <= MOST_OF_NAME and text != lower and words and (words[0] in cues.alone or _DASH in words)
    if (is_short or "\n" in text or "(" in text) and not cues.known.isdisjoint(relevant):
        signs |= NAME
    hits = cues.any & relevant
    if not hits:
        return signs
    if _may_name(text, lower, words, relevant, cues, has_figure=has_figure):
        signs |= NAME
    if not cues.at.isdisjoint(hits) and ("@" in text or "." in text or not cues.dot.isdisjoint(relevant)):
        signs |= ADDRESS
    if not cues.numbers.isdisjoint(hits) and _are_enough(lower, words, cues, has_figure=has_figure):
        signs |= NUMBERS
    return signs


def _signs_of_look(text: str, lower: str, words: list[str], cues: Cues, *, has_figure: bool) -> int:
    """What glued words and brackets say."""
    signs = NOTHING
    is_long = len(words) * USUAL < len(lower) and words and len(max(words, key=len)) >= GLUED
    if is_long or (has_figure and cues.mixed.search(lower)):
        signs |= NUMBERS
    return signs | ADDRESS if has_bracket(text) and _AT_IN_BRACKETS.search(lower) else signs


def is_glued(text: str) -> bool:
    """Whether its words are long, and one is longer than words are: "noldelapansatu…"."""
    if len(text) < GLUED:
        return False
    words = text.split()
    return 0 < len(words) * USUAL < len(text) and len(max(words, key=len)) >= GLUED


def may_be_number(words: Sequence[bytes], cues: Cues) -> bool:
    """Whether there are enough words for digits to be more than a quantity."""
    return sum(map(cues.digits.__contains__, words)) * _MOST_SAID >= _FEWEST_DIGITS


def _are_enough(lower: str, words: list[str], cues: Cues, *, has_figure: bool) -> bool:
    """Whether words for digits that stand together, with the figures, make the shortest number there is.

    Counting is none: "satu dua tiga empat lima enam tujuh", but for what begins with a zero, as a number does.
    """
    parts = _WORD_OR_FIGURES.findall(lower) if "-" in lower else words  # "eight-five-three-one"
    said_words = [word for word in parts if word in cues.numbers]
    missing = _FEWEST_DIGITS - _MOST_SAID * len(said_words)
    if missing > 0 and (not has_figure or sum(map(lower.count, "0123456789")) < missing):
        return False
    digit_by_word = lexicon().digit_by_word
    said = ""
    if has_figure or not lower.isascii():
        parts = _WORD_OR_FIGURES.findall(composed(lower))
    else:
        parts = lower.encode().translate(_LETTERS_ASCII).decode().split()
    for word in (*parts, "."):
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


_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_LETTERS_ASCII = bytes(byte if byte in _LETTERS else ord(" ") for byte in range(128)) + bytes(128)
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
    if not cues.given.isdisjoint(hits):
        return True
    if text == lower or cues.beside_capital.isdisjoint(hits):
        return False
    if (
        text[1:] == lower[1:]
        and cues.behind.keys().isdisjoint(words[1 : 1 + _MOST_STEPS])
        and words[0] not in cues.known
    ):
        return False
    return (text[:1].isupper() and words[0] in cues.known) or _is_capital_beside(text, hits, cues)


def _is_sure(words: list[str], key: str, beside: frozenset[str]) -> bool:
    """Whether a word stands beside the key that makes the two a cue: "nama" and "saya"."""
    place = words.index(key)
    neighbours = words[max(0, place - 1) : place + 2 : 2] if place else words[1:2]
    return not beside or not beside.isdisjoint(neighbours)


def is_named_first(words: Sequence[bytes], cues: Cues) -> bool:
    """Whether its first word, with a capital letter, may be its writer: "Siti po ako"; not "May stock pa po ba"."""
    if len(words) < 2:
        return False
    if words[0] not in cues.known_first:
        return not cues.introducing.isdisjoint(words[1:4])
    return words[1] in cues.of_first or not cues.far.isdisjoint(words)


def is_given_beside(words: Sequence[bytes], telling: frozenset[bytes], cues: Cues) -> bool:
    """Whether a known name in small letters stands where a cue has it: "ini rina", "rina here"; not "tanya, ini …".

    `telling`: those of the words that tell anything.
    """
    for place, word in enumerate(words):
        if word in telling and cues.kind_by_word[word] & GIVEN:
            if not cues.behind_given.isdisjoint(words[place + 1 : place + 2]):
                return True
            for before in reversed(words[max(0, place - _MOST_STEPS) : place]):
                if before in cues.before_given:
                    return True
                if before not in cues.steps_small:
                    break
    return False


_TYPED = re.compile("[A-Za-z\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff'’]+\\.?|[~–—-]+")
_MOST_STEPS = 3
_STEPS = range(-_MOST_STEPS, _MOST_STEPS + 1)


def _typed_words(text: str) -> list[str]:
    """Its words as typed, and its dashes; of ASCII by a table, in a third of the time."""
    if not text.isascii() or "--" in text or "~" in text:
        return _TYPED.findall(text)
    spaced = text.encode().translate(_TYPED_ASCII).decode().replace("-", " - ").replace(".", ". ")
    typed = spaced.split()
    return [word for word in typed if word != "."] if "." in typed else typed


_OF_TYPED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.-")
_TYPED_ASCII = bytes(byte if byte in _OF_TYPED else ord(" ") for byte in range(128)) + bytes(128)


def _is_capital_beside(text: str, hits: frozenset[str], cues: Cues) -> bool:
    """Whether a word with a capital letter stands where a cue has its name: "this is Siti", "Siti po ako"."""
    typed = _typed_words(text)
    words = " ".join(typed).lower().replace(".", "").split(" ")
    keys = cues.beside_capital.intersection(hits)
    near = {place + step for place, word in enumerate(typed) if not word.islower() for step in _STEPS}
    return any(
        _is_cue_of_capital(typed, words, place, cues)
        for place in sorted(near)
        if 0 <= place < len(words) and (words[place] in keys or words[place][0] in _ALL_DASHES)
    )


def _is_cue_of_capital(typed: list[str], words: list[str], place: int, cues: Cues) -> bool:
    """Whether the word at `place` is a cue, and one of its name's words near it has a capital letter."""
    word = words[place] if words[place][0] not in _ALL_DASHES else _DASH
    first = max(0, place - _MOST_STEPS)
    before, following = words[first:place][::-1], words[place + 1 : place + 1 + _MOST_STEPS]
    is_ahead = _is_cue(cues.ahead, word, following) or _is_cue(cues.closing, word, before)
    if is_ahead and _is_name_in(typed[place + 1 : place + 1 + _MOST_STEPS], following, cues):
        return True
    return _is_cue(cues.behind, word, before) and _is_name_in(typed[first:place][::-1], before, cues, is_behind=True)


_ALL_DASHES = frozenset("~–—-")


def _is_cue(beside: dict[str, frozenset[str]], key: str, neighbours: list[str]) -> bool:
    others = beside.get(key)
    if not others:
        return others is not None
    return bool(neighbours) and neighbours[0] in others


def _is_name_in(typed: list[str], words: list[str], cues: Cues, *, is_behind: bool = False) -> bool:
    """Whether one of the words from the cue on may be of a name, as far as the words may be of the cue."""
    for written, word in zip(typed, words, strict=True):
        if written[:1].isupper() and len(word) > 1:
            # "I'm" and "Monday" are none; shortened with a full stop it may be: "A. Rahman".
            is_no_name = ends_name(word) and not written.endswith(".") and word not in cues.known
            if not is_no_name or (is_behind and word in cues.also):
                return True
        if word not in cues.steps:
            return False
    return False
