"""The words of the tables that are Thai, as patterns."""

import re
from functools import cache

from chalicelib.capture.extraction.lexicon import alternatives, words_of

THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"
IS_THAI = re.compile(f"[{THAI}]")


@cache
def thai(table: str) -> re.Pattern[str]:
    """The words of a table, by their first letters: a list of hundreds is looked through too slowly."""
    by_first: dict[str, list[str]] = {}
    for word in {word for word in words_of("name", table) if IS_THAI.match(word)}:
        by_first.setdefault(word[0], []).append(word[1:])
    groups = (f"{first}(?:{alternatives(rests)})" for first, rests in sorted(by_first.items()))
    return re.compile("|".join(groups) or "(?!)")


@cache
def long_stop() -> re.Pattern[str]:
    """The words that end a name of several syllables: the shortest ones are syllables of names, too."""
    return re.compile(
        alternatives({word for word in words_of("name", "stop") if IS_THAI.match(word) and len(word) > 2})
    )


@cache
def form() -> re.Pattern[str]:
    forms = alternatives({word for word in words_of("name", "forms") if IS_THAI.match(word)})
    return re.compile(
        f"(?:^|[|\\n])[ \\t•*-]*(?:{forms}|(?i:name|full name|contact name|nickname))[ \\t]*"
        "(?:\\((?:ผม|ดิฉัน|หนู|เรา|ฉัน)(?:เอง)?\\)[ \\t]*)?(?P<colon>[:=])?[ \\t]*",
        re.MULTILINE,
    )
