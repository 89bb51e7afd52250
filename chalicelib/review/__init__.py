"""The review of a privacy policy: the one door, `review_policy`, and what comes out of it.

Importing this is cheap; the rules are read when the first policy is. Nothing here knows AWS, accounts or delays.
"""

from dataclasses import dataclass
from typing import Literal

Status = Literal["stated", "missing", "unclear"]
Verdict = Literal["approve", "reject", "human"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote stands: text[start:end] of the document's text, in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `quote` is the passage as it stands in the document, `advice` what to add.

    Both sentences say the same, in English and in the first language of the market. `source` is the law behind it.
    """

    check: str
    status: Status
    quote: str | None
    place: Place | None
    sentence: str
    advice: str | None
    local_sentence: str
    local_advice: str | None
    is_required: bool
    source: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """One finding per check, always all and in the same order; `reason` is a stable code, None when approved."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    rule_set: str
    reason: str | None


def review_policy(document: bytes, filename: str, market: str, company: str) -> Review:
    """The verdict on a policy and the findings behind it; the same for the same input and `rule_set`.

    No document makes this raise: what can't be read or decided is "human".
    Errors: markets.MarketNotServed for a market code not served.
    """
    from chalicelib.review import policy  # noqa: PLC0415 - keeps the import of this package cheap

    return policy.review_document(document, filename, market, company)
