"""How much a passage reads like the statements of a check, in whatever words: the second reader, beside words.py.

A linear model of words, pairs of words and groups of letters, in all six languages at once. tests/bench/training.py
makes its table (`make train-review`) of the statements and policies in tests/corpora. Weights are bytes, found by the
CRC of a feature: nothing to install.
"""

import functools
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from math import exp, sqrt
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from chalicelib.review.characters import is_thai
from chalicelib.review.checks import CHECKS

TABLE: Final = Path(__file__).parent / "likeness.bin"
READ: Final = tuple(check for check in CHECKS if check != "language")  # no passage states its language
BUCKETS: Final = 1 << 16
MAX_TEXT: Final = 1_500  # characters of a passage that are read: of a page without a stop its beginning
MAX_HEADING: Final = 80  # the end of all that stands above it, which is the nearest
WORD: Final = re.compile(r"[^\W\d_]+|\d+|@")
# Whose address it is says nothing: one sign for each e-mail address, none for what is on the web.
ADDRESS: Final = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")
ON_THE_WEB: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>()]{1,300}|(?<![\w.-])(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,12}(?![\w-])"
)
FEWEST: Final = 20  # features that say as much as a sentence does: fewer say less
STEM: Final = 5  # letters that words of these languages share: "menyimpan", "menyimpannya"


class Table(NamedTuple):
    """`weights` has a row for each bucket with a signed byte for each check, in units of `scale`."""

    weights: memoryview
    scale: float
    bias: tuple[float, ...]
    trained_on: str
    """The digest of what it was made of."""


@functools.cache
def load_table() -> Table:
    head, _, weights = TABLE.read_bytes().partition(b"\n")
    about = json.loads(head)
    return Table(memoryview(weights).cast("b"), about["scale"], tuple(about["bias"]), about["trained_on"])


def likeness(text: str, heading: str) -> dict[str, float]:
    """Of each check how much the normalised text under its heading reads like a statement of it: from 0 to 1."""
    table, width = load_table(), len(READ)
    rows = [table.weights[place * width : (place + 1) * width] for place in buckets(text, heading)]
    known = [row for row in rows if any(row)]
    if not known:
        return dict.fromkeys(READ, 0.0)
    unit = table.scale / sqrt(max(FEWEST, len(known)))
    sums = map(sum, zip(*known, strict=True))
    return {
        check: 1 / (1 + exp(-(total * unit + bias))) for check, total, bias in zip(READ, sums, table.bias, strict=True)
    }


def buckets(text: str, heading: str) -> set[int]:
    """The rows of the table that a passage's features are found in."""
    read = ON_THE_WEB.sub(" ", ADDRESS.sub(" @ ", text[:MAX_TEXT]))
    return {crc32(feature.encode()) % BUCKETS for feature in _features(read, heading[-MAX_HEADING:])}


def _features(text: str, heading: str) -> Iterator[str]:
    spaced = [""]
    for word in WORD.findall(text):
        if word[0].isdigit():
            yield "#"
            spaced.append("#")
        elif is_thai(word[0]):
            spaced.append("")
            for size in (3, 4, 5, 6):
                yield from _groups(word, size)
        else:
            spaced.append(word)
            yield from _of_word(word)
    yield from (f"{one} {other}" for one, other in pairwise(spaced) if one and other)
    yield from (f"{one}_{other}" for one, other in zip(spaced, spaced[2:], strict=False) if one and other)
    for word in WORD.findall(heading):
        if is_thai(word[0]):
            yield from (f"^{group}" for size in (3, 5) for group in _groups(word, size))
        else:
            yield f"^{'#' if word[0].isdigit() else word}"


def _of_word(word: str) -> Iterator[str]:
    """The word, its stem, and groups of its letters, for forms of it that were never seen."""
    yield word
    if len(word) > STEM:
        yield f"{word[:STEM]}*"
    if len(word) >= STEM and word.isalpha():
        yield from (f"~{group}" for size in (4, 5) for group in _groups(f"<{word}>", size))


def _groups(word: str, size: int) -> Iterator[str]:
    return (word[start : start + size] for start in range(len(word) - size + 1))
