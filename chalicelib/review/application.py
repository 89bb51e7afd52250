"""An application for auto-lead capture and its verdict: the rules, and nothing stored."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from chalicelib.review import Finding, Place, Status


class State(StrEnum):
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # by the account, before any verdict
    REVOKED = "revoked"  # approved once, and taken back by a reviewer


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
    status: Status
    quote: str | None
    sentence: str
    advice: str | None
    is_required: bool
    place: Place | None = None  # these four: of verdicts from rule set 3 on
    local_sentence: str | None = None
    local_advice: str | None = None
    source: str | None = None

    @classmethod
    def of(cls, finding: Finding) -> "StoredFinding":
        return cls(**{name: getattr(finding, name) for name in cls.__struct_fields__})


class Ruling(Struct, frozen=True):
    """What a reviewer said with their verdict: codes for the account, and a note for the reviewers' file alone."""

    reasons: tuple[str, ...] = ()
    note: str | None = None
    is_capture_from_allowed: bool = True


class Revocation(Struct, frozen=True):
    """Why an approval was taken back, when, and by which reviewer."""

    reasons: tuple[str, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Application:
    """One request for auto-lead capture."""

    id: str  # ordered by time (chalicelib/ids.py)
    account_id: str
    market: str
    company: Company
    document: Document
    submitted_at: datetime
    submitted_by: str
    capture_from: datetime | None = None
    state: State = State.IN_REVIEW
    needs_reviewer: bool = False  # the checks could not decide
    is_overdue: bool = False  # it was told that nobody decided in time
    reason: str | None = None  # a stable code beside the findings, such as `unreadable_document`
    findings: tuple[StoredFinding, ...] = ()
    rule_set: str | None = None
    decided_at: datetime | None = None  # or withdrawn
    decided_by: str | None = None  # SYSTEM, or the subject of a reviewer; nobody where it was withdrawn
    ruling: Ruling | None = None  # of the reviewer who decided
    revocation: Revocation | None = None
    version: int = 1

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it ended as it did, by code: a reviewer's, or else what needs to be stated and is not."""
        if self.revocation is not None:
            return self.revocation.reasons
        if self.ruling is not None:
            return self.ruling.reasons
        if self.state is State.WITHDRAWN:
            return ()
        missing = tuple(
            f"{one.check}_{one.status}" for one in self.findings if one.is_required and one.status != "stated"
        )
        return (self.reason, *missing) if self.reason else missing

    @property
    def allowed_capture_from(self) -> datetime | None:
        """Since when messages may be read: as it asked, unless the verdict did not allow it."""
        is_allowed = self.ruling is None or self.ruling.is_capture_from_allowed
        return self.capture_from if is_allowed else None

    def handed_to_reviewer(
        self, findings: tuple[StoredFinding, ...], rule_set: str, reason: str | None
    ) -> "Application":
        """With what the checks found, waiting for a person."""
        return replace(
            self, needs_reviewer=True, findings=findings, rule_set=rule_set, reason=reason, version=self.version + 1
        )

    def told_overdue(self) -> "Application":
        """In review as before; it was told that it is overdue."""
        return replace(self, is_overdue=True, version=self.version + 1)

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

    def ruled(self, state: State, ruling: Ruling, *, by: str, at: datetime) -> "Application":
        """With a reviewer's verdict, and what the checks have found by then: nothing, if they did not run yet."""
        after = self.decided(state, self.findings, self.rule_set or "none", self.reason, by=by, at=at)
        return replace(after, ruling=ruling)

    def is_ruled(self, state: State, ruling: Ruling, *, by: str) -> bool:
        """Whether this reviewer has decided just this."""
        return self.state is state and self.ruling == ruling and self.decided_by == by

    def withdrawn(self, at: datetime) -> "Application":
        """Taken back by the account."""
        return replace(self, state=State.WITHDRAWN, needs_reviewer=False, decided_at=at, version=self.version + 1)

    def revoked(self, revocation: Revocation) -> "Application":
        """Approved no more; what it was approved upon is kept."""
        return replace(self, state=State.REVOKED, revocation=revocation, version=self.version + 1)
