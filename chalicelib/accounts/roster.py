"""Who is in an account as of one moment, and the rules that need to know them all; nothing stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.accounts.account import Member, MemberState, Role

MOST_MEMBERS = 100  # of one account, pending ones and machines too
INVITATION_LIFETIME = timedelta(days=7)


class MembershipError(Exception):
    """The members can't be changed as asked."""


class AlreadyMemberError(MembershipError):
    """This subject is a bound member of the account already."""


class TooManyMembersError(MembershipError):
    """The account has as many members as one may have."""


class LastAdminError(MembershipError):
    """The account would be left without an admin."""


class MemberNotFoundError(MembershipError):
    """The account never had such a member."""


class MemberRemovedError(MembershipError):
    """The member is removed, and stays as they were."""


class InvitationInvalidError(MembershipError):
    """The token invites nobody: unknown, used by another, expired or withdrawn; which of these is not told."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The members of an account, pending ones too, by id; removed ones are in it no more."""

    account_id: str
    version: int  # 0: of none written yet
    members: Mapping[str, Member]

    def require_room(self) -> None:
        """Raises TooManyMembersError if one more would be too many."""
        if len(self.members) >= MOST_MEMBERS:
            raise TooManyMembersError

    def require_admin_beside(self, member: Member) -> None:
        """Raises LastAdminError if this member is the only admin. A machine is none: nobody could sign in as it."""
        admins = [one.id for one in self.members.values() if _is_admin(one)]
        if admins == [member.id]:
            raise LastAdminError


def _is_admin(member: Member) -> bool:
    return member.state is MemberState.BOUND and member.role is Role.ADMIN and not member.is_machine


def an_invited(member_id: str, account_id: str, role: Role, name: str | None, now: datetime) -> Member:
    """A member to be, who has a week to accept."""
    until = now + INVITATION_LIFETIME
    return Member(member_id, account_id, role, MemberState.PENDING, now, name=name, invited_until=until)


def accepted(member: Member, subject: str, now: datetime) -> Member:
    """The member, bound to who accepted. Raises InvitationInvalidError if there is nothing to accept any more."""
    is_open = member.state is MemberState.PENDING and member.invited_until is not None and now < member.invited_until
    if not is_open:
        raise InvitationInvalidError
    version = member.version + 1
    return replace(member, state=MemberState.BOUND, subject=subject, joined_at=now, invited_until=None, version=version)


def removed(member: Member, handed_to: str | None) -> Member:
    """The member as kept once removed: so that what they did still has a name."""
    version = member.version + 1
    return replace(member, state=MemberState.REMOVED, invited_until=None, handed_to=handed_to, version=version)
