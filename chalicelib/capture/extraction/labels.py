"""What the words around a number say it is: the nearest one that says something decides.

"resi 0812…" is a parcel, "BCA 883…, wa saya 0812…" an account and then a telephone. A word speaks for the first number
behind it, so another number in between ends its reach.
"""

import re
from functools import cache
from typing import NamedTuple

from chalicelib.capture.extraction.lexicon import (
    ACTION,
    BETWEEN,
    NUMBER,
    PHONE,
    SPACELESS,
    STRONG,
    WEAK,
    Lexicon,
    lexicon,
)
from chalicelib.capture.extraction.text import composed

# Nothing farther back speaks for a number: the longest labels with what stands between are about this long.
_REACH = 64
_AHEAD = 32
# Words that say nothing, between the label and the number. A telephone may be introduced from farther away.
WORD, FIGURES, UNSPACED, MARK = "word", "figures", "unspaced", "mark"
_LETTERS_A_WORD = 4
_MOST_UNKNOWN = {PHONE: 5, ACTION: 3, STRONG: 2, WEAK: 2}

_TOKEN = re.compile(
    f"(?P<word>[a-z\u00df-\u024f\u0300-\u036f\u1e00-\u1eff][a-z\u00df-\u024f\u0300-\u036f\u1e00-\u1eff'/&]*)|(?P<figures>\\d+)|(?P<unspaced>[{SPACELESS}]+)|(?P<mark>[\\n#,;!?)]|\\.(?=\\s)|[$€£¥₱฿₫])"
)
_CURRENCY = frozenset("$€£¥₱฿₫")
_UNIT = re.compile("\\s{0,2}(?:[/-]\\s?)?(?P<word>[a-z\u00df-\u024f\u0300-\u036f\u1e00-\u1eff]+)|\\s{0,2}[$€£¥₱฿₫]")
_SAID_OF_IT = frozenset(("itu", "ini", "adalah", "is", "its", "was", "là", "la", "คือ", "tu", "ni", "yan", "yun"))


class Said(NamedTuple):
    """What the words before a number say. distance: words between that say nothing; is_numbered: "order no. …"."""

    kind: str | None
    distance: int = 0
    is_numbered: bool = False

    @property
    def is_phone(self) -> bool:
        return self.kind in (PHONE, ACTION, NUMBER)


NOTHING = Said(None)


_CALLED = Said(PHONE)


class _Token(NamedTuple):
    text: str
    kind: str


def says_nothing_against(text: str, start: int, *, is_clear: bool) -> bool:
    """Whether no word before text[start:] could make it anything but a phone: the quick answer for most."""
    before = text[max(0, start - _REACH) : start].lower()
    if not before:
        return True
    has_sign = not _SIGNS.isdisjoint(before[-3:])
    if not has_sign and before.isascii():
        words = before.encode().translate(_WORDS_ASCII).decode().split()
        if _is_nothing_among(words, before, is_clear=is_clear):
            return True
    if _is_called_right_before(before):
        return True
    if has_sign:
        return False
    ended = _ENDED.match(before)
    said = _WORDS.findall(before, ended.end() if ended else 0)
    is_spaceless = not before.isascii() and lexicon().spaceless_against.search(before) is not None
    return not is_spaceless and _is_nothing_among(said, before, is_clear=is_clear)


def _is_nothing_among(said: list[str], before: str, *, is_clear: bool) -> bool:
    strong, weak, numbers = _against()
    if not strong.isdisjoint(said):
        return False
    return weak.isdisjoint(said) or (is_clear and "#" not in before and numbers.isdisjoint(said))


def _is_called_right_before(before: str) -> bool:
    """Whether the last word says that it is a phone: "wa 0812…"."""
    near = before[-24:].rstrip(" :.=(").rsplit(None, 1)
    if not near:
        return False
    word, words = near[-1], lexicon()
    return words.label_by_phrase.get(word) == PHONE or (not word.isascii() and word.endswith(words.spaceless_phones))


_SIGNS = frozenset("#*_@" + "".join(_CURRENCY))
_WORDS = re.compile("[a-z\u00df-\u024f\u0300-\u036f\u1e00-\u1eff'/&]+")
_WORDS_ASCII = bytes(byte if chr(byte).islower() or chr(byte) in "'/&" else ord(" ") for byte in range(128)) + bytes(
    128
)
# Nothing before another number, a line or a sentence speaks for this one.
_ENDED = re.compile(r".*(?:\d\d|\n(?=.)|[.!?;]\s)", re.DOTALL)
_SPACELESS = re.compile(f"[{SPACELESS}]")


