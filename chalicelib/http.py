"""What all routes share: who calls and may, strict requests, idempotency keys, entity tags, cursors, CORS.

A route is a function of one `Call` that answers an `Answer`. `endpoint` does the rest, in this order: the caller, the
account and the role, query and body, the idempotency key; and turns every refusal into problem details. It also notes
the route in `ROUTES`, from which the OpenAPI document is made: what is served is what is described.
"""

import functools
import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any

import msgspec
from chalice.app import Blueprint, Response
from msgspec import Meta, Struct

from chalicelib import auth, cors, problems
from chalicelib.accounts.account import Member
from chalicelib.clock import utc_now
from chalicelib.cursor import CursorError, open_cursor, seal_cursor
from chalicelib.faults import Fault, InvalidError, parse_body, parse_query
from chalicelib.ids import ordered_id
from chalicelib.observability import logger

ID = re.compile(r"[a-z]{3}_[a-z0-9]{32}\Z")
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
LARGEST_BODY = 3_000_000  # bytes: a batch of 100 messages of 6,000 characters of three bytes, and their shape


class NotFoundError(Exception):
    """Missing, or not the caller's to know of: the two are answered alike."""


class StaleError(Exception):
    """The resource has changed since the caller read it."""


class NoVersionError(Exception):
    """The request changes a resource without saying which state of it the caller knows."""


class NoQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A request without query parameters."""


class Page(Struct, frozen=True, forbid_unknown_fields=True):
    """The query of a list: how many entries at most, and where it goes on."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 25
    cursor: Annotated[str, Meta(max_length=2_048)] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose caller is known and may make it."""

    caller: auth.Caller
    member: Member | None  # of the account in the path, if there is one
    path: dict[str, str]
    query: Any
    headers: dict[str, str]
    body: Any
    now: datetime
    route: str
    resource_id: str = ""  # of what a POST makes: the same whenever it comes again under the same idempotency key

    @property
    def account_id(self) -> str:
        return self.path["account_id"]

    @property
    def actor(self) -> str:
        """Who acts, as history tells it: the member."""
        return self.member.id if self.member else self.caller.subject

    @property
    def is_masked(self) -> bool:
        """Whether the caller sees contact values masked."""
        return self.member is None or auth.is_masked(self.member)

    def position(self) -> str | None:
        """Where the page begins, out of a cursor that was made for this caller and this very list."""
        cursor = self.query.cursor
        return open_cursor(cursor, self.caller.subject, self._list_name()) if cursor else None

    def cursor(self, position: str | None) -> str | None:
        """The cursor of the next page, or None on the last."""
        return seal_cursor(position, self.caller.subject, self._list_name()) if position is not None else None

    def _list_name(self) -> str:
        asked = {name: one for name, one in msgspec.to_builtins(self.query).items() if name not in {"limit", "cursor"}}
        return repr((self.route, sorted(self.path.items()), sorted(asked.items())))

    def require_version(self, current: int) -> None:
        """Raises NoVersionError or StaleError unless `If-Match` names the current version (RFC 9110, 13.1.1)."""
        sent = self.headers.get("if-match")
        if sent is None:
            raise NoVersionError
        tags = {tag.strip() for tag in sent.split(",")}
        if etag(current) not in tags and "*" not in tags:
            raise StaleError


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body of JSON and headers."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Route = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route as it was registered: all that its description needs."""

    method: str
    path: str
    name: str
    summary: str
    action: str | None
    group: str | None
    is_public: bool
    body: type | None
    query: type
    answer: type | None
    statuses: tuple[int, ...]
    refusals: tuple[str, ...]  # names of errors, see problems.py

    @property
    def is_conditional(self) -> bool:
        return self.method in {"PUT", "PATCH", "DELETE"} and not self.is_public


ROUTES: list[Endpoint] = []


def etag(version: int) -> str:
    return f'"{version}"'


def endpoint(  # noqa: PLR0913 - a row of the table of routes, each value by its name
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    action: str | None = None,
    group: str | None = None,
    is_public: bool = False,
    body: type | None = None,
    query: type = NoQuery,
    answer: type | None = None,
    statuses: tuple[int, ...] = (200,),
    refusals: tuple[str, ...] = (),
    makes: str = "",
    replay: Route | None = None,
) -> Callable[[Route], Route]:
    """Register a route: open to all (`is_public`), to a group, to every caller, or to those whose role has `action`.

    `answer` and `statuses` are what success looks like, `refusals` the errors it raises beside those every route of its
    kind does. A POST that `makes` something finds its new id in `call.resource_id`, and `replay` answers that resource
    as it is when the same key comes again; without `replay` the route itself is asked again, and must be harmless.
    """

    def register(route: Route) -> Route:
        summary = (route.__doc__ or route.__name__.replace("_", " ").capitalize()).strip().splitlines()[0]
        known = Endpoint(
            method, path, route.__name__, summary, action, group, is_public, body, query, answer, statuses, refusals
        )

        @functools.wraps(route)
        def respond(**path_values: str) -> Response:
            request = blueprint.current_request
            request_id = f"req_{uuid.uuid4().hex}"
            logger.append_keys(request_id=request_id, route=route.__name__)
            headers = {name.lower(): value for name, value in request.headers.items()}
            try:
                call = _call(known, request, path_values, headers)
                call = replace(call, resource_id=ordered_id(makes, call.now)) if makes else call
                made = _once(known, call, _raw(request), route, replay)
            except Exception as error:  # noqa: BLE001 - the one place where every refusal becomes an answer
                made = Answer(*problems.problem_of(error))
            return _response(made, request_id, headers.get("origin"))

        # Chalice refuses content types in a shape of its own; ours are refused where the body is read.
        options: dict[str, Any] = {"methods": [method], "name": route.__name__, "content_types": ["*/*"]}
        blueprint.route(path, **options)(respond)
        if not any(one.path == path for one in ROUTES):
            _register_preflight(blueprint, path)
        ROUTES.append(known)
        return route

    return register


