"""The words of a name: where it begins behind its titles, which words belong to it, where it ends."""

import re
from collections.abc import Iterator

from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.lexicon import listed
from chalicelib.capture.extraction.name_known import known_words

LETTER = "A-Za-z\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff"
UPPER = "A-Z\u00c0-\u00de\u0110\u01a0\u01af\u1ea0-\u1ef8"
_WORD = re.compile(f"[adsADS]/[lopLOP](?![{LETTER}])|[{LETTER}]+(?:['’-][{LETTER}]+)*\\.?")
_HAS_LETTERS = re.compile(f"[{LETTER}].*[{LETTER}]")
_MOST_WORDS, _LONGEST, _LONGEST_INITIAL = 7, 60, 3
_MOST_SMALL_WORDS = 3
_MOST_OF_PAIR = 2
_LENGTH_OF_SHORT, _LONGEST_SHORT = 2, 4
_MOST_BEYOND = 2  # words that end a name, looked at to see how it goes on
# Inside a name in small letters, before its next word: "bin Ramli", "a/l Muniandy", "de la Cruz", "Bte Osman".
_LINKS = frozenset(
    listed(
        "bin, binti, bte, bt, a/l, a/p, s/o, d/o, de, dela, la, delos, los, las, del, van, von, der, al, el, y, anak"
    )
) | {"san"}
_GENERATIONS = frozenset(("jr", "sr", "ii", "iii", "iv"))
# Shortened as well, but of what comes behind a name: "Rina Wati Jl. Mawar".
_NO_INITIALS = frozenset(listed("no, tel, telp, hp, ic, jl, jln, rt, rw, kec, kel, kab, blk, brgy, st, ave, rd, tmn"))
_SHORTENED = frozenset(("muhd", "mohd", "moh", "muh", "abd", "abdl", "bte", "bt"))
# "K.Napatsorn", "Mr.Lee": a title glued to the name.
_LONGEST_GLUED = 5
_GLUED_TITLE = re.compile(f"(?:[KPNkpn]|[Kk]hun|[Mm]rs?|[Mm]s|[Dd]r)\\.(?=[{UPPER}])")
# Titles that are family names, too, before two more words: "Teh Wei Jian".
_TITLES_OR_FAMILIES = frozenset(("teh", "ning", "co", "koh", "low"))
# "chị Hương ơi" calls her, "this is Jenny?" asks.
_IS_CALLED = re.compile(r"\s*(?:ơi\b|\?)")


# In small letters and no known name: "my name is missing", "nama saya ditulis".
_VERB = re.compile(r"(?:di|ter|ber|mem|men|naka|nag|mag)\w{4,}|\w{3,}(?:ing|ed|nya|ly)|\w+n['’]t")


def has_surname(name: str) -> bool:
    """Whether it is a name of several words, the last a family name: "Butet Siregar"."""
    words = name.split()
    return len(words) > 1 and words[-1].lower() in known_words().surnames and not is_place(name)


def ends_name(word: str) -> bool:
    """Whether the word, in small letters, is never of a name."""
    return word in known_words().stop


def is_title(word: str) -> bool:
    return word.lower().rstrip(".") in known_words().titles


def is_given(word: str) -> bool:
    """Whether it is a known first or calling name, written so that it is nothing else."""
    known, lower = known_words(), word.lower()
    if lower in known.given:
        return not word.islower() or (lower not in known.common and lower not in known.stop)
    parts = word.split("-")
    return len(parts) > 1 and all(part.istitle() for part in parts) and not known.given.isdisjoint(lower.split("-"))


def is_known(name: str) -> bool:
    """Whether its words are those of names: one that is a name by itself, or two that are common in names."""
    words, known = name.split(), known_words()
    if words[0].lower().rstrip(".") in _OF_PLACES or name.lower() in known.places:
        return False
    if any(is_given(word) for word in words):
        return True
    if words[0] == "Ah" and len(words) > 1 and words[1][0].isupper():
        return True
    return len(words) > 1 and sum(word.lower() in known.family for word in words) > 1


_OF_PLACES = frozenset(("san", "santa", "sta", "santo", "sto"))


def are_known(name: str) -> bool:
    """Whether most of its words are of names: what a thing is called may have one, "Angel Dress"."""
    words, known = name.lower().split(), known_words()
    bare = [word.rstrip(".") for word in words]
    names = sum(word in known.given or word in known.family or word in _LINKS for word in bare)
    return 2 * names > len(words)


def is_place(name: str) -> bool:
    return name.lower() in known_words().places


def is_syllable(word: str) -> bool:
    return word[:1].isupper() and word.lower() in known_words().family


