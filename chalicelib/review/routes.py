"""HTTP: applying for capture with a policy, and what became of it."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from chalice.app import Blueprint
from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.accounts.routes import account_of
from chalicelib.clock import cut_to_milliseconds, written
from chalicelib.faults import Fault, InvalidError
from chalicelib.http import Answer, Call, NotFoundError, Page, endpoint, etag
from chalicelib.kinds import CountryCode, EmailAddress, PhoneNumber, WebAddress
from chalicelib.review.application import Application, Company, State
from chalicelib.review.views import (
    VERDICTS,
    ComparisonView,
    DocumentView,
    FindingView,
    comparison_view,
    decider,
    document_view,
    finding_views,
    masked_company,
)
from chalicelib.shapes import Time, time_or_none

blueprint = Blueprint(__name__)

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # whoever asks for more has mistyped: no platform's messages are older

# One line with something on it.
Line = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*\Z")
]
UploadId = Annotated[str, Meta(pattern=r"^upl_[0-9a-f]{32}\Z")]


class PolicyUpload(Struct, frozen=True, forbid_unknown_fields=True):
    # It travels in a header of the upload, which holds ASCII; the name under which people know the file is theirs.
    filename: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*\Z")]


class UploadForm(Struct, frozen=True):
    """POST `fields`, then the file, to `url`."""

    upload_id: str
    url: str
    fields: dict[str, str]
    expires_in_seconds: int
    max_bytes: int


class CompanyInformation(Struct, frozen=True, forbid_unknown_fields=True):
    legal_name: Line
    country: CountryCode
    address: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]
    contact_person: Line
    contact_email: EmailAddress
    contact_phone: PhoneNumber
    website: WebAddress | None = None
    registration_number: Line | None = None


class ApplicationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    upload_id: UploadId
    company: CompanyInformation
    capture_from: Annotated[datetime, Meta(tz=True)] | None = None


class PolicyCheckRequest(Struct, frozen=True, forbid_unknown_fields=True):
    upload_id: UploadId
    legal_name: Line


class PolicyCheck(Struct, frozen=True):
    """What a review would find. `needs_reviewer`: the checks can't decide it, a person will.

    `reason` is null when approved, else one of the codes of docs/review-reasons.md, such as `missing_statements`.
    """

    verdict: Literal["approved", "rejected", "needs_reviewer"]
    reason: str | None
    rule_set: str
    document: DocumentView
    findings: tuple[FindingView, ...]


class ApplicationEntry(Struct, frozen=True):
    id: str
    state: State
    needs_reviewer: bool
    reasons: tuple[str, ...]
    company: Company
    document: DocumentView
    capture_from: Time | None
    submitted_at: Time
    decided_at: Time | None  # or withdrawn
    decided_by: Literal["system", "reviewer"] | None
    revoked_at: Time | None
    rule_set: str | None


class ApplicationView(ApplicationEntry, frozen=True):
    findings: tuple[FindingView, ...]
    compared_to: ComparisonView | None


class Applications(Struct, frozen=True):
    applications: list[ApplicationEntry]
    cursor: str | UnsetType = UNSET


def _upload_form(call: Call) -> Answer:
    from chalicelib.review import uploads  # noqa: PLC0415 - boto3

    form = uploads.make_upload_form(call.account_id, call.resource_id, call.body.filename)
    limits = {"expires_in_seconds": uploads.FORM_SECONDS, "max_bytes": uploads.LARGEST_POLICY}
    return Answer(UploadForm(call.resource_id, form["url"], form["fields"], **limits), 201)


@endpoint(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/capture/policy-uploads",
    action="capture.apply",
    body=PolicyUpload,
    answer=UploadForm,
    statuses=(201,),
    makes="upl",
    replay=_upload_form,
)
def create_policy_upload(call: Call) -> Answer:
    """A form with which a policy is uploaded, valid for ten minutes."""
    return _upload_form(call)


@endpoint(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/capture/policy-checks",
    action="capture.apply",
    body=PolicyCheckRequest,
    answer=PolicyCheck,
    refusals=("NothingUploadedError", "UploadTooLargeError"),
)
def check_policy(call: Call) -> Answer:
    """What a review would find in an uploaded policy; nothing is submitted or kept."""
    from chalicelib.review import submission  # noqa: PLC0415 - stores are heavy

    document, review = submission.check_policy(account_of(call), call.body.upload_id, call.body.legal_name)
    verdict, findings = VERDICTS[review.verdict], finding_views(review.findings)
    return Answer(PolicyCheck(verdict, review.reason, review.rule_set, document_view(document), findings))


def _replayed_application(call: Call) -> Answer:
    return _answer(call, _application_of(call, call.resource_id), is_made=True)


@endpoint(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/capture/applications",
    action="capture.apply",
    body=ApplicationRequest,
    answer=ApplicationView,
    statuses=(201,),
    refusals=("ApplicationInReviewError", "NothingUploadedError", "UploadTooLargeError"),
    makes="app",
    replay=_replayed_application,
)
def submit_application(call: Call) -> Answer:
    """Apply for auto-lead capture with an uploaded policy; its review begins."""
    from chalicelib.review.submission import submit  # noqa: PLC0415 - stores are heavy

    asked: ApplicationRequest = call.body
    application = submit(
        account_of(call),
        call.resource_id,
        asked.upload_id,
        _company(asked.company),
        capture_from=_past(asked.capture_from, call.now),
        by=call.actor,
        now=call.now,
    )
    return _answer(call, application, is_made=True)


@endpoint(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/capture/applications",
    action="capture.read",
    query=Page,
    answer=Applications,
)
def list_applications(call: Call) -> Answer:
    """The account's applications, newest first."""
    from chalicelib.review import store  # noqa: PLC0415

    limit = call.query.limit
    found = store.list_of_account(call.account_id, limit + 1, call.position())
    more = call.cursor(found[limit - 1].id) if len(found) > limit else None
    entries = [ApplicationEntry(**_entry(one, is_masked=call.is_masked)) for one in found[:limit]]
    return Answer(Applications(entries, more or UNSET))


