"""Phone numbers in a normalised text.

links.py finds those in chat links. Every other run of digits (runs.py, of spelled.py's) is cut into valid numbers
(cuts.py), and each is judged by its shape and the words beside it (judge.py). What is valid, plans.py knows.
"""

import re
from collections.abc import Iterable, Iterator

from chalicelib.capture.extraction import labels, links, plain, plans, shapes
from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.cuts import FEWEST_DIGITS, Cut, Tries, cuts_of, parts_of, whole_of
from chalicelib.capture.extraction.groups import reread
from chalicelib.capture.extraction.judge import found_of, judged
from chalicelib.capture.extraction.plain import DOUBTFUL
from chalicelib.capture.extraction.plans import CLEAR, NATIONAL
from chalicelib.capture.extraction.runs import BLANK, Run, plain_runs_in, runs_in
from chalicelib.capture.extraction.spelled import DIGITS, LATIN, WORDS

# Enough figures, with the letters that look like some, in one run.
_ENOUGH_WITH_LETTERS = re.compile(f"(?:[0-9OolLIiSsZzBb|][^0-9{LATIN}|]{{0,7}}+){{{FEWEST_DIGITS}}}")


def find_phones(
    text: str, market: str, taken: Iterable[tuple[int, int]] = (), *, has_words: bool = True
) -> list[Found]:
    """The numbers in a normalised text, in order, outside of `taken` (the addresses found in it before).

    `has_words`: words for digits may be in it.
    """
    groups = None if has_words else plain.groups_of(text)
    if groups is not None:
        has_letters = plain.has_letters_for_digits(text, groups)
        is_enough = sum([end - start for start, end in groups]) >= FEWEST_DIGITS
        if not is_enough and (not has_letters or not _ENOUGH_WITH_LETTERS.search(text)):
            return []
        groups = None if has_letters else groups
    linked = list(_linked(text, market)) if links.may_hold_chat_link(text) else []
    masked = masked_text(text, [*taken, *((found.start, found.end) for found in linked)])
    if groups is not None and masked is not text:
        groups = plain.groups_of(masked)
    found = _written(masked, market, groups)
    if not found and "|" in masked:  # mostly it separates; where that gives nothing, it is a 1
        filled = masked.replace("|", "1")
        found = _written(filled, market, None if groups is None else plain.groups_of(filled))
    if not found or has_words:
        found = reread(masked, market, lambda shorter: _written(shorter, market, None), found, has_words=has_words)
    found += [other for one in found for other in _beside(masked, one)]
    return sorted([*linked, *found], key=lambda one: one.start) if linked else found


_OR = re.compile(
    r"\s?(?:/|,?\s(?:or|atau|ataupun|hoặc|hay|หรือ|o|or else)(?=\s)|หรือ|或)\s?(?P<tail>[0-9]{2,5})(?![0-9]|[-./ ][0-9])",
    re.IGNORECASE,
)
_LAST_GROUP = re.compile("[0-9]+\\Z")
_MOST_CHANGED = 2


def _beside(text: str, found: Found) -> Iterator[Found]:
    """The number that is said by its other ending: "9123 4567 / 4568"."""
    match = _OR.match(text, found.end)
    last = _LAST_GROUP.search(text, found.start, found.end) if match else None
    if not match or not last or labels.is_unit_behind(text, match.end()):
        return
    tail = match["tail"]
    changed = sum(one != other for one, other in zip(last.group()[-len(tail) :], tail, strict=False))
    value = found.value[: -len(tail)] + tail
    is_round = tail.endswith("00") and not last.group().endswith("00")  # a price
    if is_round or len(tail) not in (len(last.group()), 4):
        return
    if 0 < changed <= _MOST_CHANGED and plans.read(value[1:], "", has_plus=True):
        yield found._replace(value=value, start=match.start("tail"), end=match.end("tail"))


