"""A document's sentences as the checks read them: each with the headings, questions and labels that it answers.

People write "How long do we keep it? Two years." and "| Kept for | two years |": the verb is in the heading.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from unicodedata import numeric

from chalicelib.review.document import Sentence, normalise

MAX_LABEL: Final = 70  # characters of what stands before a colon
MAX_QUESTION: Final = 110
MAX_LEAD: Final = 36  # of a short first sentence: "Retention." or a question in Thai, which has no mark
BOLD: Final = re.compile(r"\s*(?:[-*+] )?(?:\*\*|__)([^*_\n]{1,100})(?:\*\*|__)[\s:.?]{0,3}(.+)", re.DOTALL)
# A title at the start of its paragraph: "(b) *Purposes.* To deliver", and one in capitals above it.
RUN_IN: Final = re.compile(
    r"\s*(?:[-*+] )?(?:\(?\w{1,4}[.)] ?)?[*_]{1,2}([^*_\n]{2,100}(?:[.:?][*_]{1,2}|[*_]{1,2}[.:?]))\s+(.+)", re.DOTALL
)
CAPITALS: Final = re.compile(r"((?=[^\n]*[A-Z])[^a-z\u0e00-\u0e7f\n]{2,70})\n(.+)", re.DOTALL)
LABEL: Final = re.compile(rf"([^:\n|]{{2,{MAX_LABEL}}}):\s(.+)", re.DOTALL)
QUESTION: Final = re.compile(rf"([^?\n|]{{2,{MAX_QUESTION}}}\?)\s+(.+)", re.DOTALL)
# "➍ Purpose — orders, repairs": only of an item, as dashes stand in any sentence.
DASHED: Final = re.compile(
    r"\s*(?:[-*+\u2022\u2460-\u24ff\u2776-\u2793]|\d{1,2}[.)])\s{1,3}([^\u2013\u2014\n]{2,40}) [\u2013\u2014] (.+)",
    re.DOTALL,
)
FIRST_LINE: Final = re.compile(rf"([^\n]{{2,{MAX_LABEL}}})\n(.+)", re.DOTALL)
# Thai sets a title off by a space alone: "ข้อ 5 ระยะเวลา เก็บไว้สองปี" (Article 5, period, kept for two years).
UNSTOPPED: Final = re.compile(
    r"\s*(?:(?:ข้อ(?:ที่)? ?)?\d{1,2}[.)]?\s{1,3}"
    r"|(?=การ|ความ|สิทธิ|ระยะเวลา|วัตถุประสงค์|ฐาน|ผู้|ช่องทาง|แหล่ง|ประเภท))"
    r"([\u0e00-\u0e7f]{4,36}) (.{12,})",
    re.DOTALL,
)
ORDINAL: Final = re.compile(r"\s*(?:ข้อ(?:ที่)? ?)?([0-9๐-๙]{1,2}(?=[.)])|[\u2460-\u2473\u2776-\u2793])([.)]?)")
# How a question in Thai ends; "to whom" also ends a "we give it to nobody".
ASKED: Final = re.compile(
    "(?:ไหม|มั้ย|หรือไม่|หรือเปล่า|ล่ะ)$|^(?!.*ไม่).*(?:ใคร|อะไร|ไหน|บ้าง|อย่างไร|ยังไง|เท่าใด|เท่าไร|เท่าไหร่|เมื่อไร|กี่ปี|กี่วัน|กี่เดือน)$"
)
MAX_ASKED: Final = 45  # characters of such a question
RULE: Final = re.compile(r"[\s|:-]{2,}")  # the line below a table's titles
MIN_TITLES: Final = 3  # from which a first row of names is taken for titles where no rule is below it
BULLETS: Final = ("-", "*", "+", "\u2022")
VALUE: Final = re.compile(r"[\d@]")
NUMBER: Final = re.compile(r"(?:[-*+\u2022]|\(?\w{1,3}[.)]|q:|s:|j:|a:|t:)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Passage:
    """`text` is `quote` normalised; `heading` is all that stands above it and leads to it, normalised."""

    quote: str
    text: str
    heading: str


def find_passages(sentences: Iterable[Sentence]) -> list[Passage]:
    """Every sentence that says something, in order."""
    return list(dict.fromkeys(_read(sentences)))


def _read(sentences: Iterable[Sentence]) -> Iterator[Passage]:
    title, section, ended, lead, asked, row = "", "", "", "", "", ""
    for sentence in sentences:
        if sentence.kind != "statement":
            title, section = title or sentence.text, sentence.text
            asked = lead = sentence.text if sentence.text.endswith("?") else ""
            continue
        if sentence.heading != section:
            section, lead, asked = sentence.heading, "", ""
        above = "" if section in {title, ended} else section
        if "|" in sentence.quote and ("\n|" in sentence.quote or sentence.quote[0] == "|"):
            rows = list(_rows(sentence.quote, row or lead, above))
            row = rows[-1].heading if rows else row
            yield from rows
            continue
        row = ""
        own, rest = _split(sentence.quote)
        if own:
            is_asked = own.rstrip("*_ ").endswith("?")
            if _is_next(section, sentence.text) or (is_asked and section.endswith("?")):
                above, ended = "", section
            # What a label says below a question without an answer answers it too.
            lead = f"{asked} / {normalise(own)}" if asked and not is_asked else normalise(own)
            yield Passage(sentence.quote.strip(), normalise(rest), f"{above} / {lead}")
            continue
        if _is_next(lead, sentence.text):
            lead = asked = ""
        if not sentence.text.endswith("?"):
            yield Passage(sentence.quote, sentence.text, f"{above} / {lead}")
        if _leads(sentence):
            lead = sentence.text
            asked = lead if lead.endswith("?") else ""
            ended = section if asks(lead) and asks(section) else ended  # it is left without an answer


def _rows(quote: str, lead: str, above: str) -> Iterator[Passage]:
    """A table's rows, each under the section, its columns' titles and its first cell, and that under its title.

    What stands before the first cell belongs to the row above.
    """
    lines, titles = quote.splitlines(), _titles(quote)
    if titles:
        lines = lines[1:]
    over = "".join(f"{normalise(part)} / " for part in (above, *titles) if part)
    for line in lines:
        cells = _cells(line)
        if cells and line.lstrip().startswith("|"):
            lead = over + normalise(cells[0])
            if titles or cells[0].endswith("."):  # a sentence is more than a title: two languages side by side
                title = normalise(titles[0]) if titles else ""
                yield Passage(line.strip(), normalise(cells[0]), f"{above} / {title} //")
            cells = cells[1:]
        if cells:
            yield Passage(line.strip(), normalise(" / ".join(cells)), lead)


def _titles(quote: str) -> list[str]:
    """The titles of a table's columns: its first row, if a rule is below it or it looks like titles."""
    lines = quote.splitlines()
    cells = _cells(lines[0]) if lines[0].lstrip().startswith("|") and len(lines) > 1 else []
    are_names = len(cells) >= MIN_TITLES and all(len(cell) <= MAX_LEAD and not VALUE.search(cell) for cell in cells)
    return cells if are_names or (cells and RULE.fullmatch(lines[1])) else []


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|") if any(map(str.isalnum, cell))]


