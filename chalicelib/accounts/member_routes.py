"""HTTP: an account's members, invitations, and what a caller is a member of."""

from typing import Annotated

from chalice.app import Blueprint
from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.accounts.account import Account, Member, MemberState, Role
from chalicelib.accounts.routes import account_of, sent_fields
from chalicelib.clock import written
from chalicelib.config import settings
from chalicelib.faults import Fault, InvalidError
from chalicelib.http import Answer, Call, NotFoundError, Page, endpoint, etag
from chalicelib.shapes import Id, Name, Time, time_or_none

blueprint = Blueprint(__name__)

MEMBERS = "/v1/accounts/{account_id}/members"
MEMBER = "/v1/accounts/{account_id}/members/{member_id}"


class MemberRequest(Struct, frozen=True, forbid_unknown_fields=True):
    role: Role
    name: Name | None = None
    # Of a machine: the `sub` of the tokens it gets by client credentials. Without one it is a person, who is invited.
    client_id: Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[!-~]+\Z")] | None = None


class MemberChange(Struct, frozen=True, forbid_unknown_fields=True):
    role: Role | UnsetType = UNSET
    name: Name | UnsetType | None = UNSET  # null: without a name


class Removal(Struct, frozen=True, forbid_unknown_fields=True):
    hand_to: Id | None = None  # who gets the leads; nobody, if left out


class Acceptance(Struct, frozen=True, forbid_unknown_fields=True):
    token: Annotated[str, Meta(min_length=1, max_length=200)]


class MemberView(Struct, frozen=True, omit_defaults=True):
    id: str
    role: Role
    state: MemberState
    name: str | None
    is_machine: bool
    created_at: Time
    joined_at: Time | None
    invited_until: Time | UnsetType = UNSET  # of a pending member
    handed_to: str | UnsetType = UNSET  # of a removed member: who got the leads
    subject: str | UnsetType = UNSET  # of their tokens; shown to admins
    invitation: str | UnsetType = UNSET  # the token to accept with; shown once, to who invites


class Members(Struct, frozen=True):
    members: list[MemberView]
    cursor: str | UnsetType = UNSET


class Membership(Struct, frozen=True):
    account_id: str
    account_name: str
    market: str
    member_id: str
    role: Role


class Me(Struct, frozen=True):
    subject: str
    groups: list[str]
    memberships: list[Membership]
    cursor: str | UnsetType = UNSET


class Accepted(Struct, frozen=True):
    account_id: str
    account_name: str
    member: MemberView


@endpoint(blueprint, "GET", "/v1/me", query=Page, answer=Me)
def get_me(call: Call) -> Answer:
    """Who the token says you are, and the accounts you are a member of."""
    from chalicelib.accounts import members_store  # noqa: PLC0415 - stores are heavy

    subject = call.caller.subject
    found, position = members_store.list_memberships(subject, call.query.limit, call.position())
    memberships = [_membership(account, member) for account, member in found]
    return Answer(Me(subject, sorted(call.caller.groups), memberships, call.cursor(position) or UNSET))


@endpoint(blueprint, "GET", MEMBERS, action="members.read", query=Page, answer=Members)
def list_members(call: Call) -> Answer:
    """The account's members, pending ones too."""
    from chalicelib.accounts import members_store  # noqa: PLC0415

    limit = call.query.limit
    found = members_store.list_members(call.account_id, limit + 1, call.position())
    more = call.cursor(found[limit - 1].id) if len(found) > limit else None
    return Answer(Members([_member(call, one) for one in found[:limit]], more or UNSET))


@endpoint(blueprint, "GET", MEMBER, action="members.read", answer=MemberView)
def get_member(call: Call) -> Answer:
    """A member; removed ones too, so that what they did has a name."""
    return _answer(call, _found(call, call.path["member_id"]))


def _replayed_member(call: Call) -> Answer:
    return _answer(call, _found(call, call.resource_id), 201)