def named_at(text: str, start: int, *, rule: str, may_be_small: bool, is_field: bool = False) -> Iterator[Found]:
    """The name whose first word begins at `start`; is_field: nothing else stands there, whatever its letters."""
    if _is_no_beginning(text, start, may_be_small=may_be_small, is_field=is_field):
        return
    glued = _GLUED_TITLE.match(text, start) if "." in text[start : start + _LONGEST_GLUED] else None
    words = _without_titles(_words_from(text, glued.end() if glued else start))
    line = _small_line(text, words) if is_field and words else []
    taken = line or _taken(words, may_be_small=may_be_small)
    if not taken:
        return
    if taken[0].group().islower() and not is_field:
        taken = _only_names(taken[: _small_words(text, taken, words)])
    first, end = taken[0].start(), taken[-1].end()
    value = text[first:end]
    if taken[-1].group().lower().rstrip(".") not in _GENERATIONS or len(taken) == 1:
        value = value.rstrip(".")
    is_place_of_all = is_place(text[start:end])  # "Ba Đình": its first word is taken for a title
    if not is_place_of_all and _is_name(text, value, end) and not _is_company(words[: len(taken) + 1]):
        yield Found("name", value, first, first + len(value), rule)


def _is_no_beginning(text: str, start: int, *, may_be_small: bool, is_field: bool) -> bool:
    """Whether no name can begin at `start`, by its first word: the quick answer for most cues, as in "saya mau"."""
    word = _WORD.match(text, start)
    if word is None:
        return True
    first = word.group()
    if not first[0].islower() or is_title(first):
        return False
    return not may_be_small or (not is_field and first in known_words().stop)


def _without_titles(words: list[re.Match[str]]) -> list[re.Match[str]]:
    while len(words) > 1 and is_title(words[0].group()) and words[0].group() != "K.":
        if words[0].group().lower() in _TITLES_OR_FAMILIES and len(words) > 2 and is_known(_said(words[:3])):
            break
        if words[0].group()[0].isupper() and is_given(words[0].group()) and words[1].group().islower():
            break  # "Cici aja": a title that is a calling name, too
        words = words[1:]
    return words


def _said(words: list[re.Match[str]]) -> str:
    return " ".join(word.group() for word in words)


def _taken(words: list[re.Match[str]], *, may_be_small: bool) -> list[re.Match[str]]:
    taken: list[re.Match[str]] = []
    for place, word in enumerate(words[:_MOST_WORDS]):
        is_small = may_be_small and (not taken or taken[0].group().islower())
        if not _may_be_in_name(
            word.group(), words[place + 1 :], is_small=is_small, is_later=bool(taken), is_sure=may_be_small
        ):
            break
        taken.append(word)
    while len(taken) > 1 and (
        taken[-1].group().lower() in _LINKS or _is_label(taken) or _begins_more(taken, words[len(taken) :])
    ):
        taken.pop()
    return taken


def _begins_more(taken: list[re.Match[str]], following: list[re.Match[str]]) -> bool:
    """Whether the last word, unknown, goes on in small letters, or is short for something: "Ann Business owner"."""
    known, last = known_words(), taken[-1].group()
    lower = last.lower().rstrip(".")
    if not last[0].isupper() or lower in known.names or lower in _GENERATIONS:
        return False
    is_short = last.isupper() and (1 < len(last) <= _LONGEST_SHORT or "-" in last)
    if is_short and not taken[0].group().isupper():
        return True
    behind = following[0].group().rstrip(".") if following and _has_family(taken[:-1]) else ""
    return behind.islower() and behind not in known.stop


def _has_family(taken: list[re.Match[str]]) -> bool:
    """Whether it could end here: with a family name, behind another word."""
    return len(taken) > 1 and taken[-1].group().lower() in known_words().family


def _is_label(taken: list[re.Match[str]]) -> bool:
    """Whether the last word is the next field's label: "Suresh IC 8801", "Budi Kota: Solo"."""
    last = taken[-1]
    following = last.string[last.end() : last.end() + 2]
    if following[:1] in ("=", ":"):
        return True
    is_short = len(last.group()) == _LENGTH_OF_SHORT and last.group().isupper() and not taken[0].group().isupper()
    return is_short and following[:1] == " " and following[1:].isdecimal()


# "I'm Daniel's wife"
_POSSESSIVE = ("'s", "’s")


def _is_name(text: str, value: str, end: int) -> bool:
    if value.endswith(_POSSESSIVE) or is_place(value):
        return False
    is_glued = text[end : end + 1] in ("@", "_") or text[end : end + 1].isdecimal()
    return (
        not is_glued and len(value) <= _LONGEST and bool(_HAS_LETTERS.match(value)) and not _IS_CALLED.match(text, end)
    )


def _is_company(words: list[re.Match[str]]) -> bool:
    return not known_words().companies.isdisjoint([word.group().lower().rstrip(".") for word in words])


