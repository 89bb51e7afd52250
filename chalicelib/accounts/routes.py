"""HTTP: accounts and their identities."""

from typing import Annotated, Any, Literal

from chalice.app import Blueprint
from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib import markets
from chalicelib.accounts.account import Account, Identity, IdentityKind, IdentityState
from chalicelib.auth import DEPLOYERS
from chalicelib.clock import written
from chalicelib.http import Answer, Call, NotFoundError, endpoint, etag
from chalicelib.kinds import EmailAddress, MarketCode, PhoneNumber, TimeZone
from chalicelib.shapes import NO_CONTROLS, Name, Time, time_or_none

blueprint = Blueprint(__name__)


class Registration(Struct, frozen=True, forbid_unknown_fields=True):
    name: Name
    market: MarketCode
    time_zone: TimeZone | None = None
    own_phones: Annotated[list[PhoneNumber], Meta(max_length=20)] = []
    own_emails: Annotated[list[EmailAddress], Meta(max_length=20)] = []


class AccountChange(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    name: Name | UnsetType = UNSET
    time_zone: TimeZone | UnsetType = UNSET
    own_phones: Annotated[list[PhoneNumber], Meta(max_length=20)] | UnsetType = UNSET
    own_emails: Annotated[list[EmailAddress], Meta(max_length=20)] | UnsetType = UNSET
    retention_days: Annotated[int, Meta(ge=30, le=3_650)] | UnsetType = UNSET


class AccountView(Struct, frozen=True):
    id: str
    name: str
    market: str
    time_zone: str
    own_phones: tuple[str, ...]
    own_emails: tuple[str, ...]
    retention_days: int
    created_at: Time


class IdentityRequest(Struct, frozen=True, forbid_unknown_fields=True):
    kind: IdentityKind
    value: Annotated[str, Meta(min_length=1, max_length=256, pattern=NO_CONTROLS)]
    platform: Literal["tiktok"] = "tiktok"


class IdentityView(Struct, frozen=True, omit_defaults=True):
    id: str
    platform: str
    kind: IdentityKind
    value: str
    state: IdentityState
    created_at: Time
    linked_at: Time | None
    code: str | None = None  # shown once, as long as the link is pending
    how_to_prove: str | None = None
    waiting_messages: int | None = None  # told by an approval


class Identities(Struct, frozen=True):
    identities: list[IdentityView]


def _replayed_account(call: Call) -> Answer:
    from chalicelib.accounts import store  # noqa: PLC0415 - stores are heavy

    account = store.get(call.resource_id)
    if account is None or store.find_member(account.id, call.caller.subject) is None:
        raise NotFoundError
    return _account_answer(account)


@endpoint(
    blueprint,
    "POST",
    "/v1/accounts",
    body=Registration,
    answer=AccountView,
    statuses=(201,),
    makes="acc",
    replay=_replayed_account,
)
def register_account(call: Call) -> Answer:
    """Register a Business Account in a market; the caller becomes its first admin."""
    from chalicelib.accounts.registration import register  # noqa: PLC0415 - stores are heavy

    asked: Registration = call.body
    account = register(
        call.resource_id,
        name=asked.name,
        market=asked.market,
        time_zone=asked.time_zone or markets.get_market(asked.market).time_zone,
        own_phones=tuple(dict.fromkeys(asked.own_phones)),
        own_emails=tuple(dict.fromkeys(asked.own_emails)),
        by=call.caller.subject,
        now=call.now,
    )
    return _account_answer(account, 201)


@endpoint(blueprint, "GET", "/v1/accounts/{account_id}", action="account.read", answer=AccountView)
def get_account(call: Call) -> Answer:
    """The account and its settings."""
    return _account_answer(account_of(call))


@endpoint(
    blueprint,
    "PATCH",
    "/v1/accounts/{account_id}",
    action="account.edit",
    body=AccountChange,
    answer=AccountView,
)
def edit_account(call: Call) -> Answer:
    """Change the account's name, time zone, own contacts or retention."""
    from chalicelib.accounts import editing  # noqa: PLC0415 - stores are heavy

    account = account_of(call)
    call.require_version(account.version)
    wanted = sent_fields(call.body)
    return _account_answer(editing.edit_account(account, wanted, by=call.actor, now=call.now))


def sent_fields(body: Struct) -> dict[str, Any]:
    """The fields that a change names, lists without what they tell twice."""
    sent = {name: getattr(body, name) for name in body.__struct_fields__}
    return {
        name: tuple(dict.fromkeys(one)) if isinstance(one, list) else one
        for name, one in sent.items()
        if one is not UNSET
    }


def account_of(call: Call) -> Account:
    """The account in the path, as of now."""
    from chalicelib.accounts import store  # noqa: PLC0415

    account = store.get(call.account_id)
    if account is None:
        raise NotFoundError
    return account


@endpoint(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/identities",
    action="identities.link",
    body=IdentityRequest,
    answer=IdentityView,
    statuses=(200, 201),
    refusals=("IdentityTakenError", "TooManyIdentitiesError"),
)
def request_identity(call: Call) -> Answer:
    """Ask to link a platform's id to the account; the code that proves it is shown once."""
    from chalicelib.accounts.identities import request_link  # noqa: PLC0415

    asked: IdentityRequest = call.body
    requested = request_link(account_of(call), asked.platform, asked.kind, asked.value, call.now)
    if requested.code is None:
        return Answer(_identity(requested.identity))
    how = "Send this code as a message from the business account, or ask whoever deployed this system to approve."
    return Answer(_identity(requested.identity, code=requested.code, how_to_prove=how), 201)


@endpoint(blueprint, "GET", "/v1/accounts/{account_id}/identities", action="identities.read", answer=Identities)
def list_identities(call: Call) -> Answer:
    """The account's identities, linked and pending."""
    from chalicelib.accounts import store  # noqa: PLC0415

    return Answer(Identities([_identity(one) for one in store.list_identities(call.account_id)]))


@endpoint(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/identities/{identity_id}/approval",
    group=DEPLOYERS,
    answer=IdentityView,
    refusals=("IdentityTakenError", "IdentityNotFoundError"),
)
def approve_identity(call: Call) -> Answer:
    """Link an identity on a deployer's word."""
    from chalicelib.accounts import store  # noqa: PLC0415
    from chalicelib.accounts.identities import approve_link  # noqa: PLC0415

    identity = approve_link(call.account_id, call.path["identity_id"], call.now)
    waiting = store.count_waiting(identity.platform, identity.kind.value, identity.value, int(call.now.timestamp()))
    return Answer(_identity(identity, waiting_messages=waiting))


def _account_answer(account: Account, status: int = 200) -> Answer:
    view = AccountView(
        id=account.id,
        name=account.name,
        market=account.market,
        time_zone=account.time_zone,
        own_phones=account.own_phones,
        own_emails=account.own_emails,
        retention_days=account.retention_days,
        created_at=written(account.created_at),
    )
    headers = {"ETag": etag(account.version)}
    if status == 201:
        headers["Location"] = f"/v1/accounts/{account.id}"
    return Answer(view, status, headers)


def _identity(
    identity: Identity, *, code: str | None = None, how_to_prove: str | None = None, waiting_messages: int | None = None
) -> IdentityView:
    return IdentityView(
        id=identity.id,
        platform=identity.platform,
        kind=identity.kind,
        value=identity.value,
        state=identity.state,
        created_at=written(identity.created_at),
        linked_at=time_or_none(identity.linked_at),
        code=code,
        how_to_prove=how_to_prove,
        waiting_messages=waiting_messages,
    )
