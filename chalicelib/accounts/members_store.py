"""Members, invitations and seats as they are stored, for whoever changes or lists them.

Every write of a membership moves the roster's version too, on condition of the one read. A removed member's row goes
out of the way of the others, so that reading all members costs no more however many have come and gone. Being bound
and having a seat is one and the same: both are written in one transaction.
"""

import hashlib

from pynamodb.exceptions import DoesNotExist

from chalicelib.accounts.account import Account, Member, MemberState
from chalicelib.accounts.roster import Roster
from chalicelib.accounts.rows import (
    ACCOUNT,
    FORMER,
    INVITATION,
    MEMBER,
    ROSTER,
    SEAT,
    AccountRow,
    AccountTable,
    InvitationRow,
    MemberRow,
    RosterRow,
    SeatKeys,
    SeatRow,
    account_of,
    member_in_seat,
    member_of,
    member_row,
    partition,
    seat_row,
)
from chalicelib.table import Check, Delete, Put, Write


def get_member(account_id: str, member_id: str) -> Member | None:
    """The member as of now, bound, pending or removed (a strong read, two of a removed one)."""
    for kind in (MEMBER, FORMER):
        try:
            return member_of(MemberRow.get(partition(account_id), kind + member_id, consistent_read=True))
        except DoesNotExist:
            continue
    return None


def is_or_was_person(account_id: str, subject: str) -> bool:
    """Whether this subject is, or has ever been, a member of the account who is no machine (strongly read)."""
    members = MemberRow.sk.startswith(MEMBER)
    former = MemberRow.sk.startswith(FORMER)
    is_them = (MemberRow.bound_to == subject) & MemberRow.is_machine.does_not_exist()
    return any(
        next(MemberRow.query(partition(account_id), prefix, is_them, consistent_read=True), None) is not None
        for prefix in (members, former)
    )


def list_members(account_id: str, limit: int, after: str | None = None) -> list[Member]:
    """Members bound and pending, by id; `after` is that of the last one seen."""
    last = MemberRow.sk.between(f"{MEMBER}{after}~" if after else MEMBER, f"{MEMBER}~")
    return [member_of(row) for row in MemberRow.query(partition(account_id), last, limit=limit, consistent_read=True)]


def read_roster(account_id: str) -> Roster:
    """Who is in, as of its version or later: a change in between fails the condition on that version."""
    try:
        version = int(RosterRow.get(partition(account_id), ROSTER, consistent_read=True).version)
    except DoesNotExist:
        version = 0
    rows = MemberRow.query(partition(account_id), MemberRow.sk.startswith(MEMBER), consistent_read=True)
    return Roster(account_id, version, {one.id: one for one in map(member_of, rows)})


def move_roster(roster: Roster) -> Put:
    """The write by which whoever changes a membership on the word of this roster makes sure that it still is so."""
    row = RosterRow(partition(roster.account_id), ROSTER, version=roster.version + 1)
    return Put(row, RosterRow.version == roster.version if roster.version else RosterRow.pk.does_not_exist())


def save_member(member: Member) -> list[Write]:
    """The writes of a changed member whose version is one more than the one read, and of the seat they have."""
    writes: list[Write] = [Put(member_row(member), MemberRow.version == member.version - 1)]
    if member.state is MemberState.BOUND:
        writes.append(Put(seat_row(member), SeatRow.member_id == member.id))
    return writes


def bind_member(member: Member) -> list[Write]:
    """The writes of a pending member who is bound from now on, if the subject has no seat in this account yet."""
    is_pending = (MemberRow.state == MemberState.PENDING.value) & (MemberRow.version == member.version - 1)
    return [Put(member_row(member), is_pending), Put(seat_row(member), SeatRow.pk.does_not_exist())]


def remove_member(member: Member) -> list[Write]:
    """The writes of a member who is removed from now on: without a seat, if they had one."""
    standing = MemberRow(partition(member.account_id), MEMBER + member.id)
    writes: list[Write] = [Delete(standing, MemberRow.version == member.version - 1), Put(member_row(member))]
    if member.subject is not None:
        seat = SeatRow(partition(member.account_id), SEAT + member.subject)
        writes.append(Delete(seat, SeatRow.member_id == member.id))
    return writes


def is_still_bound(member: Member) -> Check:
    """The condition that a member is bound in the role they were read in, for who writes on the word of that."""
    row = MemberRow(partition(member.account_id), MEMBER + member.id)
    return Check(row, (MemberRow.state == MemberState.BOUND.value) & (MemberRow.role == member.role.value))


# Invitations


def add_invitation(member: Member, token: str) -> Put:
    """The write by which a token invites the member: it is kept as a hash."""
    row = InvitationRow(
        _invitation_key(token),
        INVITATION,
        account_id=member.account_id,
        member_id=member.id,
        expires_at=int(member.invited_until.timestamp()) if member.invited_until else None,
    )
    return Put(row, InvitationRow.pk.does_not_exist())


def find_invited(token: str) -> tuple[str, str] | None:
    """Account and member the token was made for. Whether it still invites is theirs to tell."""
    try:
        row = InvitationRow.get(_invitation_key(token), INVITATION, consistent_read=True)
    except DoesNotExist:
        return None
    return row.account_id, row.member_id


def _invitation_key(token: str) -> str:
    return f"INVITATION#{hashlib.sha256(token.encode()).hexdigest()}"


# A caller's accounts


def list_memberships(subject: str, limit: int, after: str | None) -> tuple[list[tuple[Account, Member]], str | None]:
    """A page of the accounts a subject has a seat in, by account id, and where the next one starts.

    The index tells where to look, a moment late; the seats themselves, strongly read, tell what is so.
    """
    behind = SeatKeys.pk > partition(after) if after else None
    found = [row.pk for row in SeatKeys.by_member.query(subject, behind, limit=limit + 1)]
    keys = [(pk, sk) for pk in found[:limit] for sk in (SEAT + subject, ACCOUNT)]
    accounts: dict[str, Account] = {}
    members: dict[str, Member] = {}
    for row in AccountTable.batch_get(keys, consistent_read=True):
        match row:
            case AccountRow():
                accounts[row.pk] = account_of(row)
            case SeatRow():
                members[row.pk] = member_in_seat(row)
    page = [(accounts[pk], members[pk]) for pk in found[:limit] if pk in accounts and pk in members]
    return page, found[limit - 1].removeprefix("ACCOUNT#") if len(found) > limit else None
