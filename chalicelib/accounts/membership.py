"""Inviting, binding, changing and removing members: each on condition of who was a member when it was decided.

Steps: read the roster, let a rule decide, commit the member, the seat, the roster's next version and the change in one
transaction. Whoever loses reads again and decides anew, so the last admin stays even if two leave at once.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.accounts import members_store, store
from chalicelib.accounts.account import Account, Member, MemberState, Role
from chalicelib.accounts.roster import (
    AlreadyMemberError,
    InvitationInvalidError,
    MemberNotFoundError,
    MemberRemovedError,
    Roster,
    accepted,
    an_invited,
    removed,
)
from chalicelib.events import store as changes
from chalicelib.events.change import Change, a_change
from chalicelib.faults import Fault, InvalidError
from chalicelib.table import BusyError, ChangedError, Write, commit

TRIES = 8
TOKEN_BYTES = 32  # 256 random bits


@dataclass(frozen=True, slots=True)
class Step:
    """What a rule decided: the member as they are to be, and the writes; without writes nothing is to be changed."""

    member: Member
    writes: tuple[Write, ...] = ()


def invite(
    account: Account, member_id: str, role: Role, name: str | None, *, by: str, now: datetime
) -> tuple[Member, str]:
    """A pending member, and the token that is shown this once. Raises TooManyMembersError."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    member = an_invited(member_id, account.id, role, name, now)

    def decide(roster: Roster) -> Step:
        roster.require_room()
        return Step(member, (*store.add_member(member), members_store.add_invitation(member, token)))

    return _changed(account, decide, by, now), token


def bind_machine(
    account: Account, member_id: str, role: Role, name: str | None, *, client_id: str, by: str, now: datetime
) -> Member:
    """A machine that is a member at once: its tokens' subject is its client id.

    **Errors**: AlreadyMemberError, TooManyMembersError.
    """
    machine = Member(
        member_id,
        account.id,
        role,
        MemberState.BOUND,
        now,
        subject=client_id,
        name=name,
        is_machine=True,
        joined_at=now,
    )

    def decide(roster: Roster) -> Step:
        if any(one.subject == client_id for one in roster.members.values()):
            raise AlreadyMemberError
        roster.require_room()
        return Step(machine, tuple(store.add_member(machine)))

    return _changed(account, decide, by, now)


def accept(token: str, subject: str, now: datetime) -> tuple[Account, Member]:
    """The account, and the member whom the subject is in it from now on. Again by the same subject: the same.

    **Errors**: InvitationInvalidError, AlreadyMemberError.
    """
    invited = members_store.find_invited(token)
    account = store.get(invited[0]) if invited else None
    if invited is None or account is None:
        raise InvitationInvalidError
    member_id = invited[1]

    def decide(roster: Roster) -> Step:
        member = roster.members.get(member_id)
        if member is None:
            raise InvitationInvalidError
        if member.subject == subject:
            return Step(member)
        bound = accepted(member, subject, now)
        if any(one.subject == subject for one in roster.members.values()):
            raise AlreadyMemberError
        return Step(bound, tuple(members_store.bind_member(bound)))

    return account, _changed(account, decide, member_id, now)


def change_member(
    account: Account,
    member_id: str,
    wanted: Mapping[str, Any],
    *,
    require_version: Callable[[int], None],
    by: str,
    now: datetime,
) -> Member:
    """The member with the wanted `role` and `name`, as far as they are told; the same again changes nothing.

    **Errors**: MemberNotFoundError, MemberRemovedError, LastAdminError, and what `require_version` raises.
    """

    def decide(roster: Roster) -> Step:
        member = roster.members.get(member_id) or _former(account.id, member_id)
        require_version(member.version)
        if member.state is MemberState.REMOVED:
            raise MemberRemovedError
        changed = replace(member, **wanted)
        if changed == member:
            return Step(member)
        if changed.role is not Role.ADMIN:
            roster.require_admin_beside(member)
        changed = replace(changed, version=member.version + 1)
        return Step(changed, tuple(members_store.save_member(changed)))

    return _changed(account, decide, by, now)


def remove_member(
    account: Account,
    member_id: str,
    *,
    hand_to: str | None,
    require_version: Callable[[int], None],
    by: str,
    now: datetime,
) -> Member:
    """The member, removed; of a pending one the invitation is withdrawn. Again: as they are.

    Their leads are handed on from the change this commits (chalicelib/leads/handing_on.py).
    **Errors**: MemberNotFoundError, LastAdminError, InvalidError for a `hand_to` who can't be assigned leads, and what
    `require_version` raises.
    """

    def decide(roster: Roster) -> Step:
        member = roster.members.get(member_id) or _former(account.id, member_id)
        require_version(member.version)
        if member.state is MemberState.REMOVED:
            return Step(member)
        roster.require_admin_beside(member)
        _require_assignable(roster, hand_to, member)
        gone = removed(member, hand_to)
        return Step(gone, tuple(members_store.remove_member(gone)))

    return _changed(account, decide, by, now)


def _former(account_id: str, member_id: str) -> Member:
    member = members_store.get_member(account_id, member_id)
    if member is None:
        raise MemberNotFoundError
    return member


def _require_assignable(roster: Roster, member_id: str | None, leaving: Member) -> None:
    if member_id is None:
        return
    heir = roster.members.get(member_id)
    if heir is None or not heir.is_assignable or heir.id == leaving.id:
        raise InvalidError([Fault("hand_to", "must be another member to whom leads can be assigned", "query")])


def _changed(account: Account, decide: Callable[[Roster], Step], by: str, now: datetime) -> Member:
    """The member as the rule decides on the word of the roster, committed. Raises what the rule does, BusyError."""
    for _ in range(TRIES):
        roster = members_store.read_roster(account.id)
        step = decide(roster)
        if not step.writes:
            return step.member
        told = told_of(account, step.member, by, now)
        try:
            commit([*step.writes, members_store.move_roster(roster), changes.add(told)])
        except ChangedError:
            continue
        return step.member
    raise BusyError


def told_of(account: Account, member: Member, by: str, now: datetime) -> Change:
    """What history and event tell of a membership: never the name, never the token."""
    body: dict[str, Any] = {"member_id": member.id, "role": member.role.value, "state": member.state.value}
    if member.state is MemberState.REMOVED:
        body["handed_to"] = member.handed_to
    return a_change(
        "member.changed.v1",
        account_id=account.id,
        market=account.market,
        subject=member.id,
        version=member.version,
        at=now,
        actor=by,
        body=body,
    )
