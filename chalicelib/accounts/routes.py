"""HTTP: accounts, their identities and their inbox."""

from typing import Annotated, Any, Literal

from chalice.app import Blueprint
from msgspec import Meta, Struct

from chalicelib import markets
from chalicelib.accounts.account import Account, Identity, IdentityKind, Notification
from chalicelib.auth import DEPLOYERS
from chalicelib.clock import written
from chalicelib.cursor import seal_cursor
from chalicelib.http import Answer, Call, NotFoundError, endpoint, etag
from chalicelib.kinds import EmailAddress, MarketCode, PhoneNumber, TimeZone

blueprint = Blueprint(__name__)

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+\Z")]


class Registration(Struct, frozen=True, forbid_unknown_fields=True):
    name: Name
    market: MarketCode
    time_zone: TimeZone | None = None
    own_phones: Annotated[list[PhoneNumber], Meta(max_length=20)] = []
    own_emails: Annotated[list[EmailAddress], Meta(max_length=20)] = []


class IdentityRequest(Struct, frozen=True, forbid_unknown_fields=True):
    kind: IdentityKind
    value: Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
    platform: Literal["tiktok"] = "tiktok"


@endpoint(blueprint, "POST", "/v1/accounts", body=Registration)
def register_account(call: Call) -> Answer:
    from chalicelib.accounts.registration import register  # noqa: PLC0415 - stores are heavy

    asked: Registration = call.body
    account = register(
        name=asked.name,
        market=asked.market,
        time_zone=asked.time_zone or markets.get_market(asked.market).time_zone,
        own_phones=tuple(dict.fromkeys(asked.own_phones)),
        own_emails=tuple(dict.fromkeys(asked.own_emails)),
        by=call.caller.subject,
        now=call.now,
    )
    return Answer(_account(account), 201, {"Location": f"/v1/accounts/{account.id}", "ETag": etag(account.version)})


@endpoint(blueprint, "GET", "/v1/accounts/{account_id}", action="account.read")
def get_account(call: Call) -> Answer:
    from chalicelib.accounts import store  # noqa: PLC0415

    account = store.get(call.account_id)
    if account is None:
        raise NotFoundError
    return Answer(_account(account), headers={"ETag": etag(account.version)})


@endpoint(blueprint, "POST", "/v1/accounts/{account_id}/identities", action="identities.link", body=IdentityRequest)
def request_identity(call: Call) -> Answer:
    from chalicelib.accounts import store  # noqa: PLC0415
    from chalicelib.accounts.identities import request_link  # noqa: PLC0415

    asked: IdentityRequest = call.body
    account = store.get(call.account_id)
    if account is None:
        raise NotFoundError
    requested = request_link(account, asked.platform, asked.kind, asked.value, call.now)
    if requested.code is None:
        return Answer(_identity(requested.identity))
    how = "Send this code as a message from the business account, or ask whoever deployed this system to approve."
    return Answer(_identity(requested.identity) | {"code": requested.code, "how_to_prove": how}, 201)


@endpoint(blueprint, "GET", "/v1/accounts/{account_id}/identities", action="identities.read")
def list_identities(call: Call) -> Answer:
    from chalicelib.accounts import store  # noqa: PLC0415

    return Answer({"identities": [_identity(one) for one in store.list_identities(call.account_id)]})


@endpoint(blueprint, "POST", "/v1/accounts/{account_id}/identities/{identity_id}/approval", group=DEPLOYERS)
def approve_identity(call: Call) -> Answer:
    from chalicelib.accounts import store  # noqa: PLC0415
    from chalicelib.accounts.identities import approve_link  # noqa: PLC0415

    identity = approve_link(call.account_id, call.path["identity_id"], call.now)
    waiting = store.count_waiting(identity.platform, identity.kind.value, identity.value, int(call.now.timestamp()))
    return Answer(_identity(identity) | {"waiting_messages": waiting})


@endpoint(blueprint, "GET", "/v1/accounts/{account_id}/notifications", action="notifications.read")
def list_notifications(call: Call) -> Answer:
    from chalicelib.accounts import store  # noqa: PLC0415

    of_list, limit = f"notifications {call.account_id}", call.limit()
    found = list(store.list_notifications(call.account_id, limit + 1, call.position(of_list)))
    answer: dict[str, Any] = {"notifications": [_notification(one) for one in found[:limit]]}
    if len(found) > limit:
        answer["cursor"] = seal_cursor(found[limit - 1].order, call.caller.subject, of_list)
    return Answer(answer)


def _account(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "market": account.market,
        "time_zone": account.time_zone,
        "own_phones": account.own_phones,
        "own_emails": account.own_emails,
        "retention_days": account.retention_days,
        "created_at": written(account.created_at),
    }


def _identity(identity: Identity) -> dict[str, Any]:
    return {
        "id": identity.id,
        "platform": identity.platform,
        "kind": identity.kind.value,
        "value": identity.value,
        "state": identity.state.value,
        "created_at": written(identity.created_at),
        "linked_at": written(identity.linked_at) if identity.linked_at else None,
    }


def _notification(notification: Notification) -> dict[str, Any]:
    return {
        "id": notification.id,
        "code": notification.code,
        "subject": notification.subject,
        "reasons": notification.reasons,
        "at": written(notification.at),
    }
