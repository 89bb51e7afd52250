"""The rows of `accounts`, and an account, member or identity out of one and into one. What is asked is in the stores.

One account is one partition. The way in from a platform's id is a partition of its own, `IDENTITY#…`, so that routing
is one read of one key; so are an invitation's hash and a link's code. The account row holds the capture state too: one
strong read answers all a message asks of it.
"""

from typing import Any

import msgspec
from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.accounts.account import (
    Account,
    Capture,
    Identity,
    IdentityKind,
    IdentityState,
    Member,
    MemberState,
    Notification,
    Role,
)
from chalicelib.clock import parse_written, written
from chalicelib.table import Keyed, Row, TableName

ACCOUNT = "ACCOUNT"
ROSTER = "ROSTER"
MEMBER = "MEMBER#"
FORMER = "FORMER#"  # removed members, out of the way of those who are asked for
SEAT = "SEAT#"
INVITATION = "INVITATION"
NOTIFICATION = "NOTIFICATION#"
READ = "READ#"
ROUTE = "ROUTE"
LINK_CODE = "LINK_CODE"


class AccountTable(Row):
    class Meta:
        table_name = TableName("accounts_table")


class AccountRow(AccountTable, discriminator="account"):
    name = UnicodeAttribute()
    market = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    created_at = UnicodeAttribute()
    own_phones = JSONAttribute()
    own_emails = JSONAttribute()
    retention_days = NumberAttribute()
    capture = JSONAttribute()
    version = NumberAttribute()


class RosterRow(AccountTable, discriminator="roster"):
    """Moves with every write of a membership, so that a rule about all members holds against any of them."""

    version = NumberAttribute()


class MemberRow(AccountTable, discriminator="member"):
    role = UnicodeAttribute()
    state = UnicodeAttribute()
    created_at = UnicodeAttribute()
    bound_to = UnicodeAttribute(null=True)  # the subject
    name = UnicodeAttribute(null=True)
    is_machine = BooleanAttribute(null=True)
    joined_at = UnicodeAttribute(null=True)
    invited_until = UnicodeAttribute(null=True)
    handed_to = UnicodeAttribute(null=True)
    version = NumberAttribute()


class SeatRow(AccountTable, discriminator="seat"):
    """What a caller's subject may do here: there is one as long as its member is bound, and every request reads it."""

    subject = UnicodeAttribute()  # the key of the index `by_member`
    member_id = UnicodeAttribute()
    role = UnicodeAttribute()
    is_machine = BooleanAttribute(null=True)
    joined_at = UnicodeAttribute()


class ByMember(GlobalSecondaryIndex[Any]):
    """Seats by the subject that holds them."""

    class Meta:
        index_name = "by_member"
        projection = KeysOnlyProjection()

    subject = UnicodeAttribute(hash_key=True)
    pk = UnicodeAttribute(range_key=True)


class SeatKeys(Keyed):
    """A seat as its index tells of it."""

    class Meta:
        table_name = TableName("accounts_table")

    subject = UnicodeAttribute()
    by_member = ByMember()


class InvitationRow(AccountTable, discriminator="invitation"):
    """Whom a token invites, under the token's hash. Whether it still does is told by the member's own row."""

    account_id = UnicodeAttribute()
    member_id = UnicodeAttribute()


class IdentityRow(AccountTable, discriminator="identity"):
    id = UnicodeAttribute()
    platform = UnicodeAttribute()
    identity_kind = UnicodeAttribute()
    value = UnicodeAttribute()
    state = UnicodeAttribute()
    created_at = UnicodeAttribute()
    linked_at = UnicodeAttribute(null=True)


class RouteRow(AccountTable, discriminator="route"):
    """The proof that an identity belongs to an account. There is at most one, because there is one key."""

    account_id = UnicodeAttribute()


class LinkCodeRow(AccountTable, discriminator="link_code"):
    account_id = UnicodeAttribute()
    identity_id = UnicodeAttribute()


class WaitingRow(AccountTable, discriminator="waiting"):
    """One message of an identity nobody has linked, waiting in the dead letters."""


class NotificationRow(AccountTable, discriminator="notification"):
    at = UnicodeAttribute()
    code = UnicodeAttribute()
    subject = UnicodeAttribute(attr_name="about")  # `subject` is the key of `by_member`, where seats alone belong
    reasons = JSONAttribute()
    audience = UnicodeAttribute()