@cache
def _against() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The words that can make digits something else, with every ending: strong, weak, and those for "number".

    Of "nomor polisi" it is "polisi": "nomor" alone says nothing.
    """
    by_phrase = lexicon().label_by_phrase

    def of(kind: str) -> frozenset[str]:
        phrases = [phrase for phrase, other in by_phrase.items() if other == kind]
        alone = {phrase for phrase in phrases if " " not in phrase}
        rest = {
            word
            for phrase in phrases
            if alone.isdisjoint(phrase.split())
            for word in phrase.split()
            if len(word) > 2 and by_phrase.get(word) in (None, kind)
        }
        return frozenset(word + ending for word in alone | rest for ending in ("", *lexicon().suffixes))

    return of(STRONG), of(WEAK), of(NUMBER)


def said_before(text: str, start: int) -> Said:
    """What the nearest telling word before text[start:] says."""
    if not start:
        return NOTHING
    before = text[max(0, start - _REACH) : start].lower()
    if _is_called_right_before(before):  # most often this says all
        return _CALLED
    return _Walk(_tokens(composed(before))).answer()


def ends_with_account(text: str, words: list[str] | None = None) -> bool:
    """Whether its last word takes the digits of the next message for itself: "no resi", "ini norek BCA"."""
    plain, known = words if words is not None else text.lower().split(), lexicon()
    end = len(plain)
    while end and known.label(plain[end - 1]) in (BETWEEN, NUMBER):  # "rek bca saya", "acc number is"
        end -= 1
    if not end or (known.label(plain[end - 1]) != STRONG and not known.spaceless_against.search(plain[end - 1])):
        return False
    return len(plain) <= 6 and said_before(text, len(text)).kind == STRONG


def _tokens(window: str) -> list[_Token]:
    return [_Token(match.group(), match.lastgroup or MARK) for match in _TOKEN.finditer(window)]


class _Walk:
    """Going back word by word from a number: what has been passed so far."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.place = len(tokens) - 1
        self.unknown = 0
        self.has_comma = False
        self.has_line = False
        self.is_numbered = False
        self.named_by: int | None = None  # "nomor": of what, the next telling word says

    def answer(self) -> Said:
        while self.place >= 0:
            token, place = self.tokens[self.place], self.place
            self.place -= 1
            said = self._of_word(place) if token.kind == WORD else self._of_other(token, place)
            if said is not None:
                return said
            # The line before may hold the label alone: "No HP:\n0812…".
            if self.has_line and token.text != "\n" and self.unknown:
                return self._end()
        return self._end()

    def _end(self) -> Said:
        return Said(NUMBER, self.named_by) if self.named_by is not None else NOTHING

    def _of_word(self, place: int) -> Said | None:
        kind, size = _phrase_ending(self.tokens, place, lexicon())
        self.place = place - size
        return self._passed(1) if kind is None else self._of_kind(kind)

    def _passed(self, unknown: int) -> Said | None:
        self.unknown += unknown
        return self._end() if self.unknown > _MOST_UNKNOWN[PHONE] else None

    def _of_kind(self, kind: str) -> Said | None:
        """What a telling word amounts to from here; None to go on."""
        if kind == BETWEEN:
            return None
        if kind == NUMBER:
            if self.named_by is None and self.unknown <= _MOST_UNKNOWN[ACTION]:
                self.named_by = self.unknown
            self.is_numbered = True
            return None
        is_named = self.named_by is not None and self.unknown > 0
        is_near = self.unknown <= (0 if is_named else _MOST_UNKNOWN[kind])
        is_cut_off = self.has_comma and kind in (STRONG, WEAK)
        return Said(kind, self.unknown, self.is_numbered) if is_near and not is_cut_off else self._end()

    def _of_other(self, token: _Token, place: int) -> Said | None:
        if token.kind == UNSPACED:
            return self._of_unspaced(token.text)
        if token.kind == FIGURES:
            # "hp 2: 0812…" and "wa1 0812…" count them; a longer number took the word before it for itself.
            return self._end() if len(token.text) > 1 or self.unknown else None
        is_last = place == len(self.tokens) - 1
        if token.text in _CURRENCY:
            return Said(WEAK, 0, is_numbered=True) if is_last else self._end()
        self.is_numbered = self.is_numbered or token.text == "#"
        self.has_comma = self.has_comma or token.text == ","
        self.has_line = token.text == "\n"
        is_passed = token.text in "#,)" or (self.has_line and is_last)
        if token.text == "." and not self.unknown:
            is_passed = _is_label_at(self.tokens, place - 1, lexicon())
        return None if is_passed else self._end()

    def _of_unspaced(self, chunk: str) -> Said | None:
        """The same inside a chunk of Thai or Chinese, where words have no ends: about four letters are one."""
        words, end = lexicon(), len(chunk)
        for match in reversed(list(words.spaceless_label.finditer(chunk))):
            self.unknown += (end - match.end()) // _LETTERS_A_WORD
            said = self._of_kind(words.label_by_phrase[match.group()])
            if said is not None:
                return said
            end = match.start()
        return self._passed((end + 1) // _LETTERS_A_WORD)


def _is_label_at(tokens: list[_Token], place: int, words: Lexicon) -> bool:
    """Whether the full stop behind it only shortens a word: "No. 0812…", "Rek. 883…"."""
    return place >= 0 and tokens[place].kind == WORD and words.label(tokens[place].text) not in (None, BETWEEN)


def _phrase_ending(tokens: list[_Token], place: int, words: Lexicon) -> tuple[str | None, int]:
    """What the longest phrase of up to three words that ends here says, and of how many words it is."""
    for size in (3, 2):
        first = place - size + 1
        if first >= 0 and all(token.kind == WORD for token in tokens[first:place]):
            kind = words.label_by_phrase.get(" ".join(token.text for token in tokens[first : place + 1]))
            if kind:
                return kind, size
    return words.label(tokens[place].text), 1


def is_unit_behind(text: str, end: int) -> bool:
    """Whether what follows makes it a quantity or an amount: "2 pcs", "500rb", "1290 บาท"."""
    head = composed(text[end : end + _AHEAD].lower())
    if lexicon().spaceless_unit.match(head.lstrip()):
        return True
    match = _UNIT.match(head)
    if match is None or match["word"] is None:
        return match is not None
    # A letter alone is a unit only where it touches the number: "250k", but "… five two seven k" is "ok".
    return match["word"] in lexicon().units and (len(match["word"]) > 1 or not head[:1].isspace())


_GOES_ON = re.compile(f"[ ,(<-]{{0,4}}[A-Za-z\u00df-\u1eff{SPACELESS}]")


def says_nothing_behind(text: str, end: int) -> bool:
    """Whether the word right behind could not make it anything but a phone."""
    match = _NEXT.match(text, end)
    if not match:
        return True
    word, words = match["word"].lower(), lexicon()
    if not word.isascii() and _SPACELESS.match(word):
        return not word.startswith(words.spaceless_behind) and not words.spaceless_unit.match(word)
    return word not in _SAID_OF_IT and word not in words.behind and word not in words.units


_NEXT = re.compile(f"[ ,(<-]{{0,4}}(?P<word>[A-Za-z\u00df-\u024f\u0300-\u036f\u1e00-\u1eff]+|[{SPACELESS}]+)")


def said_behind(text: str, end: int) -> Said:
    """What the words right behind say: "8831234567 BCA", "… itu nomor wa", "… <- WA"."""
    words = lexicon()
    if not _GOES_ON.match(text, end):
        return NOTHING
    window = composed(text[end : end + _AHEAD].lower())
    tokens = _tokens(window.partition("\n")[0])
    is_explained = False
    if tokens and tokens[0].text == ",":
        tokens = tokens[1:]
    for place, token in enumerate(tokens[:5]):
        if token.kind == FIGURES or (token.kind not in (WORD, UNSPACED)):
            break
        if token.kind == UNSPACED:
            return _spaceless_behind(token.text, words)
        kind, size = _phrase_starting(tokens, place, words)
        if token.text in words.behind and place == 0:
            return Said(STRONG)
        is_explained = is_explained or token.text in _SAID_OF_IT
        if kind in (PHONE, NUMBER) and (kind == PHONE or place + size >= len(tokens)):
            return Said(PHONE, place)
        if kind in (STRONG, WEAK) and place <= 3:
            return Said(STRONG, place) if is_explained and kind == STRONG else NOTHING
        if kind is None and token.text not in _SAID_OF_IT:
            break
    return NOTHING


def _phrase_starting(tokens: list[_Token], place: int, words: Lexicon) -> tuple[str | None, int]:
    for size in (3, 2):
        phrase = tokens[place : place + size]
        if len(phrase) == size and all(token.kind == WORD for token in phrase):
            kind = words.label_by_phrase.get(" ".join(token.text for token in phrase))
            if kind:
                return kind, size
    return words.label(tokens[place].text), 1


def _spaceless_behind(chunk: str, words: Lexicon) -> Said:
    match = words.spaceless_label.match(chunk)
    kind = words.label_by_phrase[match.group()] if match else None
    if match and match.group() in words.behind:
        return Said(STRONG)
    return Said(PHONE) if kind == PHONE else NOTHING
