"""HTTP: an account's events, to catch up with."""

from typing import Annotated, Any

from chalice.app import Blueprint
from msgspec import Meta, Struct

from chalicelib.http import Answer, Call, endpoint

blueprint = Blueprint(__name__)


class EventQuery(Struct, frozen=True, forbid_unknown_fields=True):
    after: Annotated[str, Meta(pattern=r"^chg_[a-z0-9]{32}-[0-9]{1,2}$")] | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 25


class Events(Struct, frozen=True):
    events: list[dict[str, Any]]  # CloudEvents 1.0, as they were published
    has_more: bool


@endpoint(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/events",
    action="events.read",
    query=EventQuery,
    answer=Events,
    refusals=("EventUnknownError", "EventExpiredError"),
)
def list_events(call: Call) -> Answer:
    """Events after a given one, oldest first, up to a minute ago; kept for 30 days."""
    from chalicelib.events import catch_up  # noqa: PLC0415 - stores are heavy

    events, has_more = catch_up.list_events(call.account_id, call.query.after, call.query.limit, call.now)
    return Answer(Events(events, has_more))