def _split(quote: str) -> tuple[str, str]:
    """What a sentence begins with as a label or question, and what it says about it; ("", …) where it has none."""
    question = QUESTION.match(quote)
    if question:
        return question[1], question[2]
    for form in (RUN_IN, CAPITALS, LABEL, DASHED, FIRST_LINE, BOLD, UNSTOPPED):
        found = form.match(quote)
        if found and any(map(str.isalnum, found[1])):
            return found[1], quote
    return "", quote


def _is_next(section: str, text: str) -> bool:
    """Whether "6. Contact: …" comes after an empty "5. Your rights": that is no title of it then."""
    before, after = (ORDINAL.match(one) for one in (section, text))
    return bool(before and after and before[2] == after[2] and _ordinal(after[1]) > _ordinal(before[1]))


def _ordinal(number: str) -> float:
    return float(number) if number.isdecimal() else numeric(number)


def asks(text: str) -> bool:
    """Whether a short text is a question. Thai needs no mark for one."""
    return len(text) <= MAX_ASKED and ASKED.search(text) is not None


def _leads(sentence: Sentence) -> bool:
    """Whether a sentence only asks or names what the next ones say."""
    if sentence.text.startswith(BULLETS):
        return sentence.text.endswith(("?", ":"))
    text = NUMBER.sub("", sentence.text, count=1)
    return (text.endswith("?") and len(text) <= MAX_QUESTION) or (len(text) <= MAX_LEAD and "@" not in text)
