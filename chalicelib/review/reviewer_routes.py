"""HTTP: what reviewers see and decide. They see what is or was under review, and nothing else of an account."""

from typing import Annotated, Literal

from chalice.app import Blueprint
from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.accounts.account import Account
from chalicelib.auth import REVIEWERS
from chalicelib.clock import written
from chalicelib.faults import Fault, InvalidError
from chalicelib.http import Answer, Call, NotFoundError, Page, endpoint, etag
from chalicelib.review.application import Application, Company, Ruling, State
from chalicelib.review.reasons import REASONS
from chalicelib.review.views import (
    VERDICTS,
    ComparisonView,
    DifferenceView,
    DocumentView,
    FindingView,
    comparison_view,
    decider,
    difference_views,
    document_view,
    finding_views,
)
from chalicelib.shapes import Time, time_or_none

blueprint = Blueprint(__name__)

Reason = Annotated[str, Meta(pattern=r"^[a-z_]{1,60}\Z", description="A stable code, such as `rights_missing`.")]


class ReviewsQuery(Page, frozen=True, forbid_unknown_fields=True):
    needs_reviewer: bool | None = None


class ReviewEntry(Struct, frozen=True):
    id: str
    account_id: str
    legal_name: str
    market: str
    submitted_at: Time
    needs_reviewer: bool
    is_overdue: bool


class Reviews(Struct, frozen=True):
    reviews: list[ReviewEntry]
    cursor: str | UnsetType = UNSET


class ReviewView(Struct, frozen=True):
    """An application as its reviewers see it. Whose own account it is may not decide, and reads no note."""

    id: str
    account_id: str
    market: str
    state: State
    needs_reviewer: bool
    is_overdue: bool
    is_own_account: bool
    company: Company
    document: DocumentView
    capture_from: Time | None
    submitted_at: Time
    decided_at: Time | None
    decided_by: Literal["system", "reviewer"] | None
    revoked_at: Time | None
    rule_set: str | None
    reason: str | None
    reasons: tuple[str, ...]
    note: str | None
    findings: tuple[FindingView, ...]
    compared_to: ComparisonView | None


class Reading(Struct, frozen=True):
    """A document's text as the checks read it, and what the present rules find there.

    A finding's `place` counts characters (Unicode code points) of `text`. `differences` are those to the findings that
    stand in the application; `text` is null where the document can't be read, `reason` then tells why.
    """

    text: str | None
    verdict: Literal["approved", "rejected", "needs_reviewer"]
    reason: str | None
    rule_set: str
    findings: tuple[FindingView, ...]
    differences: tuple[DifferenceView, ...]


class ApprovalEntry(Struct, frozen=True):
    """An approval that capture rests on, given under another rule set than the present one."""

    application_id: str
    account_id: str
    legal_name: str
    market: str
    rule_set: str | None
    decided_at: Time | None


class Approvals(Struct, frozen=True):
    """`rule_set` is the present one."""

    rule_set: str
    approvals: list[ApprovalEntry]
    cursor: str | UnsetType = UNSET


class DocumentLink(Struct, frozen=True):
    """GET `url` for the very document under review."""

    url: str
    expires_in_seconds: int
    filename: str
    sha256: str
    size: int


class DecisionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    verdict: Literal["approved", "rejected"]
    reasons: Annotated[list[Reason], Meta(max_length=30)] = []
    note: Annotated[str, Meta(max_length=2_000)] | None = None  # for the reviewers' file; it is not sent out
    allow_capture_from: bool = True


class RevocationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    reasons: Annotated[list[Reason], Meta(min_length=1, max_length=30)]


@endpoint(blueprint, "GET", "/v1/reviews", group=REVIEWERS, query=ReviewsQuery, answer=Reviews)
def list_reviews(call: Call) -> Answer:
    """The applications in review, oldest first."""
    from chalicelib.review import store  # noqa: PLC0415 - stores are heavy

    asked: ReviewsQuery = call.query
    found, position = store.list_in_review(asked.limit, call.position(), needs_reviewer=asked.needs_reviewer)
    return Answer(Reviews([_entry(one) for one in found], call.cursor(position) or UNSET))


@endpoint(blueprint, "GET", "/v1/reviews/{application_id}", group=REVIEWERS, answer=ReviewView)
def get_review(call: Call) -> Answer:
    """One application, and whether the caller may decide it."""
    return _answer(call, _application_of(call))


@endpoint(blueprint, "GET", "/v1/reviews/{application_id}/document", group=REVIEWERS, answer=DocumentLink)
def get_document(call: Call) -> Answer:
    """Where the document under review can be fetched for five minutes."""
    from chalicelib.review.uploads import LINK_SECONDS, make_link  # noqa: PLC0415 - boto3

    document = _application_of(call).document
    link = make_link(document)
    return Answer(DocumentLink(link, LINK_SECONDS, document.filename, document.sha256, document.size))


@endpoint(
    blueprint,
    "GET",
    "/v1/reviews/{application_id}/text",
    group=REVIEWERS,
    answer=Reading,
    refusals=("NothingUploadedError",),
)
def get_text(call: Call) -> Answer:
    """The text of the document under review beside what the present rules find in it; nothing is changed."""
    from chalicelib.review.comparing import differences, reviewed_now  # noqa: PLC0415 - stores are heavy

    application = _application_of(call)
    text, review = reviewed_now(application)
    found = difference_views(differences(application.findings, review.findings))
    verdict = VERDICTS[review.verdict]
    return Answer(Reading(text, verdict, review.reason, review.rule_set, finding_views(review.findings), found))


