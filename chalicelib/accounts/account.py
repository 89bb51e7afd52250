"""An account, its members, its identities and its capture state: the rules, and nothing stored."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

DEFAULT_RETENTION_DAYS = 365
# Toggling never makes an account's row grow without end; what falls out is the oldest, and is then not captured.
KEPT_INTERVALS = 50


class Role(StrEnum):
    ADMIN = "admin"
    OPERATOR = "operator"
    ANALYST = "analyst"


class MemberState(StrEnum):
    PENDING = "pending"  # invited
    BOUND = "bound"
    REMOVED = "removed"  # kept so that what they did still has a name


class IdentityKind(StrEnum):
    BUSINESS_ID = "business_id"
    ADVERTISER_ID = "advertiser_id"
    LIBRARY_ID = "library_id"


class IdentityState(StrEnum):
    PENDING = "pending"
    LINKED = "linked"


@dataclass(frozen=True, slots=True)
class Interval:
    """A time in which capture was approved and on: from `start`, to `end` or still open."""

    start: datetime
    end: datetime | None = None

    def has(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class Capture:
    """Whether messages of an account are read for contacts, since when, and under which policy."""

    is_on: bool = False
    application_in_review: str | None = None
    approved_application: str | None = None
    policy_sha256: str | None = None
    rule_set: str | None = None
    intervals: tuple[Interval, ...] = ()

    @property
    def is_approved(self) -> bool:
        return self.approved_application is not None

    def reads(self, sent_at: datetime) -> bool:
        """Whether a message of this time, processed now, is read: on, approved, and sent within an interval."""
        return self.is_on and self.is_approved and any(interval.has(sent_at) for interval in self.intervals)

    def submitted(self, application_id: str) -> "Capture":
        """With an application in review. The first one turns the toggle on, as in the original."""
        is_first = self.application_in_review is None and not self.is_approved and not self.intervals
        return replace(self, application_in_review=application_id, is_on=self.is_on or is_first)

    def decided(self) -> "Capture":
        """With nothing in review; an approval given before stays."""
        return replace(self, application_in_review=None)

    def approved(
        self, application_id: str, policy_sha256: str, rule_set: str, at: datetime, capture_from: datetime | None
    ) -> "Capture":
        """Approved by this application; if on, messages count from `capture_from`, or else from now."""
        intervals = self.intervals
        if self.is_on:
            intervals = _opened(_begun_by(intervals, min(at, capture_from or at)), at)
        return replace(
            self,
            application_in_review=None,
            approved_application=application_id,
            policy_sha256=policy_sha256,
            rule_set=rule_set,
            intervals=intervals,
        )

    def revoked(self, at: datetime) -> "Capture":
        """Without its approval: nothing is read from `at` on. What is in review stays in review."""
        intervals = tuple(replace(one, end=at) if one.end is None else one for one in self.intervals)
        return replace(self, approved_application=None, policy_sha256=None, rule_set=None, intervals=intervals)

    def switched(self, at: datetime, *, is_on: bool) -> "Capture":
        """Switched on or off as of `at`; the same again changes nothing."""
        if is_on == self.is_on:
            return self
        intervals = self.intervals
        if not is_on:
            intervals = tuple(replace(one, end=at) if one.end is None else one for one in intervals)
        elif self.is_approved:
            intervals = _opened(intervals, at)
        return replace(self, is_on=is_on, intervals=intervals)


def _begun_by(intervals: tuple[Interval, ...], start: datetime) -> tuple[Interval, ...]:
    """The intervals, of which the first begins at `start` at the latest. The gaps in which capture was off stay."""
    if not intervals:
        return (Interval(start),)
    return (replace(intervals[0], start=min(intervals[0].start, start)), *intervals[1:])


def _opened(intervals: tuple[Interval, ...], at: datetime) -> tuple[Interval, ...]:
    """The intervals, of which the last is open: as it was, or anew from `at`."""
    if intervals and intervals[-1].end is None:
        return intervals
    return (*intervals, Interval(at))[-KEPT_INTERVALS:]


@dataclass(frozen=True, slots=True)
class Account:
    """A registered Business Account in one market: the tenant."""

    id: str
    name: str
    market: str
    time_zone: str
    created_at: datetime
    own_phones: tuple[str, ...] = ()  # E.164; never captured as a lead's
    own_emails: tuple[str, ...] = ()
    retention_days: int = DEFAULT_RETENTION_DAYS
    capture: Capture = field(default_factory=Capture)
    version: int = 1

    def owns(self, value: str) -> bool:
        """Whether a contact is the account's own number or address."""
        return value in self.own_phones or value in self.own_emails


@dataclass(frozen=True, slots=True)
class Member:
    """A person or service with access to an account. The subject is the token's, known once the member is bound."""

    id: str
    account_id: str
    role: Role
    state: MemberState
    created_at: datetime
    subject: str | None = None
    name: str | None = None  # as whoever invited them calls them
    is_machine: bool = False
    joined_at: datetime | None = None
    invited_until: datetime | None = None  # how long who holds the token can accept
    handed_to: str | None = None  # the member who got the leads of this one, once removed
    version: int = 1

    @property
    def is_assignable(self) -> bool:
        """Whether leads can be assigned to them."""
        return self.state is MemberState.BOUND and self.role is not Role.ANALYST and not self.is_machine


@dataclass(frozen=True, slots=True)
class Identity:
    """A link from an account to one of its platform ids: pending until it is proved."""

    id: str
    account_id: str
    platform: str
    kind: IdentityKind
    value: str
    state: IdentityState
    created_at: datetime
    linked_at: datetime | None = None

    def linked(self, at: datetime) -> "Identity":
        return replace(self, state=IdentityState.LINKED, linked_at=at)


# How long the code of a pending link can be proved by an echo.
LINK_CODE_LIFETIME = timedelta(days=7)


EVERYBODY = "account"


@dataclass(frozen=True, slots=True)
class Notification:
    """An entry in the account's inbox: a code people and programs can read, and what it is about.

    Ids are ordered by time (chalicelib/ids.py).
    """

    id: str
    account_id: str
    code: str  # `application.approved`
    subject: str
    at: datetime
    reasons: tuple[str, ...] = ()
    audience: str = EVERYBODY  # who sees it: every bound member of the account, or the one of this id

    def is_for(self, member_id: str) -> bool:
        return self.audience in {EVERYBODY, member_id}