@endpoint(
    blueprint,
    "POST",
    MEMBERS,
    action="members.edit",
    body=MemberRequest,
    answer=MemberView,
    statuses=(201,),
    refusals=("AlreadyMemberError", "TooManyMembersError"),
    makes="mem",
    replay=_replayed_member,
)
def add_member(call: Call) -> Answer:
    """Invite a person, whose invitation is shown this once; or bind a machine by its client id."""
    from chalicelib.accounts import membership  # noqa: PLC0415

    asked: MemberRequest = call.body
    account, made = account_of(call), call.resource_id
    if asked.client_id is None:
        member, token = membership.invite(account, made, asked.role, asked.name, by=call.actor, now=call.now)
        return _answer(call, member, 201, invitation=token)
    if not settings().audience and asked.client_id not in settings().client_ids:
        raise InvalidError([Fault("/client_id", "is none of this deployment's clients; whoever deployed it adds some")])
    machine = membership.bind_machine(
        account, made, asked.role, asked.name, client_id=asked.client_id, by=call.actor, now=call.now
    )
    return _answer(call, machine, 201)


@endpoint(
    blueprint,
    "POST",
    "/v1/invitations/accept",
    body=Acceptance,
    answer=Accepted,
    refusals=("InvitationInvalidError", "AlreadyMemberError"),
)
def accept_invitation(call: Call) -> Answer:
    """Accept an invitation: the caller is a member from now on; again is the same."""
    from chalicelib.accounts import membership  # noqa: PLC0415

    account, member = membership.accept(call.body.token, call.caller.subject, call.now)
    return Answer(Accepted(account.id, account.name, _view(member)))


@endpoint(
    blueprint,
    "PATCH",
    MEMBER,
    action="members.edit",
    body=MemberChange,
    answer=MemberView,
    refusals=("LastAdminError", "MemberNotFoundError", "MemberRemovedError"),
)
def change_member(call: Call) -> Answer:
    """Change a member's role or name; the last admin stays one."""
    from chalicelib.accounts import membership  # noqa: PLC0415

    changed = membership.change_member(
        account_of(call),
        call.path["member_id"],
        sent_fields(call.body),
        require_version=call.require_version,
        by=call.actor,
        now=call.now,
    )
    return _answer(call, changed)


@endpoint(
    blueprint,
    "DELETE",
    MEMBER,
    action="members.edit",
    query=Removal,
    answer=MemberView,
    refusals=("LastAdminError", "MemberNotFoundError"),
)
def remove_member(call: Call) -> Answer:
    """Remove a member, or withdraw an invitation; their leads go to `hand_to`, or to nobody."""
    from chalicelib.accounts import membership  # noqa: PLC0415

    gone = membership.remove_member(
        account_of(call),
        call.path["member_id"],
        hand_to=call.query.hand_to,
        require_version=call.require_version,
        by=call.actor,
        now=call.now,
    )
    return _answer(call, gone)


def _found(call: Call, member_id: str) -> Member:
    from chalicelib.accounts import members_store  # noqa: PLC0415

    member = members_store.get_member(call.account_id, member_id)
    if member is None:
        raise NotFoundError
    return member


def _answer(call: Call, member: Member, status: int = 200, *, invitation: str | UnsetType = UNSET) -> Answer:
    headers = {"ETag": etag(member.version)}
    if status == 201:
        headers["Location"] = f"/v1/accounts/{member.account_id}/members/{member.id}"
    return Answer(_member(call, member, invitation=invitation), status, headers)


def _member(call: Call, member: Member, *, invitation: str | UnsetType = UNSET) -> MemberView:
    """The member as this caller may see them: whose tokens are theirs is for admins to know."""
    is_admin = call.member is not None and call.member.role is Role.ADMIN
    return _view(member, subject=member.subject if is_admin and member.subject else UNSET, invitation=invitation)


def _view(member: Member, *, subject: str | UnsetType = UNSET, invitation: str | UnsetType = UNSET) -> MemberView:
    return MemberView(
        id=member.id,
        role=member.role,
        state=member.state,
        name=member.name,
        is_machine=member.is_machine,
        created_at=written(member.created_at),
        joined_at=time_or_none(member.joined_at),
        invited_until=written(member.invited_until) if member.invited_until else UNSET,
        handed_to=member.handed_to or UNSET,
        subject=subject,
        invitation=invitation,
    )


def _membership(account: Account, member: Member) -> Membership:
    return Membership(account.id, account.name, account.market, member.id, member.role)
