"""What finding answers: a contact and the parts of the texts it stands in, as they were typed."""

from typing import Literal, NamedTuple

# Every change of what is found, or of what a rule is called, gets a new version: it is kept with each contact.
RULE_SET = "2026-11-26"

Kind = Literal["phone", "email", "name"]


# Tuples, because they are made for each message: a frozen dataclass takes four times as long.
class Part(NamedTuple):
    """One place a contact stands in: texts[index][start:end] == text, counted in code points as typed."""

    index: int  # type: ignore[assignment] # nobody asks a part where it has something
    start: int
    end: int
    text: str


class Contact(NamedTuple):
    """A contact and its evidence. `start`, `end` and `text` are those of the first part.

    Contact("phone", "+6281234500011", 3, 15, "081234500011", (Part(0, 3, 15, "081234500011"),), "phone-written", True)
    """

    kind: Kind
    value: str
    start: int
    end: int
    text: str
    parts: tuple[Part, ...]
    rule: str
    is_region_assumed: bool
    suggestion: str | None = None  # what was probably meant: "rina@gmail.com" for "rina@gmial.con"

    @classmethod
    def of(cls, found: "Found", parts: tuple[Part, ...]) -> "Contact":
        first = parts[0]
        return cls(
            found.kind,
            found.value,
            first.start,
            first.end,
            first.text,
            parts,
            found.rule,
            found.is_region_assumed,
            found.suggestion,
        )


class Found(NamedTuple):
    """A contact in a normalised text; `start` and `end` count in that text, not in the typed one."""

    kind: Kind
    value: str
    start: int
    end: int
    rule: str
    is_region_assumed: bool = False
    suggestion: str | None = None

    def overlaps(self, other: "Found") -> bool:
        return self.start < other.end and other.start < self.end
