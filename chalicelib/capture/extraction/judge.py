"""Whether a number cut from a run is a telephone: by what stands beside it, its shape, and the words around it."""

import re

from chalicelib.capture.extraction import labels, shapes
from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.cuts import Cut
from chalicelib.capture.extraction.lexicon import STRONG, WEAK, lexicon
from chalicelib.capture.extraction.plans import CLEAR, LOCAL, NATIONAL, Reading
from chalicelib.capture.extraction.runs import LOOSE, TIGHT, Run
from chalicelib.capture.extraction.spelled import LETTERS, MAYBE, WORDS, Atom


def judged(text: str, run: Run, cut: Cut, cuts: list[Cut], rejected_end: int) -> Found | None:
    atoms = run.atoms[cut.first : cut.last]
    start, end = atoms[0].start, atoms[-1].end
    if rejected_end >= 0 and not _is_apart(text, rejected_end, start):
        return None
    if _is_part_of_more(text, run, cut, cuts) or not _is_written_like_one(
        text, cut, atoms, has_plus=cut.first in run.pluses
    ):
        return None
    if not _is_said_to_be_one(text, cut, start, end, has_plus=cut.first in run.pluses):
        return None
    return found_of(text, run, cut)


def found_of(text: str, run: Run, cut: Cut) -> Found:
    atoms = run.atoms[cut.first : cut.last]
    start, end = atoms[0].start, atoms[-1].end
    start -= _plus_width(text, start) if cut.first in run.pluses else 0
    if text[start - 1 : start] == "(" and ")" in text[start:end]:
        start -= 1
    return Found("phone", cut.reading.value, start, end, _rule(atoms, cut.reading), cut.reading.is_region_assumed)


_APART = re.compile(r"[\n,;/&]|[^\d\W]")


def _is_apart(text: str, end: int, start: int) -> bool:
    """Whether another number may follow one that is none: "BCA 883… / 0812…", not "8810 2024 0812 7765"."""
    return _APART.search(text, end, start) is not None


def _is_part_of_more(text: str, run: Run, cut: Cut, cuts: list[Cut]) -> bool:
    """Whether digits go on beside it: "8810 2024 8123 4567". A number in one block stands for itself."""
    if cut.first == 0 and cut.last == len(run.atoms):
        return False
    taken = {place for other in cuts for place in range(other.first, other.last)}
    left = cut.first
    while left and left - 1 not in taken and run.gaps[left] == TIGHT:
        left -= 1
    if left < cut.first and labels.said_before(text, run.atoms[left].start).kind in (STRONG, WEAK):
        return True
    is_block = cut.last - cut.first == 1 and cut.reading.strength >= NATIONAL
    for place, gap in (
        (cut.first - 1, run.gaps[cut.first]),
        (cut.last, run.gaps[cut.last] if cut.last < len(run.gaps) else LOOSE),
    ):
        if not 0 <= place < len(run.atoms) or gap != TIGHT or place in taken:
            continue
        size = len(run.atoms[place].digits)
        if not run.atoms[place].is_last and place < cut.first:
            return True
        # A postcode may stand before it: "Depok 16411 0812 3450 0011".
        is_postcode = place < cut.first and size == 5 and cut.reading.strength == CLEAR
        if size >= 3 and not is_block and not is_postcode and place not in run.pluses:
            return True
    return False


def _is_written_like_one(text: str, cut: Cut, atoms: list[Atom], *, has_plus: bool) -> bool:
    start, end = atoms[0].start, atoms[-1].end
    digits = "".join(atom.digits for atom in atoms)
    if shapes.is_counting(digits, [atom.digits for atom in atoms]) and not has_plus:
        return cut.reading.strength == CLEAR and labels.said_before(text, start).is_phone
    if shapes.is_masked(text, start, end):
        return False
    code = shapes.word_of_code(text, start) if text[start - 1 : start] in _HANGS else None
    if code is not None and lexicon().label(code.lower()) in (None, STRONG, WEAK):
        return False
    letters = [atom for atom in atoms if atom.kind in (LETTERS, MAYBE)]
    if letters and not any(atom.kind == WORDS for atom in atoms):
        return cut.reading.strength >= NATIONAL and _has_figures(text, atoms)
    return True


_HANGS = frozenset("-_")


def _has_figures(text: str, atoms: list[Atom]) -> bool:
    written = "".join(text[atom.start : atom.end] for atom in atoms)
    return sum(character.isdecimal() for character in written) * 3 >= len(written)


def _is_said_to_be_one(text: str, cut: Cut, start: int, end: int, *, has_plus: bool) -> bool:
    strength = cut.reading.strength
    said = labels.said_before(text, start - _plus_width(text, start) if has_plus else start)
    is_other = said.kind == STRONG or (said.kind == WEAK and (strength < CLEAR or said.is_numbered))
    behind = labels.NOTHING if said.is_phone else labels.said_behind(text, end)
    if is_other:
        # "for corporate accounts our own desk is 1800…, toll free": a word in between, and then one that says phone.
        return said.kind == STRONG and said.distance > 0 and behind.is_phone
    is_named = said.is_phone or behind.is_phone
    if behind.kind == STRONG or (strength < CLEAR and labels.is_unit_behind(text, end)):
        return False
    hangs = _hangs_on_hash(text, start) and not (strength == CLEAR and _IS_WORD_HASH.search(text, 0, start))
    if not said.is_phone and not has_plus and (shapes.is_amount(text[start:end]) or hangs):
        return False
    if strength >= NATIONAL or is_named:
        return True
    return strength == LOCAL and _stands_alone(text, start, end)


_IS_WORD_HASH = re.compile(r"[A-Za-z]\s#\s\Z")  # "PH # 0977…" counts nothing


def _hangs_on_hash(text: str, start: int) -> bool:
    return text[max(0, start - 3) : start].rstrip(" ").endswith("#")


_LONGEST_AROUND = 39


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether the message is hardly more than the number: "903123984 nha shop"."""
    if len(text) - (end - start) > _LONGEST_AROUND:
        return False
    around = f"{text[:start]} {text[end:]}"
    return len(around.split()) <= 4 and not any(character.isdecimal() for character in around)


def _plus_width(text: str, start: int) -> int:
    """How many characters before the digits the plus stands."""
    place = text.rfind("+", max(0, start - 3), start)
    return start - place if place >= 0 else 0


def _rule(atoms: list[Atom], reading: Reading) -> str:
    kinds = {atom.kind for atom in atoms}
    if WORDS in kinds:
        return "phone-words"
    if LETTERS in kinds or MAYBE in kinds:
        return "phone-letters"
    if len(atoms) >= 6:
        return "phone-spaced"
    return "phone-local" if reading.strength <= LOCAL else "phone-written"