class ReadRow(AccountTable, discriminator="read"):
    """That a member has read a notification."""


def partition(account_id: str) -> str:
    return f"ACCOUNT#{account_id}"


def account_row(account: Account) -> AccountRow:
    return AccountRow(
        partition(account.id),
        ACCOUNT,
        name=account.name,
        market=account.market,
        time_zone=account.time_zone,
        created_at=written(account.created_at),
        own_phones=list(account.own_phones),
        own_emails=list(account.own_emails),
        retention_days=account.retention_days,
        capture=msgspec.to_builtins(account.capture),
        version=account.version,
    )


def account_of(row: AccountRow) -> Account:
    return Account(
        id=row.pk.removeprefix("ACCOUNT#"),
        name=row.name,
        market=row.market,
        time_zone=row.time_zone,
        created_at=parse_written(row.created_at),
        own_phones=tuple(row.own_phones),
        own_emails=tuple(row.own_emails),
        retention_days=int(row.retention_days),
        capture=msgspec.convert(row.capture, Capture),
        version=int(row.version),
    )


def member_row(member: Member) -> MemberRow:
    return MemberRow(
        partition(member.account_id),
        (FORMER if member.state is MemberState.REMOVED else MEMBER) + member.id,
        role=member.role.value,
        state=member.state.value,
        created_at=written(member.created_at),
        bound_to=member.subject,
        name=member.name,
        is_machine=member.is_machine or None,
        joined_at=written(member.joined_at) if member.joined_at else None,
        invited_until=written(member.invited_until) if member.invited_until else None,
        handed_to=member.handed_to,
        version=member.version,
    )


def member_of(row: MemberRow) -> Member:
    return Member(
        id=row.sk.partition("#")[2],
        account_id=row.pk.removeprefix("ACCOUNT#"),
        role=Role(row.role),
        state=MemberState(row.state),
        created_at=parse_written(row.created_at),
        subject=row.bound_to,
        name=row.name,
        is_machine=bool(row.is_machine),
        joined_at=parse_written(row.joined_at) if row.joined_at else None,
        invited_until=parse_written(row.invited_until) if row.invited_until else None,
        handed_to=row.handed_to,
        version=int(row.version),
    )


def seat_row(member: Member) -> SeatRow:
    return SeatRow(
        partition(member.account_id),
        SEAT + (member.subject or ""),
        subject=member.subject,
        member_id=member.id,
        role=member.role.value,
        is_machine=member.is_machine or None,
        joined_at=written(member.joined_at or member.created_at),
    )


def member_in_seat(row: SeatRow) -> Member:
    """The bound member as far as a seat tells: subject, role, and whether it is a machine."""
    joined_at = parse_written(row.joined_at)
    return Member(
        id=row.member_id,
        account_id=row.pk.removeprefix("ACCOUNT#"),
        role=Role(row.role),
        state=MemberState.BOUND,
        created_at=joined_at,
        subject=row.subject,
        is_machine=bool(row.is_machine),
        joined_at=joined_at,
    )


def identity_row(identity: Identity) -> IdentityRow:
    return IdentityRow(
        partition(identity.account_id),
        f"IDENTITY#{identity.id}",
        id=identity.id,
        platform=identity.platform,
        identity_kind=identity.kind.value,
        value=identity.value,
        state=identity.state.value,
        created_at=written(identity.created_at),
        linked_at=written(identity.linked_at) if identity.linked_at else None,
    )


def identity_of(row: IdentityRow) -> Identity:
    return Identity(
        row.id,
        row.pk.removeprefix("ACCOUNT#"),
        row.platform,
        IdentityKind(row.identity_kind),
        row.value,
        IdentityState(row.state),
        parse_written(row.created_at),
        parse_written(row.linked_at) if row.linked_at else None,
    )


def notification_row(notification: Notification) -> NotificationRow:
    return NotificationRow(
        partition(notification.account_id),
        NOTIFICATION + notification.id,
        at=written(notification.at),
        code=notification.code,
        subject=notification.subject,
        reasons=list(notification.reasons),
        audience=notification.audience,
    )


def notification_of(row: NotificationRow) -> Notification:
    return Notification(
        row.sk.removeprefix(NOTIFICATION),
        row.pk.removeprefix("ACCOUNT#"),
        row.code,
        row.subject,
        parse_written(row.at),
        tuple(row.reasons),
        row.audience,
    )
