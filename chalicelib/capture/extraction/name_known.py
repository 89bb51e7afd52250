"""The words names are made of, and those they end at, of all languages."""

from dataclasses import dataclass
from functools import cache

from chalicelib.capture.extraction.lexicon import languages, listed, words_of
from chalicelib.capture.extraction.text import fold


@dataclass(frozen=True, slots=True)
class KnownWords:
    stop: frozenset[str]  # end a name
    calling: frozenset[str]  # of these the ones that may be all of it, behind a sure cue: "ชื่อ Mint"
    also: frozenset[str]  # of these the ones that may be its second word: "Tú Anh"
    companies: frozenset[str]  # make it a company's
    titles: frozenset[str]
    given: frozenset[str]  # known names, each enough by itself
    family: frozenset[str]  # family names and syllables of names: two of them are a name
    names: frozenset[str]  # both
    common: frozenset[str]  # known names that are words of every day in small letters
    places: frozenset[str]
    others: frozenset[str]  # whom one is related to, and things: their names are not the writer's
    surnames: frozenset[str]  # of the family names those that are nothing else


@cache
def known_words() -> KnownWords:
    given = frozenset(words_of("name", "given"))
    family = frozenset(spelling for word in words_of("name", "family") for spelling in (word, fold(word)))
    return KnownWords(
        frozenset(word for language in languages() for word in listed(language["name"]["stop"])),
        frozenset(words_of("name", "calling")),
        frozenset(words_of("name", "also")),
        frozenset(words_of("name", "companies")),
        frozenset(words_of("name", "titles")),
        given,
        family,
        given | family,
        frozenset(words_of("name", "common")),
        frozenset(words_of("name", "places")),
        frozenset(words_of("name", "others")),
        _surnames(),
    )


def _surnames() -> frozenset[str]:
    is_syllables = {True: set[str](), False: set[str]()}
    for language in languages():
        is_syllables["family_words" in language["name"]].update(listed(language["name"].get("family", "")))
    return frozenset(is_syllables[False] - set(map(fold, is_syllables[True])))
