"""Policies to review: the samples, and a short English one whose statements a test replaces or leaves out."""

import re
from pathlib import Path
from typing import Final, NamedTuple

from chalicelib.review import Finding, Review, review_policy

FOLDER: Final = Path(__file__).parents[2] / "samples" / "policies"
SECTIONS: Final = (
    "controller", "contact", "purposes", "categories", "legal_basis", "rights", "withdrawal",
    "retention", "recipients", "source", "obligation", "transfer", "complaint", "marketing",
)  # fmt: skip
BAKES: Final = "Lion City Bakes Pte. Ltd."
STATEMENTS: Final = {
    "controller": 'Lion City Bakes Pte. Ltd. ("we") runs this shop.',
    "contact": "Write to privacy@lioncitybakes.example with any question.",
    "purposes": "We use the details to answer you and to arrange delivery.",
    "categories": "We collect the phone number and e-mail address you write in chat.",
    "rights": "You may ask for access to what we hold, and have it corrected or deleted.",
    "withdrawal": "You can withdraw your consent at any time.",
}


class Sample(NamedTuple):
    market: str
    filename: str
    company: str


SAMPLES: Final = (
    Sample("ID", "good-id.md", "PT Kopi Senja Nusantara"),
    Sample("SG", "good-sg.md", BAKES),
    Sample("MY", "good-my.md", "Warung Maju Sdn. Bhd."),
    Sample("PH", "good-ph.md", "Isla Crafts Inc."),
    Sample("TH", "good-th.md", "บริษัท บ้านกาแฟ จำกัด"),
    Sample("VN", "good-vn.md", "Công ty TNHH Hoa Sen Nhỏ"),
)


def sample_text(filename: str) -> str:
    return (FOLDER / filename).read_text(encoding="utf-8")


def without_section(text: str, check: str, *, keep_heading: bool = False) -> str:
    """A sample without the section of a check; every sample has them in the order of SECTIONS, once per language."""
    head, *sections = re.split(r"(?m)^(?=## )", text)
    kept = [head]
    for position, section in enumerate(sections):
        if SECTIONS[position % len(SECTIONS)] != check:
            kept.append(section)
        elif keep_heading:
            kept.append(section.splitlines()[0] + "\n\n")
    return "".join(kept)


def a_policy(title: str = "# Privacy policy", **statements: str) -> str:
    """A complete short policy for Singapore, with the statements given in place of its own; "" leaves one out."""
    return "\n\n".join([title, *(line for line in (STATEMENTS | statements).values() if line)])


def reviewed(text: str, *, market: str = "SG", company: str = BAKES) -> Review:
    return review_policy(text.encode(), "policy.md", market, company)


def finding(review: Review, check: str) -> Finding:
    return next(found for found in review.findings if found.check == check)
