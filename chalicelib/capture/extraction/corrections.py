"""What a customer takes back: "salah, yang bener …", "ay mali po", "sorry wrong number"."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from chalicelib.capture.extraction import domains
from chalicelib.capture.extraction.contact import Contact
from chalicelib.capture.extraction.domains import distance
from chalicelib.capture.extraction.lexicon import alternatives, is_spaceless, words_of

_LETTER = "a-z0-9\u00df-\u024f\u1e00-\u1eff"
# How far the right one may stand behind the words that announce it, in possible parts.
_REACH = 2
# A short message that only says so needs no likeness: "oops wrong". A longer one may speak of a size: "wrong size, …".
_MOST_WORDS_ALONE = 4


@cache
def _cue(*tables: str) -> re.Pattern[str]:
    """The words of these tables; of all of them where none is named."""
    words = {word for table in tables or ("words", "slip", "replace") for word in words_of("correction", table)}
    latin = alternatives(word for word in words if not is_spaceless(word))
    return re.compile(f"(?<![{_LETTER}])(?:{latin})(?![{_LETTER}])|{alternatives(filter(is_spaceless, words))}")


def takes_back(text: str) -> bool:
    """Whether the text says that something before it, or in it, is wrong."""
    return _cue().search(text.lower()) is not None


def without_corrected(contacts: Sequence[Contact], texts: Sequence[tuple[int, str]]) -> Iterator[Contact]:
    """The contacts that were not replaced by a later one. `texts`: the possible parts, each with its index."""
    order = {index: place for place, (index, _) in enumerate(texts)}
    cues = {place: _is_sure(text) for place, (_, text) in enumerate(texts) if takes_back(text)}
    replaced = {place for place, (_, text) in enumerate(texts) if _cue("replace").search(text.lower())}
    for number, one in enumerate(contacts):
        later = next((other for other in contacts[number + 1 :] if other.kind == one.kind), None)
        if (
            later is None
            or one.kind == "name"
            or not (_is_replaced(one, later, order, cues) or _is_out_of_use(one, later, order, replaced))
        ):
            yield one


def _is_sure(text: str) -> bool:
    return len(text.split()) <= _MOST_WORDS_ALONE and _cue("words").search(text.lower()) is not None


def _is_out_of_use(one: Contact, later: Contact, order: dict[int, int], replaced: set[int]) -> bool:
    """Whether the customer says, with the later one, that the one before is no longer used."""
    place = order[later.parts[0].index]
    return order[one.parts[-1].index] < place and place in replaced


def _is_replaced(one: Contact, later: Contact, order: dict[int, int], cues: dict[int, bool]) -> bool:
    place, later_place = order[one.parts[-1].index], order[later.parts[0].index]
    if place == later_place or one.value == later.value:
        return False
    if one.kind == "email" and domains.suggestion(one.value) == later.value:
        return True
    between = [cue for cue in cues if place < cue <= later_place and later_place - cue < _REACH]
    return bool(between) and (_are_alike(one, later) or any(cues[cue] and cue < later_place for cue in between))


def _are_alike(one: Contact, other: Contact) -> bool:
    """Whether one may be a slip of the other: a few digits changed, or the same name at another provider."""
    if one.kind == "email":
        local, _, domain = one.value.partition("@")
        other_local, _, other_domain = other.value.partition("@")
        return local == other_local or (domain == other_domain and distance(local, other_local) <= 2)
    changed = sum(before != after for before, after in zip(one.value, other.value, strict=False))
    return abs(len(one.value) - len(other.value)) <= 1 and (changed <= 4 or distance(one.value, other.value) <= 2)