@endpoint(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/capture/applications/{application_id}",
    action="capture.read",
    answer=ApplicationView,
)
def get_application(call: Call) -> Answer:
    """One application with what its review has found."""
    return _answer(call, _application_of(call, call.path["application_id"]))


@endpoint(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/capture/applications/{application_id}/withdrawal",
    action="capture.apply",
    answer=ApplicationView,
    refusals=("AlreadyDecidedError",),
)
def withdraw_application(call: Call) -> Answer:
    """Take an application in review back; the account may submit another one at once."""
    from chalicelib.review.decisions import withdraw  # noqa: PLC0415

    return _answer(call, withdraw(call.account_id, call.path["application_id"], by=call.actor, now=call.now))


def _application_of(call: Call, application_id: str) -> Application:
    from chalicelib.review import store  # noqa: PLC0415

    application = store.find(call.account_id, application_id)
    if application is None:
        raise NotFoundError
    return application


def _past(asked: datetime | None, now: datetime) -> datetime | None:
    if asked is None:
        return None
    if not EARLIEST <= asked <= now:
        raise InvalidError([Fault("/capture_from", "must be a time between the year 2000 and now")])
    return cut_to_milliseconds(asked)


def _company(asked: CompanyInformation) -> Company:
    values = msgspec.structs.asdict(asked)
    return msgspec.convert({name: None if value is None else str(value) for name, value in values.items()}, Company)


def _answer(call: Call, application: Application, *, is_made: bool = False) -> Answer:
    findings = finding_views(application.findings, is_masked=call.is_masked)
    entry = _entry(application, is_masked=call.is_masked)
    view = ApplicationView(**entry, findings=findings, compared_to=comparison_view(application))
    headers = {"ETag": etag(application.version)}
    if is_made:
        headers["Location"] = f"/v1/accounts/{application.account_id}/capture/applications/{application.id}"
    return Answer(view, 201 if is_made else 200, headers)


def _entry(application: Application, *, is_masked: bool) -> dict[str, Any]:
    return {
        "id": application.id,
        "state": application.state,
        "needs_reviewer": application.needs_reviewer,
        "reasons": application.reasons,
        "company": masked_company(application.company) if is_masked else application.company,
        "document": document_view(application.document),
        "capture_from": time_or_none(application.capture_from),
        "submitted_at": written(application.submitted_at),
        "decided_at": time_or_none(application.decided_at),
        "decided_by": decider(application),
        "revoked_at": time_or_none(application.revocation.at) if application.revocation else None,
        "rule_set": application.rule_set,
    }