def _call(known: Endpoint, request: Any, path_values: dict[str, str], headers: dict[str, str]) -> Call:
    caller = auth.Caller("") if known.is_public else auth.caller_of(headers.get("authorization"))
    if known.group is not None and known.group not in caller.groups:
        raise auth.ForbiddenError
    member = _member(caller, path_values, known.action)
    query: Any = parse_query(dict(request.query_params or {}), known.query)
    sent = _body(request, known.body) if known.body else None
    return Call(caller, member, path_values, query, headers, sent, utc_now(), known.name)


def _member(caller: auth.Caller, path_values: dict[str, str], action: str | None) -> Member | None:
    """The caller's membership of the account in the path. A foreign and a missing id get the same answer."""
    if any(not ID.match(value) for name, value in path_values.items() if name != "proxy"):
        raise NotFoundError
    if action is None:
        return None
    from chalicelib.accounts import store  # noqa: PLC0415 - PynamoDB, 195 ms that other functions need not pay

    member = store.find_member(path_values["account_id"], caller.subject)
    if member is None:
        raise NotFoundError
    if not auth.is_allowed(member, action):
        raise auth.ForbiddenError
    return member


def _body(request: Any, shape: type) -> Any:
    raw = _raw(request)
    if len(raw) > LARGEST_BODY:
        raise InvalidError([Fault("", "is larger than 3 MB")], status=413)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in {"application/json", ""}:
        raise InvalidError([Fault("", "must be sent as application/json")], status=415)
    return parse_body(raw, shape)


def _raw(request: Any) -> bytes:
    raw: str | bytes = request.raw_body
    return raw.encode(errors="replace") if isinstance(raw, str) else raw


def _once(known: Endpoint, call: Call, raw: bytes, route: Route, replay: Route | None) -> Answer:
    """The route's answer. A POST under an idempotency key that was done before, is not done again."""
    key = call.headers.get("idempotency-key")
    if known.method != "POST" or known.is_public or key is None:
        return route(call)
    if not IDEMPOTENCY_KEY.match(key):
        raise InvalidError([Fault("Idempotency-Key", "must be 1 to 255 visible ASCII characters", "header")])
    from chalicelib import idempotency  # noqa: PLC0415 - PynamoDB

    parts = (call.caller.subject, repr(sorted(call.path.items())), call.route, key)
    claim = idempotency.claim(parts, hashlib.sha256(raw).hexdigest(), call.resource_id or None, call.now)
    call = replace(call, resource_id=claim.resource_id or "")
    try:
        made = _found(call, claim.status, replay) if not claim.is_first else None
        made = made or route(call)
    except Exception as error:
        is_refused = problems.problem_of(error)[1] < 500
        if claim.status is None:
            (idempotency.release if is_refused else idempotency.leave_open)(claim)
        raise
    if claim.status is None:
        idempotency.settle(claim, made.status)
    return made


def _found(call: Call, status: int | None, replay: Route | None) -> Answer | None:
    """The resource that an earlier request of the same key has made, as it is now, or None if it made none."""
    if replay is None:
        return None
    try:
        return replace(replay(call), status=status or 200)
    except NotFoundError:
        if status is not None:  # made, and gone since
            raise
        return None


def _response(answer: Answer, request_id: str, origin: str | None) -> Response:
    headers: dict[str, str | list[str]] = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    headers |= answer.headers | {"X-Request-Id": request_id} | cors.headers(origin)
    if answer.status >= 400:
        answer.body["request_id"] = request_id
    if answer.body is None:
        return Response("", headers, status_code=answer.status)
    body = msgspec.json.encode(answer.body, enc_hook=_text_of_kind).decode()
    return Response(body, headers, status_code=answer.status)


def _register_preflight(blueprint: Blueprint, path: str) -> None:
    """A browser asks before it calls from another origin; each path answers for itself, for no rule covers them all."""

    def answer_preflight(**_path_values: str) -> Response:
        methods = sorted(one.method for one in ROUTES if one.path == path)
        origin = {name.lower(): value for name, value in blueprint.current_request.headers.items()}.get("origin")
        headers: dict[str, str | list[str]] = {"X-Request-Id": f"req_{uuid.uuid4().hex}"}
        return Response("", headers | cors.preflight_headers(origin, methods), status_code=204)

    blueprint.route(path, methods=["OPTIONS"], name="answer_preflight", content_types=["*/*"])(answer_preflight)


def _text_of_kind(value: Any) -> str:
    """The text of one of our kinds of text (chalicelib/kinds.py), which msgspec takes for no text of its own."""
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError(type(value).__name__)


__all__ = ["Answer", "Call", "CursorError", "NotFoundError", "Page", "endpoint", "etag"]
