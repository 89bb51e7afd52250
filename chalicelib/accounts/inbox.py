"""HTTP: the account's inbox, as the calling member sees it."""

from typing import TYPE_CHECKING, Annotated

from chalice.app import Blueprint
from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.accounts.account import Member
from chalicelib.clock import written
from chalicelib.http import Answer, Call, NotFoundError, Page, endpoint
from chalicelib.shapes import Id, Time

if TYPE_CHECKING:
    from chalicelib.accounts.reading import Entry

blueprint = Blueprint(__name__)

NOTIFICATIONS = "/v1/accounts/{account_id}/notifications"

# Where what a notification is about stands in the API, by the prefix of its id.
PLACES = {
    "app": "/capture/applications/{id}",
    "cnv": "/conversations/{id}",
    "exp": "/exports/{id}",
    "idn": "/identities",
    "imp": "/imports/{id}",
    "job": "/jobs/{id}",
    "led": "/leads/{id}",
    "mem": "/members/{id}",
}


class InboxPage(Page, frozen=True, forbid_unknown_fields=True):
    """A page of the inbox; `unread` leaves out what is read, and examines at most 500 for it."""

    unread: bool = False


class NotificationView(Struct, frozen=True):
    id: str
    code: str
    subject: str
    link: str | None  # the path of the subject in this API
    reasons: tuple[str, ...]
    at: Time
    is_read: bool


class Notifications(Struct, frozen=True):
    notifications: list[NotificationView]
    unread: Annotated[int, Meta(description="Of the account's newest 100 notifications.", ge=0, le=100)]
    cursor: str | UnsetType = UNSET


class ReadNotifications(Struct, frozen=True, forbid_unknown_fields=True):
    ids: Annotated[list[Id], Meta(min_length=1, max_length=100)]


class Unread(Struct, frozen=True):
    unread: Annotated[int, Meta(description="Of the account's newest 100 notifications.", ge=0, le=100)]


@endpoint(blueprint, "GET", NOTIFICATIONS, action="notifications.read", query=InboxPage, answer=Notifications)
def list_notifications(call: Call) -> Answer:
    """The inbox, newest first."""
    from chalicelib.accounts import reading  # noqa: PLC0415 - stores are heavy

    reader, query = _reader(call), call.query
    page, position = reading.read_page(reader, query.limit, call.position(), is_unread_only=query.unread)
    views = [_notification(one) for one in page]
    return Answer(Notifications(views, reading.count_unread(reader), call.cursor(position) or UNSET))


@endpoint(blueprint, "GET", NOTIFICATIONS + "/{notification_id}", action="notifications.read", answer=NotificationView)
def get_notification(call: Call) -> Answer:
    """A notification that is for the caller."""
    from chalicelib.accounts import reading  # noqa: PLC0415

    entry = reading.find_entry(_reader(call), call.path["notification_id"])
    if entry is None:
        raise NotFoundError
    return Answer(_notification(entry))


@endpoint(
    blueprint,
    "POST",
    NOTIFICATIONS + "/read",
    action="notifications.read",
    body=ReadNotifications,
    answer=Unread,
)
def mark_notifications_read(call: Call) -> Answer:
    """The caller has read these notifications; answers how many are left."""
    from chalicelib.accounts import reading  # noqa: PLC0415

    reading.mark_read(_reader(call), call.body.ids)
    return Answer(Unread(reading.count_unread(_reader(call))))


def _reader(call: Call) -> Member:
    if call.member is None:
        raise NotFoundError
    return call.member


def _notification(entry: "Entry") -> NotificationView:
    one = entry.notification
    place = PLACES.get(one.subject.partition("_")[0])
    return NotificationView(
        id=one.id,
        code=one.code,
        subject=one.subject,
        link=f"/v1/accounts/{one.account_id}{place.format(id=one.subject)}" if place else None,
        reasons=one.reasons,
        at=written(one.at),
        is_read=entry.is_read,
    )