def _written(text: str, market: str, groups: list[plain.Group] | None) -> list[Found]:
    """The numbers as they are written. `groups`: its figures, where it has no words and letters for digits."""
    tries = Tries()
    if groups is None:
        return [number for run in runs_in(text, FEWEST_DIGITS) for number in numbers_in(text, run, market, tries)]
    found: list[Found] = []
    for row in plain.rows_of(text, groups):
        one = plain.plain_number(text, row, market)
        if one:
            found.append(one)
        elif one is None:
            for run in plain_runs_in(text, row, FEWEST_DIGITS):
                found += numbers_in(text, run, market, tries)
    return found


def masked_text(text: str, taken: Iterable[tuple[int, int]]) -> str:
    """The text with blanks where addresses, links and handles stand; as long as before."""
    spans = [*taken, *links.find_links(text)]
    if not spans:
        return text
    spans.sort()
    parts: list[str] = []
    place = 0
    for start, end in spans:
        if end > place:
            parts += (text[place : max(start, place)], BLANK * (end - max(start, place)))
            place = end
    return "".join(parts) + text[place:]


def numbers_in(text: str, run: Run, market: str, tries: Tries) -> Iterator[Found]:
    """The numbers of a run, judged."""
    whole = whole_of(text, run, market)
    if whole and _is_plain(text, run, whole):
        yield found_of(text, run, whole)
        return
    for part in parts_of(text, run):
        rejected_end = -1
        cuts = cuts_of(text, part, market, tries, whole if part is run else whole_of(text, part, market))
        for cut in cuts:
            found = judged(text, part, cut, cuts, rejected_end)
            if found:
                yield found
            else:
                rejected_end = part.atoms[cut.last - 1].end


_SHORTEST_GROUP, _MOST_GROUPS = 3, 5
_LONGER_THAN_DATES = 9  # digits
_MOST_ALIKE = 4


def _is_plain(text: str, run: Run, cut: Cut) -> bool:
    """Whether it is as most: complete, in usual groups, and with no word near that could make it another thing.

    Then it is what the rest of this module would answer, only sooner.
    """
    start, end = run.atoms[0].start, run.atoms[-1].end
    if text[start - 1 : start] in DOUBTFUL or not DOUBTFUL.isdisjoint(text[end : end + 2]) or not _is_usual(run):
        return False
    strength, written = cut.reading.strength, text[start:end]
    if strength == NATIONAL and ("." in written or "," in written or written.count(written[0]) > _MOST_ALIKE):
        return False
    is_clear = strength == CLEAR
    return labels.says_nothing_against(text, start, is_clear=is_clear) and labels.says_nothing_behind(text, end)


def _is_usual(run: Run) -> bool:
    """Whether it is grouped as most are, and as no date, card or list is: "0812 3450 0011", digits alone, or words."""
    atoms = run.atoms
    kinds = {atom.kind for atom in atoms}
    sizes = [len(atom.digits) for atom in atoms]
    if kinds == {DIGITS} and len(atoms) <= _MOST_GROUPS:
        shortest = min(sizes[1:], default=_SHORTEST_GROUP) if sum(sizes) >= _LONGER_THAN_DATES else min(sizes)
        return shortest >= _SHORTEST_GROUP or (0 in run.pluses and sizes[-1] >= _SHORTEST_GROUP)
    if kinds == {DIGITS} and max(sizes) > 1:
        return False
    if not kinds <= {DIGITS, WORDS}:
        return False
    return not shapes.is_counting("".join([atom.digits for atom in atoms]), [atom.digits for atom in atoms])


def _linked(text: str, market: str) -> Iterator[Found]:
    for link in links.find_chat_links(text):
        # "wa.me/0812…" is wrong and common; "tel:91234567" is right and local.
        reading = None if link.digits.startswith("0") else plans.read(link.digits, market, has_plus=True)
        if not reading and not link.has_plus:
            reading = plans.read(link.digits, market)
        if reading:
            yield Found("phone", reading.value, link.start, link.end, "phone-link", reading.is_region_assumed)