def _words_from(text: str, start: int) -> list[re.Match[str]]:
    """The words from `start` on with one space between them, up to two more than a name can have."""
    words: list[re.Match[str]] = []
    stop, beyond = known_words().stop, 0
    while len(words) < _MOST_WORDS + 2 and beyond < _MOST_BEYOND:
        word = _WORD.match(text, start)
        if not word:
            break
        words.append(word)
        beyond += word.group() in stop
        start = word.end() + 1
        if text[word.end() : start] != " " or (word.group().endswith(".") and not _is_initial(word.group())):
            break
    return words


# "I Gede Made Surya", "Ni Luh Putu Eka"
_OF_BALI = frozenset(("i", "ni"))
_BORN_IN_BALI = frozenset(
    ("gede", "made", "wayan", "ketut", "nyoman", "putu", "komang", "kadek", "luh", "gusti", "nengah")
)


def _is_initial(word: str) -> bool:
    """Whether its full stop only shortens it: "H. Abdul", "Ma. Luisa", "Engr. Dennis"."""
    return word.endswith(".") and (
        len(word) <= _LONGEST_INITIAL or is_title(word[:-1]) or word[:-1].lower() in _SHORTENED
    )


def _may_be_in_name(
    word: str, following: list[re.Match[str]], *, is_small: bool, is_later: bool, is_sure: bool
) -> bool:
    lower = word.lower().rstrip(".")
    if lower in _OF_BALI and following and following[0].group().lower() in _BORN_IN_BALI:
        return word[0].isupper() or is_small
    if lower in _LINKS and _is_linked(following):
        return True
    if is_later and following and f"{lower} {following[0].group().lower()}" in known_words().stop:
        return False  # "Long Sinh viên": of the second word alone it would be part of it
    is_written = word[0].isupper()
    is_initial = _is_initial(word) and following and lower not in _NO_INITIALS
    if lower in known_words().stop and not is_initial and lower not in _GENERATIONS:
        return is_written and _is_name_though(lower, following, is_later=is_later, is_sure=is_sure)
    return is_written or (is_small and (is_later or lower in known_words().given or not _VERB.fullmatch(lower)))


def _is_linked(following: list[re.Match[str]]) -> bool:
    """Whether a capital letter follows, or another such word before one: "de la Cruz"."""
    after = [word.group() for word in following[:2]]
    return any(word[0].isupper() and (place == 0 or after[0].lower() in _LINKS) for place, word in enumerate(after))


def _is_name_though(lower: str, following: list[re.Match[str]], *, is_later: bool, is_sure: bool) -> bool:
    """Whether a word that ends names is one here, by its capital letter and its neighbours: "Ng Kah Wai", "Tú Anh"."""
    known = known_words()
    if is_later:
        return lower in known.also or lower in known.family or lower in known.given
    behind = following[0].group().rstrip(".") if following else ""
    is_called_so = (
        lower in known.family or lower in known.calling or (lower in known.also and lower not in known.titles)
    )
    if is_sure and is_called_so and (not behind[:1].isupper() or lower not in known.family):
        return True
    if lower not in known.titles and lower in known.given:
        return True
    return lower in known.family and behind[:1].isupper() and is_known(f"{lower} {behind}")


def _small_line(text: str, words: list[re.Match[str]]) -> list[re.Match[str]]:
    """All the words of a field in small letters, where all are common in names: "bui van sau"."""
    known = known_words()
    is_line = words[-1].end() == len(text) or text[words[-1].end()] == "\n"
    is_small = is_line and len(words) <= _MOST_WORDS and all(word.group().islower() for word in words)
    return words if is_small and all(word.group() in known.names for word in words) else []


def _only_names(taken: list[re.Match[str]]) -> list[re.Match[str]]:
    """Of small words that begin with a known name those that are names: "my name is kelvin quick question"."""
    known = known_words()
    small = next((place for place, word in enumerate(taken) if not word.group().islower()), len(taken))
    taken = taken[:small]  # "em ben My": in America
    if len(taken) <= _MOST_OF_PAIR or taken[0].group() not in known.given:
        return taken
    count = 1
    while count < len(taken):
        word = taken[count].group().rstrip(".")
        if word not in known.names and word not in _LINKS and taken[count - 1].group() not in _LINKS:
            break
        count += 1
    return taken[:count]


def _small_words(text: str, taken: list[re.Match[str]], words: list[re.Match[str]]) -> int:
    """How many of the small words are the name: all, where it is clear where it ends, or else the first."""
    last = taken[-1]
    following = words[len(taken)] if len(words) > len(taken) else None
    is_ended = following is not None and following.group().lower() in known_words().stop
    is_ended = is_ended or last.group().endswith(".") or text[last.end() : last.end() + 1] in _ENDS_SMALL
    if is_ended and (len(taken) <= _MOST_SMALL_WORDS or are_known(_said(taken))):
        return len(taken)
    return 1


_ENDS_SMALL = ("", ",", ".", "\n", "!", ";")
