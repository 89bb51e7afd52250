"""What all routes share: who calls and may, strict bodies, problem details, entity tags, cursors.

A route is a function of one `Call` that answers an `Answer`. `endpoint` does the rest, in this order: the caller, the
account and the role, the body; and turns every refusal into RFC 9457 problem details.
"""

import functools
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from chalice.app import Blueprint, Response

from chalicelib import auth
from chalicelib.accounts.account import Member, MemberState
from chalicelib.clock import utc_now
from chalicelib.cursor import CursorError, open_cursor
from chalicelib.faults import Fault, InvalidError, parse_body
from chalicelib.observability import count, logger

ID = re.compile(r"[a-z]{3}_[a-z0-9]{32}\Z")
LARGEST_BODY = 1_000_000  # bytes: a batch of 100 messages of 6,000 characters and their shape
DEFAULT_LIMIT = 25
LARGEST_LIMIT = 100
PROBLEM = "application/problem+json"


class NotFoundError(Exception):
    """Missing, or not the caller's to know of: the two are answered alike."""


class StaleError(Exception):
    """The resource has changed since the caller read it."""


class NoVersionError(Exception):
    """The request changes a resource without saying which state of it the caller knows."""


# Every refusal by its error's name (so that no feature is imported to look it up): status, code, what to do about it.
PROBLEMS: dict[str, tuple[int, str, str]] = {
    "UnauthorizedError": (401, "unauthorized", ""),
    "ForbiddenError": (403, "forbidden", "Your role in this account does not allow this."),
    "NotFoundError": (404, "not_found", "There is no such resource, or you have no access to it."),
    "StaleError": (412, "stale", "The resource has changed since you read it. Read it again, then repeat your change."),
    "ChangedError": (409, "changed_meanwhile", "Someone changed this at the same moment. Read it again and repeat."),
    "NoVersionError": (428, "version_required", "Send If-Match with the ETag of the state you read."),
    "CursorError": (400, "invalid_cursor", "Start again without a cursor: this one is not of this list, or too old."),
    "IssuerUnreachableError": (503, "issuer_unreachable", "The token issuer does not answer. Try again in a moment."),
    "BusyError": (503, "busy", "This resource is being changed by many at once. Try again in a moment."),
    "IdentityTakenError": (409, "identity_taken", "This identity is linked to an account already."),
    "TooManyIdentitiesError": (409, "too_many_identities", "This account has as many identities as one may have."),
    "IdentityNotFoundError": (404, "not_found", "There is no such resource, or you have no access to it."),
    "ApplicationInReviewError": (409, "application_in_review", "An application is in review. Wait for its verdict."),
    "NothingUploadedError": (409, "nothing_uploaded", "Upload the policy with the form you were given, then submit."),
    "UploadTooLargeError": (413, "upload_too_large", "A policy is at most 5 MB."),
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose caller is known and may make it."""

    caller: auth.Caller
    member: Member | None  # of the account in the path, if there is one
    path: dict[str, str]
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    now: datetime

    @property
    def account_id(self) -> str:
        return self.path["account_id"]

    def limit(self) -> int:
        """`limit`, 1-100. Raises InvalidError."""
        text = self.query.get("limit", str(DEFAULT_LIMIT))
        if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= LARGEST_LIMIT:
            raise InvalidError([Fault("/limit", "must be a whole number from 1 to 100", "query")])
        return int(text)

    def position(self, of_list: str) -> str | None:
        """Where the page begins, out of a cursor that was made for this caller and this list."""
        cursor = self.query.get("cursor")
        return open_cursor(cursor, self.caller.subject, of_list) if cursor else None

    def require_version(self, current: int) -> None:
        """Raises NoVersionError or StaleError unless `If-Match` names the current version."""
        sent = self.headers.get("if-match")
        if sent is None:
            raise NoVersionError
        if sent.strip() != etag(current):
            raise StaleError


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body of JSON and headers."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Route = Callable[[Call], Answer]


def etag(version: int) -> str:
    return f'"{version}"'


def endpoint(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    action: str | None = None,
    group: str | None = None,
    body: type | None = None,
    is_public: bool = False,
) -> Callable[[Route], Route]:
    """Register a route: open to all (`is_public`), to a group, to every caller, or to those whose role has `action`."""

    def register(route: Route) -> Route:
        @functools.wraps(route)
        def answer(**path_values: str) -> Response:
            request = blueprint.current_request
            request_id = f"req_{uuid.uuid4().hex}"
            logger.append_keys(request_id=request_id, route=route.__name__)
            headers = {name.lower(): value for name, value in request.headers.items()}
            try:
                caller = auth.Caller("") if is_public else auth.caller_of(headers.get("authorization"))
                if group is not None and group not in caller.groups:
                    raise auth.ForbiddenError  # noqa: TRY301 - answered below like every other refusal
                member = _member(caller, path_values, action)
                sent = _body(request, body) if body else None
                query = dict(request.query_params or {})
                made = route(Call(caller, member, path_values, query, headers, sent, utc_now()))
            except Exception as error:  # noqa: BLE001 - the one place where every refusal becomes an answer
                made = _problem(error)
            return _response(made, request_id)

        # Chalice refuses content types in a shape of its own; ours are refused where the body is read.
        options: dict[str, Any] = {"methods": [method], "name": route.__name__, "content_types": ["*/*"]}
        blueprint.route(path, **options)(answer)
        return route

    return register


def _member(caller: auth.Caller, path_values: dict[str, str], action: str | None) -> Member | None:
    """The caller's membership of the account in the path. A foreign and a missing id get the same answer."""
    if any(not ID.match(value) for value in path_values.values()):
        raise NotFoundError
    if action is None:
        return None
    from chalicelib.accounts import store  # noqa: PLC0415 - PynamoDB, 195 ms that other functions need not pay

    member = store.find_member(path_values["account_id"], caller.subject)
    if member is None or member.state is not MemberState.BOUND:
        raise NotFoundError
    if not auth.is_allowed(member, action):
        raise auth.ForbiddenError
    return member


def _body(request: Any, shape: type) -> Any:
    raw = request.raw_body
    if len(raw) > LARGEST_BODY:
        raise InvalidError([Fault("", "is larger than 1 MB")], status=413)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in {"application/json", ""}:
        raise InvalidError([Fault("", "must be sent as application/json")], status=415)
    return parse_body(raw, shape)


def _problem(error: Exception) -> Answer:
    """The problem details of a refusal; whatever is none is a fault of ours, told without its words."""
    if isinstance(error, InvalidError):
        details = {"errors": [fault.as_json() for fault in error.faults]}
        codes = {400: "not_json", 413: "too_large", 415: "unsupported_media_type", 422: "invalid"}
        return _problem_answer(
            error.status, codes[error.status], "The request has faults; `errors` names each.", details
        )
    known = PROBLEMS.get(type(error).__name__)
    if known is None:
        logger.error("A request failed", extra={"error": type(error).__name__, "at": _where(error)})
        count("requests_failed")
        return _problem_answer(500, "internal", "Something went wrong on our side. Try again; it was noted.")
    status, code, detail = known
    return _problem_answer(status, code, detail or str(error))


def _where(error: Exception) -> str:
    """The last line of ours the error came through: enough to find it, and no value."""
    frame, place = error.__traceback__, "unknown"
    while frame is not None:
        name = frame.tb_frame.f_globals.get("__name__", "")
        if name.startswith("chalicelib"):
            place = f"{name}:{frame.tb_lineno}"
        frame = frame.tb_next
    return place


def _problem_answer(status: int, code: str, detail: str, more: dict[str, Any] | None = None) -> Answer:
    headers = {"Content-Type": PROBLEM}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers["Retry-After"] = "2"
    body = {"type": "about:blank", "title": code.replace("_", " "), "status": status, "code": code, "detail": detail}
    return Answer(body | (more or {}), status, headers)


def _response(answer: Answer, request_id: str) -> Response:
    headers: dict[str, str | list[str]] = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    headers |= answer.headers | {"X-Request-Id": request_id}
    if answer.status >= 400:
        answer.body["request_id"] = request_id
    return Response(
        msgspec.json.encode(answer.body, enc_hook=_text_of_kind).decode(), headers, status_code=answer.status
    )


def _text_of_kind(value: Any) -> str:
    """The text of one of our kinds of text (chalicelib/kinds.py), which msgspec takes for no text of its own."""
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError(type(value).__name__)


__all__ = ["Answer", "Call", "CursorError", "NotFoundError", "endpoint", "etag"]
