"""The rows of applications, in their account's partition of `accounts`.

A verdict is one conditional write: only an application in review can get one, so whatever comes second changes nothing.
The token by which the waiting execution is told stands in a row of its own: it is nobody's business but the review's.
"""

import msgspec
from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.clock import parse_written, written
from chalicelib.review.application import Application, Company, Document, State, StoredFinding
from chalicelib.table import Put, Row, TableName

APPLICATION = "APPLICATION#"
TASK = "TASK#"
WAITING = "REVIEWER"


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
    version = NumberAttribute()
    needs_reviewer = BooleanAttribute(null=True)
    # The keys of the index `by_review`, which only applications in review have.
    review_queue = UnicodeAttribute(null=True)
    review_order = UnicodeAttribute(null=True)


class TaskRow(ReviewTable, discriminator="task"):
    """The task token of the execution that waits for this application's verdict."""

    token = UnicodeAttribute()


def find(account_id: str, application_id: str) -> Application | None:
    try:
        row = ApplicationRow.get(_partition(account_id), APPLICATION + application_id, consistent_read=True)
    except DoesNotExist:
        return None
    return _application(row)


def add(application: Application) -> Put:
    return Put(_row(application), ApplicationRow.pk.does_not_exist())


def save(application: Application) -> Put:
    """The write of an application that was in review when it was read, one version before."""
    in_review = ApplicationRow.state == State.IN_REVIEW.value
    return Put(_row(application), in_review & (ApplicationRow.version == application.version - 1))


def keep_task_token(account_id: str, application_id: str, token: str, expires_at: int) -> Put:
    """The write of the token of the task that waits now; a later task's takes its place."""
    return Put(TaskRow(_partition(account_id), TASK + application_id, token=token, expires_at=expires_at))


def _partition(account_id: str) -> str:
    return f"ACCOUNT#{account_id}"


def _row(application: Application) -> ApplicationRow:
    waits = application.state is State.IN_REVIEW
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
        reason=application.reason,
        findings=msgspec.to_builtins(application.findings),
        rule_set=application.rule_set,
        decided_at=written(application.decided_at) if application.decided_at else None,
        decided_by=application.decided_by,
        version=application.version,
        review_queue=WAITING if waits else None,
        review_order=f"{written(application.submitted_at)}#{application.id}" if waits else None,
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
        reason=row.reason,
        findings=msgspec.convert(row.findings, tuple[StoredFinding, ...]),
        rule_set=row.rule_set,
        decided_at=parse_written(row.decided_at) if row.decided_at else None,
        decided_by=row.decided_by,
        version=int(row.version),
    )
