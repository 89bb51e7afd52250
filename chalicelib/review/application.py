"""An application for auto-lead capture and its verdict: the rules, and nothing stored."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class State(StrEnum):
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REJECTED = "rejected"


class Company(Struct, frozen=True):
    """Who applies, as checked when it was submitted."""

    legal_name: str
    country: str
    address: str
    contact_person: str
    contact_email: str
    contact_phone: str
    website: str | None = None
    registration_number: str | None = None


class Document(Struct, frozen=True):
    """The very object under review: its key, version and content never change again."""

    key: str
    version_id: str
    sha256: str
    filename: str
    size: int


class StoredFinding(Struct, frozen=True):
    """What one check found, as the verdict keeps it."""

    check: str
    status: str
    quote: str | None
    sentence: str
    advice: str | None
    is_required: bool


@dataclass(frozen=True, slots=True)
class Application:
    """One request for auto-lead capture."""

    id: str
    account_id: str
    market: str
    company: Company
    document: Document
    submitted_at: datetime
    submitted_by: str
    capture_from: datetime | None = None
    state: State = State.IN_REVIEW
    needs_reviewer: bool = False  # the checks could not decide
    reason: str | None = None  # a stable code beside the findings, such as `unreadable_document`
    findings: tuple[StoredFinding, ...] = ()
    rule_set: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    version: int = 1

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it was rejected, by code: what needs to be stated and is not."""
        missing = tuple(
            f"{one.check}_{one.status}" for one in self.findings if one.is_required and one.status != "stated"
        )
        return (self.reason, *missing) if self.reason else missing

    def handed_to_reviewer(
        self, findings: tuple[StoredFinding, ...], rule_set: str, reason: str | None
    ) -> "Application":
        """With what the checks found, waiting for a person."""
        return replace(
            self, needs_reviewer=True, findings=findings, rule_set=rule_set, reason=reason, version=self.version + 1
        )

    def decided(
        self,
        state: State,
        findings: tuple[StoredFinding, ...],
        rule_set: str,
        reason: str | None,
        *,
        by: str,
        at: datetime,
    ) -> "Application":
        """With its verdict, once and for all."""
        return replace(
            self,
            state=state,
            needs_reviewer=False,
            findings=findings,
            rule_set=rule_set,
            reason=reason,
            decided_by=by,
            decided_at=at,
            version=self.version + 1,
        )
