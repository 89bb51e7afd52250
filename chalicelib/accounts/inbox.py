"""HTTP: the account's inbox."""

from chalice.app import Blueprint
from msgspec import UNSET, Struct, UnsetType

from chalicelib.accounts.account import Notification
from chalicelib.clock import written
from chalicelib.http import Answer, Call, Page, endpoint
from chalicelib.shapes import Time

blueprint = Blueprint(__name__)


class NotificationView(Struct, frozen=True):
    id: str
    code: str
    subject: str
    reasons: tuple[str, ...]
    at: Time


class Notifications(Struct, frozen=True):
    notifications: list[NotificationView]
    cursor: str | UnsetType = UNSET


@endpoint(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/notifications",
    action="notifications.read",
    query=Page,
    answer=Notifications,
)
def list_notifications(call: Call) -> Answer:
    """The inbox, newest first."""
    from chalicelib.accounts import store  # noqa: PLC0415 - stores are heavy

    limit = call.query.limit
    found = list(store.list_notifications(call.account_id, limit + 1, call.position()))
    more = call.cursor(found[limit - 1].id) if len(found) > limit else None
    return Answer(Notifications([_notification(one) for one in found[:limit]], more or UNSET))


def _notification(notification: Notification) -> NotificationView:
    return NotificationView(
        id=notification.id,
        code=notification.code,
        subject=notification.subject,
        reasons=notification.reasons,
        at=written(notification.at),
    )
