"""What of an application leaves the system, for its account and for reviewers alike."""

from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec import Struct

from chalicelib.leads.lead import masked
from chalicelib.review import Finding, Place, Status
from chalicelib.review.application import Application, Company, Document, StoredFinding

# How an answer calls a review's verdict.
VERDICTS: dict[str, Literal["approved", "rejected", "needs_reviewer"]] = {
    "approve": "approved",
    "reject": "rejected",
    "human": "needs_reviewer",
}


class DocumentView(Struct, frozen=True):
    filename: str
    sha256: str
    size: int


class FindingView(Struct, frozen=True):
    """What one check found: the passage as it stands in the policy and where in its text, or what to add.

    `local_sentence` and `local_advice` say the same in the first language of the market; `source` is the law behind it.
    """

    check: str
    status: Status
    quote: str | None
    place: Place | None
    sentence: str
    advice: str | None
    local_sentence: str | None
    local_advice: str | None
    is_required: bool
    source: str | None


class DifferenceView(Struct, frozen=True):
    """A check that came out otherwise than before."""

    check: str
    before: Status
    after: Status


class ComparisonView(Struct, frozen=True):
    """What came out otherwise than in the account's last application that was checked."""

    application_id: str
    differences: tuple[DifferenceView, ...]


def difference_views(found: Iterable[tuple[str, Status, Status]]) -> tuple[DifferenceView, ...]:
    return tuple(DifferenceView(*one) for one in found)


def comparison_view(application: Application) -> ComparisonView | None:
    """None for an account's first application, and for one that was not checked yet."""
    from chalicelib.review.comparing import differences, find_previous  # noqa: PLC0415 - stores are heavy

    previous = find_previous(application)
    if previous is None:
        return None
    return ComparisonView(previous.id, difference_views(differences(previous.findings, application.findings)))


def masked_company(company: Company) -> Company:
    return msgspec.structs.replace(
        company,
        contact_person=masked("name", company.contact_person),
        contact_email=masked("email", company.contact_email),
        contact_phone=masked("phone", company.contact_phone),
    )


def document_view(document: Document) -> DocumentView:
    return DocumentView(document.filename, document.sha256, document.size)


def decider(application: Application) -> Literal["system", "reviewer"] | None:
    """Who decided, as accounts and reviewers are told: never which person."""
    if application.decided_by is None:
        return None
    return "reviewer" if application.ruling else "system"


def finding_views(
    findings: tuple[Finding, ...] | tuple[StoredFinding, ...], *, is_masked: bool = False
) -> tuple[FindingView, ...]:
    """The findings; without quotes for an analyst, for a quoted passage may hold a contact."""
    return tuple(
        FindingView(
            one.check,
            one.status,
            None if is_masked else one.quote,
            one.place,
            one.sentence,
            one.advice,
            one.local_sentence,
            one.local_advice,
            one.is_required,
            one.source,
        )
        for one in findings
    )
