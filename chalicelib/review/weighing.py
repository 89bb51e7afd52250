"""What the words find of a check, weighed with how much the passages read like statements of it.

The two readers err apart. Words name what they found and miss what nobody thought of; likeness knows no wording, and
takes a neighbour of a statement for one. The numbers were chosen on policies that neither had been tuned to.
"""

from collections.abc import Container, Iterable
from typing import Final, NamedTuple

from chalicelib.review import Status
from chalicelib.review.likeness import READ
from chalicelib.review.passages import Passage
from chalicelib.review.reading import Passages

Likenesses = dict[Passage, dict[str, float]]

# The checks that both read: by its name alone a company is known.
READ_TWICE: Final = frozenset(READ) - {"controller"}
NAMED: Final = 0.55  # how much a passage has to read like one that says who is responsible, where the company is named


class Needed(NamedTuple):
    """How much a passage has to read like a statement for the check to be stated, and for it to be unclear."""

    stated: float
    unclear: float


ALONE: Final = 0.8  # where the words found it too, but elsewhere
NEEDED: Final[dict[Status, Needed]] = {
    "stated": Needed(0.2, 0.0),  # of a passage that the words found
    "unclear": Needed(0.6, 0.2),
    "missing": Needed(0.98, 0.8),
}
# Of what the words found: an address is one however it reads; "so that you can" and "on request" have neighbours.
OTHERWISE: Final = {"contact": 0.0, "purposes": 0.5, "rights": 0.5, "retention": 0.4}
# Below this no words are looked for: most passages say nothing of a check. Not of addresses: words know those.
HOPELESS: Final = 0.02
LEAST: Final = 0.1  # below this no number above asks


def worth_reading(check: str, passages: Passages, likenesses: Likenesses) -> Passages:
    """The passages in which words for the check are worth looking for."""
    if check not in READ_TWICE or check == "contact":
        return passages
    return [(passage, marked) for passage, marked in passages if likenesses[passage][check] >= HOPELESS]


def weigh(
    check: str,
    by_words: Status,
    found: Iterable[Passage],
    others: Iterable[Passage],
    taken: Container[Passage],
    likenesses: Likenesses,
) -> tuple[Status, Passage | None]:
    """The status, and the passage that states it.

    `found`: by the words; `others`: all that may state it; `taken`: that state something else.

    `others` is gone through from the passage most like a statement, as far as one may matter.
    """
    needed = NEEDED[by_words]
    best = max(found, key=lambda passage: likenesses[passage][check], default=None)
    if best and by_words == "stated" and likenesses[best][check] >= OTHERWISE.get(check, needed.stated):
        return "stated", best
    enough = ALONE if by_words == "stated" else needed.stated
    most = 0.0
    for other in others:
        score = likenesses[other][check]
        most = max(most, score)
        if score < enough:
            break
        if other not in taken and _speaks_for(check, likenesses[other]):
            return "stated", other
    return ("unclear", best) if most >= needed.unclear else ("missing", None)


def _speaks_for(check: str, scores: dict[str, float]) -> bool:
    """Whether a passage reads like a statement of no check more than of this: "we send you offers" is no purpose."""
    return scores[check] >= max(scores.values())


def most_like_first(check: str, passages: Iterable[Passage], likenesses: Likenesses) -> list[Passage]:
    """The passages that may matter, from the most like a statement of the check."""
    worth = [passage for passage in passages if likenesses[passage][check] >= LEAST]
    return sorted(worth, key=lambda passage: -likenesses[passage][check])
