"""Every refusal as RFC 9457 problem details: one table of errors, statuses and codes, and what to do about each."""

from typing import Any

from chalicelib.faults import InvalidError
from chalicelib.observability import count, logger

MEDIA_TYPE = "application/problem+json"
NOT_FOUND = "There is no such resource, or you have no access to it."

# By the error's name (so that no feature is imported to look it up): status, code, what to do about it. An empty
# sentence leaves the error to speak for itself.
PROBLEMS: dict[str, tuple[int, str, str]] = {
    "UnauthorizedError": (401, "unauthorized", ""),
    "ForbiddenError": (403, "forbidden", "Your role in this account does not allow this."),
    "NotFoundError": (404, "not_found", NOT_FOUND),
    "StaleError": (412, "stale", "The resource has changed since you read it. Read it again, then repeat your change."),
    "ChangedError": (409, "changed_meanwhile", "Someone changed this at the same moment. Read it again and repeat."),
    "NoVersionError": (428, "version_required", "Send If-Match with the ETag of the state you read."),
    "CursorError": (400, "invalid_cursor", "Start again without a cursor: this one is not of this list, or too old."),
    "KeyReusedError": (422, "idempotency_key_reused", "This Idempotency-Key came with another body. Take a new one."),
    "StillRunningError": (409, "still_running", "The first request of this Idempotency-Key still runs. Wait for it."),
    "EventUnknownError": (422, "event_unknown", "`after` is no event of ours. Leave it out to begin with the oldest."),
    "EventExpiredError": (410, "event_expired", "Events are kept for 30 days. Read the resources anew, then go on."),
    "IssuerUnreachableError": (503, "issuer_unreachable", "The token issuer does not answer. Try again in a moment."),
    "BusyError": (503, "busy", "This resource is being changed by many at once. Try again in a moment."),
    "IdentityTakenError": (409, "identity_taken", "This identity is linked to an account already."),
    "TooManyIdentitiesError": (409, "too_many_identities", "This account has as many identities as one may have."),
    "IdentityNotFoundError": (404, "not_found", NOT_FOUND),
    "AlreadyMemberError": (409, "already_member", "This caller is a member of the account already."),
    "TooManyMembersError": (409, "too_many_members", "This account has as many members as one may have."),
    "LastAdminError": (409, "last_admin", "An account keeps at least one admin. Make somebody else one first."),
    "MemberNotFoundError": (404, "not_found", NOT_FOUND),
    "MemberRemovedError": (409, "member_removed", "This member was removed. Invite them again."),
    "InvitationInvalidError": (404, "invitation_invalid", "This invitation is unknown, used, withdrawn or expired."),
    "LeadNotFoundError": (404, "not_found", NOT_FOUND),
    "ContactNotFoundError": (404, "not_found", NOT_FOUND),
    "TooManyContactsError": (409, "too_many_contacts", "This card has as many contacts as one may have. Remove some."),
    "NoteNotFoundError": (404, "not_found", NOT_FOUND),
    "NotAuthorError": (403, "not_author", "Only who wrote this note, or an admin, may change or remove it."),
    "ConversationNotFoundError": (404, "not_found", NOT_FOUND),
    "CustomerUnknownError": (409, "customer_unknown", "The customer is known once they write, or an echo names them."),
    "AssigneeUnknownError": (409, "assignee_unknown", "Assign the lead to a member of this account."),
    "AssigneePendingError": (409, "assignee_pending", "This member has not accepted the invitation yet."),
    "AssigneeRemovedError": (409, "assignee_removed", "This member was removed. Assign the lead to another one."),
    "AssigneeNotAllowedError": (409, "assignee_not_allowed", "Analysts work on no leads. Take an admin or operator."),
    "AssigneeIsMachineError": (409, "assignee_is_machine", "Programs work on no leads. Take an admin or operator."),
    "ApplicationInReviewError": (409, "application_in_review", "An application is in review. Wait for its verdict."),
    "ApplicationNotFoundError": (404, "not_found", NOT_FOUND),
    "AlreadyDecidedError": (409, "already_decided", "This application is not in review any more. Read how it ended."),
    "NotInForceError": (409, "not_in_force", "This is not the approval that is in force, so it can't be revoked."),
    "OwnAccountError": (403, "own_account", "You are a member of this account: another reviewer has to decide."),
    "NothingUploadedError": (409, "nothing_uploaded", "Upload the policy with the form you were given, then submit."),
    "NotQueuedError": (503, "not_queued", "Not all of it was queued. Send it again: nothing is stored twice."),
    "NotCapturingError": (409, "not_capturing", "Nothing is read again while capture is off or not approved."),
    "UploadTooLargeError": (413, "upload_too_large", "A policy is at most 5 MB."),
}
INVALID_CODES = {400: "not_json", 413: "too_large", 415: "unsupported_media_type", 422: "invalid"}


Problem = tuple[dict[str, Any], int, dict[str, str]]


def problem_of(error: Exception) -> Problem:
    """Body, status and headers of a refusal; whatever is none is a fault of ours, told without its words."""
    if isinstance(error, InvalidError):
        details = {"errors": [fault.as_json() for fault in error.faults]}
        code = INVALID_CODES[error.status]
        return _problem(error.status, code, "The request has faults; `errors` names each.", details)
    known = PROBLEMS.get(type(error).__name__)
    if known is None:
        logger.error("A request failed", extra={"error": type(error).__name__, "at": _where(error)})
        count("requests_failed")
        return _problem(500, "internal", "Something went wrong on our side. Try again; it was noted.", {})
    status, code, detail = known
    return _problem(status, code, detail or str(error), {})


def _problem(status: int, code: str, detail: str, more: dict[str, Any]) -> Problem:
    headers = {"Content-Type": MEDIA_TYPE}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers["Retry-After"] = "2"
    body = {"type": "about:blank", "title": code.replace("_", " "), "status": status, "code": code, "detail": detail}
    return body | more, status, headers


def _where(error: Exception) -> str:
    """The last line of ours the error came through: enough to find it, and no value."""
    frame, place = error.__traceback__, "unknown"
    while frame is not None:
        name = frame.tb_frame.f_globals.get("__name__", "")
        if name.startswith("chalicelib"):
            place = f"{name}:{frame.tb_lineno}"
        frame = frame.tb_next
    return place
