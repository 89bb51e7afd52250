"""What of an application leaves the system, for its account and for reviewers alike."""

from typing import Literal

import msgspec
from msgspec import Struct

from chalicelib.leads.lead import masked
from chalicelib.review import Finding, Status
from chalicelib.review.application import Application, Company, Document, StoredFinding


class DocumentView(Struct, frozen=True):
    filename: str
    sha256: str
    size: int


class FindingView(Struct, frozen=True):
    """What one check found: the passage as it stands in the policy, or what to add."""

    check: str
    status: Status
    quote: str | None
    sentence: str
    advice: str | None
    is_required: bool


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
            one.sentence,
            one.advice,
            one.is_required,
        )
        for one in findings
    )
