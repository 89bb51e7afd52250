"""Runs: digits with nothing but separators between them, in which numbers stand."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from chalicelib.capture.extraction.spelled import DIGITS, LATIN, MAYBE, PLUS, WORDS, Atom, atoms_in, may_lead, may_trail

# What stands where a link, an address or a handle was: no letter, no digit, no separator.
BLANK = "\ue000"

TIGHT, LOOSE, APART = 0, 1, 2  # how an atom stands to the one before: one number, perhaps another, another run

# Between two atoms of one number: a few of these, but no mask ("**"), no foot and inch marks, no sum. Symbols and
# arrows (👉, ➡) are U+2190-27BF and the emoji planes.
_SEPARATOR = (
    "[-\\s.()\\[\\]{}<>*~_|/\\\\\u2022\u00b7\u30fb\u2010-\u2015\u2212\u2043\u2190-\u27bf\u3001\u3002"
    "\U0001f000-\U0001faff]"
)
_TIGHT_GAP = re.compile(f"(?!.*(?:[*\u2022]{{2}}| [/|] |[.] ))[^\\S\\n]*(?:(?!\\n){_SEPARATOR}){{0,4}}[^\\S\\n]*")
_LOOSE_GAP = re.compile(f"(?:{_SEPARATOR}|[,;:&+?])" + "{1,5}")
_PLUS_BEFORE = re.compile(r"\+[\s(\[]{0,2}\Z")
LONGEST_GAP = 7
_FAR = 100


@dataclass(slots=True)
class Run:
    """Atoms with nothing but separators between them; gaps[k] is how atom k stands to the one before it."""

    atoms: list[Atom]
    gaps: list[int]
    pluses: set[int]

    @property
    def start(self) -> int:
        return self.atoms[0].start

    @property
    def end(self) -> int:
        return self.atoms[-1].end

    @property
    def length(self) -> int:
        return sum([len(atom.digits) for atom in self.atoms])


def runs_in(text: str, fewest: int) -> list[Run]:
    """The runs of at least `fewest` digits, in figures, words and letters."""
    return _grouped(text, atoms_in(text), fewest)


def _grouped(text: str, atoms: Iterable[Atom], fewest: int) -> list[Run]:
    runs: list[Run] = []
    run = Run([], [], set())
    has_plus = "+" in text
    end, plus_end = -_FAR, -_FAR
    for atom in atoms:
        start = atom.start
        if atom.kind == PLUS:
            plus_end = atom.end
            continue
        gap = gap_of(text[end:start]) if start - end <= LONGEST_GAP else APART
        if gap == LOOSE and atom.kind == WORDS and run.atoms[-1].kind == WORDS:
            gap = TIGHT  # "không chín bảy một, tám hai năm"
        if gap == APART:
            run = Run([], [], set())
            runs.append(run)
        is_said = start - plus_end <= 2 and not text[plus_end:start].strip()
        if is_said or (has_plus and _PLUS_BEFORE.search(text, max(0, start - 3), start)):
            run.pluses.add(len(run.atoms))
        run.atoms.append(atom)
        run.gaps.append(gap)
        end = atom.end
    return [run for run in runs if _is_kept(run, fewest)]


IS_LATIN = re.compile(f"[{LATIN}]")
_GLUED_BEFORE = re.compile(f"[0-9{LATIN}]{{1,40}}\\Z")
_GLUED_BEHIND = re.compile(f"[0-9{LATIN}]{{1,40}}")


def plain_runs_in(text: str, groups: list[tuple[int, int]], fewest: int) -> list[Run]:
    """The same of figures that stand together, in a text without words and letters for digits: most texts."""
    atoms = [Atom(start, end, text[start:end], DIGITS) for start, end in groups]
    start, end = atoms[0].start, atoms[-1].end
    if text[start - 1 : start].isalpha() and not _is_word_apart(text, atoms[0]):
        atoms = atoms[1:]
    if atoms and text[end : end + 1].isalpha() and not _is_word_apart(text, atoms[-1]):
        atoms.pop()
    return _grouped(text, atoms, fewest)


def _is_word_apart(text: str, atom: Atom) -> bool:
    """Whether the figures stand alone, or glued only to words they may be: "hp0812…ya", not "5CD0812"."""
    before = text[atom.start - 1 : atom.start]
    if before and IS_LATIN.match(before):
        glued = _GLUED_BEFORE.search(text, max(0, atom.start - 40), atom.start)
        if not glued or not glued.group().isalpha() or not may_lead(glued.group(), atom.digits):
            return False
    behind = text[atom.end : atom.end + 1]
    if behind and IS_LATIN.match(behind):
        glued = _GLUED_BEHIND.match(text, atom.end)
        return glued is not None and glued.group().isalpha() and may_trail(atom.digits, glued.group())
    return True


def _is_kept(run: Run, fewest: int) -> bool:
    """Whether the run is long enough without an "o" or "I" at its end, or one with no figures beside it: "is 1800…"."""
    atoms = run.atoms
    while atoms and atoms[-1].kind == MAYBE:
        atoms.pop()
        run.gaps.pop()
    while atoms and atoms[0].kind == MAYBE and atoms[0].digits != "0":
        atoms.pop(0)
        run.gaps.pop(0)
        run.pluses = {place - 1 for place in run.pluses}
    return run.length >= fewest


@lru_cache(maxsize=512)
def gap_of(between: str) -> int:
    """How the digits behind stand to those before, by what is between them."""
    if _TIGHT_GAP.fullmatch(between):
        return TIGHT
    return LOOSE if _LOOSE_GAP.fullmatch(between) else APART