@endpoint(blueprint, "GET", "/v1/approvals", group=REVIEWERS, query=Page, answer=Approvals)
def list_approvals(call: Call) -> Answer:
    """The accounts to look at after a change of the rules: approved under other ones. Nothing was taken back."""
    from chalicelib.accounts import store as accounts  # noqa: PLC0415 - stores are heavy
    from chalicelib.review import store  # noqa: PLC0415
    from chalicelib.review.policy import rule_set  # noqa: PLC0415 - the rules

    found, position = store.list_approved_under_others(rule_set(), call.query.limit, call.position())
    holders = {one.account_id: accounts.get(one.account_id) for one in found}
    entries = [_approval(one) for one in found if _is_in_force(one, holders[one.account_id])]
    return Answer(Approvals(rule_set(), entries, call.cursor(position) or UNSET))


@endpoint(
    blueprint,
    "POST",
    "/v1/reviews/{application_id}/decision",
    group=REVIEWERS,
    body=DecisionRequest,
    answer=ReviewView,
    refusals=("OwnAccountError", "AlreadyDecidedError"),
)
def decide_review(call: Call) -> Answer:
    """Approve or reject an application, also before its checks have run."""
    from chalicelib.review.decisions import decide  # noqa: PLC0415 - stores are heavy

    asked: DecisionRequest = call.body
    if asked.verdict == "rejected" and not asked.reasons:
        raise InvalidError([Fault("/reasons", "must name at least one reason where the verdict is `rejected`")])
    unknown = [n for n, one in enumerate(asked.reasons) if asked.verdict == "rejected" and one not in REASONS]
    if unknown:
        told = "must be the code of a finding, such as `rights_missing`, or of the document, such as `scanned_document`"
        raise InvalidError([Fault(f"/reasons/{place}", told) for place in unknown])
    ruling = Ruling(tuple(dict.fromkeys(asked.reasons)), asked.note, asked.allow_capture_from)
    reviewer = call.caller.subject
    account_id = _account_id(call)
    decided = decide(account_id, call.path["application_id"], State(asked.verdict), ruling, by=reviewer, now=call.now)
    return _answer(call, decided)


@endpoint(
    blueprint,
    "POST",
    "/v1/reviews/{application_id}/revocation",
    group=REVIEWERS,
    body=RevocationRequest,
    answer=ReviewView,
    refusals=("OwnAccountError", "NotInForceError"),
)
def revoke_approval(call: Call) -> Answer:
    """Take back the approval an account's capture rests on; its capture ends now."""
    from chalicelib.review.decisions import revoke  # noqa: PLC0415 - stores are heavy

    reasons = tuple(dict.fromkeys(call.body.reasons))
    account_id = _account_id(call)
    return _answer(call, revoke(account_id, call.path["application_id"], reasons, by=call.caller.subject, now=call.now))


def _account_id(call: Call) -> str:
    from chalicelib.review import store  # noqa: PLC0415

    account_id = store.find_account_of(call.path["application_id"])
    if account_id is None:
        raise NotFoundError
    return account_id


def _application_of(call: Call) -> Application:
    from chalicelib.review import store  # noqa: PLC0415

    application = store.find(_account_id(call), call.path["application_id"])
    if application is None:
        raise NotFoundError
    return application


def _entry(application: Application) -> ReviewEntry:
    return ReviewEntry(
        id=application.id,
        account_id=application.account_id,
        legal_name=application.company.legal_name,
        market=application.market,
        submitted_at=written(application.submitted_at),
        needs_reviewer=application.needs_reviewer,
        is_overdue=application.is_overdue,
    )


def _is_in_force(application: Application, account: Account | None) -> bool:
    return account is not None and account.capture.approved_application == application.id


def _approval(application: Application) -> ApprovalEntry:
    return ApprovalEntry(
        application_id=application.id,
        account_id=application.account_id,
        legal_name=application.company.legal_name,
        market=application.market,
        rule_set=application.rule_set,
        decided_at=time_or_none(application.decided_at),
    )


def _answer(call: Call, application: Application) -> Answer:
    from chalicelib.review.decisions import is_own_account  # noqa: PLC0415

    is_own = is_own_account(application.account_id, call.caller.subject)
    view = ReviewView(
        id=application.id,
        account_id=application.account_id,
        market=application.market,
        state=application.state,
        needs_reviewer=application.needs_reviewer,
        is_overdue=application.is_overdue,
        is_own_account=is_own,
        company=application.company,
        document=document_view(application.document),
        capture_from=time_or_none(application.capture_from),
        submitted_at=written(application.submitted_at),
        decided_at=time_or_none(application.decided_at),
        decided_by=decider(application),
        revoked_at=time_or_none(application.revocation.at) if application.revocation else None,
        rule_set=application.rule_set,
        reason=application.reason,
        reasons=application.reasons,
        note=application.ruling.note if application.ruling and not is_own else None,
        findings=finding_views(application.findings),
        compared_to=comparison_view(application),
    )
    return Answer(view, headers={"ETag": etag(application.version)})
