"""The rows of applications, in their account's partition of `accounts`.

A verdict is one conditional write: only an application in review can get one, so whatever comes second changes nothing.
The token by which the waiting execution is told stands in a row of its own: it is nobody's business but the review's.
A reviewer knows no accounts: `REVIEW#application` leads them to the application's. One index holds what they look
through: what waits for a verdict by time, and what was approved by the rule set that approved it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.clock import parse_written, written
from chalicelib.review.application import (
    Application,
    Company,
    Document,
    Revocation,
    Ruling,
    State,
    StoredFinding,
)
from chalicelib.table import Keyed, Put, Row, TableName, Write

APPLICATION = "APPLICATION#"
TASK = "TASK#"
REVIEW = "REVIEW"
WAITING, APPROVED = "REVIEWER", "APPROVED"  # the queues of the index
EXAMINED = 500  # entries of the queue that one page of a filtered list looks at


class ByReview(GlobalSecondaryIndex[Any]):
    """Sparse: applications in review, in the order they were submitted, and approved ones, by their rule set."""

    class Meta:
        index_name = "by_review"
        projection = KeysOnlyProjection()

    review_queue = UnicodeAttribute(hash_key=True)
    review_order = UnicodeAttribute(range_key=True)


class ApplicationKeys(Keyed):
    """An application as its index tells of it."""

    class Meta:
        table_name = TableName("accounts_table")

    review_queue = UnicodeAttribute(null=True)
    review_order = UnicodeAttribute(null=True)
    by_review = ByReview()


class ReviewTable(Row):
    class Meta:
        table_name = TableName("accounts_table")


class ApplicationRow(ReviewTable, discriminator="application"):
    market = UnicodeAttribute()
    company = JSONAttribute()
    document = JSONAttribute()
    submitted_at = UnicodeAttribute()
    submitted_by = UnicodeAttribute()
    capture_from = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    findings = JSONAttribute()
    rule_set = UnicodeAttribute(null=True)
    decided_at = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    ruling = JSONAttribute(null=True)
    revocation = JSONAttribute(null=True)
    version = NumberAttribute()
    needs_reviewer = BooleanAttribute(null=True)
    is_overdue = BooleanAttribute(null=True)
    # The keys of the index `by_review`, which only applications in review and approved ones have.
    review_queue = UnicodeAttribute(null=True)
    review_order = UnicodeAttribute(null=True)


class ReviewRow(ReviewTable, discriminator="review"):
    """Whose application this is."""

    account_id = UnicodeAttribute()


class TaskRow(ReviewTable, discriminator="task"):
    """The task token of the execution that waits for this application's verdict."""

    token = UnicodeAttribute()


def find(account_id: str, application_id: str) -> Application | None:
    try:
        row = ApplicationRow.get(_partition(account_id), APPLICATION + application_id, consistent_read=True)
    except DoesNotExist:
        return None
    return _application(row)


def list_of_account(account_id: str, limit: int, before: str | None = None) -> list[Application]:
    """Newest first, as of now; `before` is the id of the last one seen."""
    end = APPLICATION + (before or "~")
    rows = ApplicationRow.query(
        _partition(account_id),
        ApplicationRow.sk.between(APPLICATION, end),
        scan_index_forward=False,
        limit=limit + (1 if before else 0),
        consistent_read=True,
    )
    return [_application(row) for row in rows if row.sk != end]


def find_account_of(application_id: str) -> str | None:
    """The account whose application this is."""
    try:
        return str(ReviewRow.get(_review(application_id), REVIEW, consistent_read=True).account_id)
    except DoesNotExist:
        return None


def list_in_review(
    limit: int, after: str | None, *, needs_reviewer: bool | None = None
) -> tuple[list[Application], str | None]:
    """A page of the queue, oldest first, each as of now, and where the next one starts.

    What was submitted in the last second may be missing: the queue is an index.
    """
    most = limit if needs_reviewer is None else EXAMINED
    behind: Any = ApplicationKeys.review_order > after if after else None
    keys = list(ApplicationKeys.by_review.query(WAITING, behind, limit=most + 1))
    found: list[Application] = []
    for place, (order, application) in enumerate(_standing(keys[:most], State.IN_REVIEW), start=1):
        if application is not None and needs_reviewer in {None, application.needs_reviewer}:
            found.append(application)
        if len(found) == limit or place == most:
            return found, order if len(keys) > place else None
    return found, None


def list_submitted_before(at: datetime, limit: int) -> list[Application]:
    """The oldest applications in review, as of now, of those submitted before this time."""
    keys = ApplicationKeys.by_review.query(WAITING, ApplicationKeys.review_order < written(at), limit=limit)
    return [application for _, application in _standing(list(keys), State.IN_REVIEW) if application is not None]


def list_approved_under_others(rule_set: str, limit: int, after: str | None) -> tuple[list[Application], str | None]:
    """A page of what was approved under other rule sets than this one, and where the next one starts.

    Some may not be what their account's approval rests on any more: a later approval leaves them as they are.
    """
    keys: list[ApplicationKeys] = []
    for low, high in (("", f"{rule_set}#"), (f"{rule_set}$", "~")):  # "#" is followed by "$"
        start = max(low, after + "\x00" if after else low) or " "
        if start < high and len(keys) <= limit:
            between = ApplicationKeys.review_order.between(start, high)
            keys += ApplicationKeys.by_review.query(APPROVED, between, limit=limit + 1 - len(keys))
    page = list(_standing(keys[:limit], State.APPROVED))
    found = [application for _, application in page if application is not None]
    return found, page[-1][0] if len(keys) > limit else None


def _standing(keys: Sequence[ApplicationKeys], state: State) -> Iterator[tuple[str, Application | None]]:
    """The order and the application of each entry of a queue; None for one that has left it. 100 at a time."""
    for start in range(0, len(keys), 100):
        asked = keys[start : start + 100]
        rows = ApplicationRow.batch_get([(one.pk, one.sk) for one in asked], consistent_read=True)
        standing = {row.sk: _application(row) for row in rows if row.state == state.value}
        yield from ((one.review_order, standing.get(one.sk)) for one in asked)


def add(application: Application) -> list[Write]:
    """The writes of a new application, and of the way a reviewer finds it."""
    review = ReviewRow(_review(application.id), REVIEW, account_id=application.account_id)
    return [Put(_row(application), ApplicationRow.pk.does_not_exist()), Put(review, ReviewRow.pk.does_not_exist())]


def save(application: Application) -> Put:
    """The write of an application that is what it was when it was read, one version before.

    Only an approval can be revoked; all else happens to an application in review.
    """
    was = State.APPROVED if application.state is State.REVOKED else State.IN_REVIEW
    unchanged = (ApplicationRow.state == was.value) & (ApplicationRow.version == application.version - 1)
    return Put(_row(application), unchanged)


def keep_task_token(account_id: str, application_id: str, token: str, expires_at: int) -> Put:
    """The write of the token of the task that waits now; a later task's takes its place."""
    return Put(TaskRow(_partition(account_id), TASK + application_id, token=token, expires_at=expires_at))


def find_task_token(account_id: str, application_id: str) -> str | None:
    """The token of the task that waited last; it may have ended."""
    try:
        return str(TaskRow.get(_partition(account_id), TASK + application_id, consistent_read=True).token)
    except DoesNotExist:
        return None


def _partition(account_id: str) -> str:
    return f"ACCOUNT#{account_id}"


def _review(application_id: str) -> str:
    return f"REVIEW#{application_id}"


def _queue(application: Application) -> tuple[str | None, str | None]:
    """The queue it stands in, and its place there."""
    if application.state is State.IN_REVIEW:
        return WAITING, f"{written(application.submitted_at)}#{application.id}"
    if application.state is State.APPROVED and application.decided_at:
        return APPROVED, f"{application.rule_set}#{written(application.decided_at)}#{application.id}"
    return None, None


def _row(application: Application) -> ApplicationRow:
    queue, order = _queue(application)
    return ApplicationRow(
        _partition(application.account_id),
        APPLICATION + application.id,
        market=application.market,
        company=msgspec.to_builtins(application.company),
        document=msgspec.to_builtins(application.document),
        submitted_at=written(application.submitted_at),
        submitted_by=application.submitted_by,
        capture_from=written(application.capture_from) if application.capture_from else None,
        state=application.state.value,
        needs_reviewer=application.needs_reviewer or None,
        is_overdue=application.is_overdue or None,
        reason=application.reason,
        findings=msgspec.to_builtins(application.findings),
        rule_set=application.rule_set,
        decided_at=written(application.decided_at) if application.decided_at else None,
        decided_by=application.decided_by,
        ruling=msgspec.to_builtins(application.ruling),
        revocation=msgspec.to_builtins(application.revocation),
        version=application.version,
        review_queue=queue,
        review_order=order,
    )


def _application(row: ApplicationRow) -> Application:
    return Application(
        id=row.sk.removeprefix(APPLICATION),
        account_id=row.pk.removeprefix("ACCOUNT#"),
        market=row.market,
        company=msgspec.convert(row.company, Company),
        document=msgspec.convert(row.document, Document),
        submitted_at=parse_written(row.submitted_at),
        submitted_by=row.submitted_by,
        capture_from=parse_written(row.capture_from) if row.capture_from else None,
        state=State(row.state),
        needs_reviewer=bool(row.needs_reviewer),
        is_overdue=bool(row.is_overdue),
        reason=row.reason,
        findings=msgspec.convert(row.findings, tuple[StoredFinding, ...]),
        rule_set=row.rule_set,
        decided_at=parse_written(row.decided_at) if row.decided_at else None,
        decided_by=row.decided_by,
        ruling=msgspec.convert(row.ruling, Ruling) if row.ruling else None,
        revocation=msgspec.convert(row.revocation, Revocation) if row.revocation else None,
        version=int(row.version),
    )
