"""The rows of `accounts`: accounts, members, identities and where they route, link codes, notifications.

One account is one partition. The way in from a platform's id is a partition of its own, `IDENTITY#…`, so that routing
is one read of one key. The account row holds the capture state too: one strong read answers all a message asks of it.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime

import msgspec
from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.accounts.account import (
    LINK_CODE_LIFETIME,
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
from chalicelib.table import Put, Row, TableName, Write

ACCOUNT = "ACCOUNT"
MEMBER = "MEMBER#"
SEAT = "SEAT#"
NOTIFICATION = "NOTIFICATION#"
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


class MemberRow(AccountTable, discriminator="member"):
    role = UnicodeAttribute()
    state = UnicodeAttribute()
    created_at = UnicodeAttribute()
    bound_to = UnicodeAttribute(null=True)  # the subject
    name = UnicodeAttribute(null=True)
    is_machine = BooleanAttribute(null=True)
    joined_at = UnicodeAttribute(null=True)
    version = NumberAttribute()


class SeatRow(AccountTable, discriminator="seat"):
    """What a caller's subject may do here: there is one as long as its member is bound, and every request reads it."""

    subject = UnicodeAttribute()  # the key of the index `by_member`
    member_id = UnicodeAttribute()
    role = UnicodeAttribute()
    is_machine = BooleanAttribute(null=True)
    joined_at = UnicodeAttribute()


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
    subject = UnicodeAttribute()
    reasons = JSONAttribute()
    audience = UnicodeAttribute()


# Accounts


def get(account_id: str) -> Account | None:
    """The account as of now (one strong read)."""
    try:
        return _account(AccountRow.get(f"ACCOUNT#{account_id}", ACCOUNT, consistent_read=True))
    except DoesNotExist:
        return None


def add(account: Account) -> Put:
    return Put(_account_row(account), AccountRow.pk.does_not_exist())


def save(account: Account) -> Put:
    """The write of an account whose version is one more than the one read."""
    return Put(_account_row(account), AccountRow.version == account.version - 1)


def _account_row(account: Account) -> AccountRow:
    return AccountRow(
        f"ACCOUNT#{account.id}",
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


def _account(row: AccountRow) -> Account:
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


# Members


def find_member(account_id: str, subject: str) -> Member | None:
    """The bound member a token's subject is, as of now (one strong read)."""
    try:
        row = SeatRow.get(f"ACCOUNT#{account_id}", SEAT + subject, consistent_read=True)
    except DoesNotExist:
        return None
    joined_at = parse_written(row.joined_at)
    return Member(
        id=row.member_id,
        account_id=account_id,
        role=Role(row.role),
        state=MemberState.BOUND,
        created_at=joined_at,
        subject=row.subject,
        is_machine=bool(row.is_machine),
        joined_at=joined_at,
    )


def add_member(member: Member) -> list[Write]:
    """The writes of a new member; a bound one gets a seat, if its subject has none in this account."""
    writes: list[Write] = [Put(_member_row(member), MemberRow.pk.does_not_exist())]
    if member.state is MemberState.BOUND:
        writes.append(Put(_seat_row(member), SeatRow.pk.does_not_exist()))
    return writes


def _member_row(member: Member) -> MemberRow:
    return MemberRow(
        f"ACCOUNT#{member.account_id}",
        MEMBER + member.id,
        role=member.role.value,
        state=member.state.value,
        created_at=written(member.created_at),
        bound_to=member.subject,
        name=member.name,
        is_machine=member.is_machine or None,
        joined_at=written(member.joined_at) if member.joined_at else None,
        version=member.version,
    )


def _seat_row(member: Member) -> SeatRow:
    return SeatRow(
        f"ACCOUNT#{member.account_id}",
        SEAT + (member.subject or ""),
        subject=member.subject,
        member_id=member.id,
        role=member.role.value,
        is_machine=member.is_machine or None,
        joined_at=written(member.joined_at or member.created_at),
    )


# Identities


def identity_key(platform: str, kind: str, value: str) -> str:
    return f"IDENTITY#{platform}#{kind}#{value}"


def find_account_id(platform: str, kind: str, value: str) -> str | None:
    """The account this platform id is linked to; a pending link routes nothing."""
    try:
        return str(RouteRow.get(identity_key(platform, kind, value), ROUTE, consistent_read=True).account_id)
    except DoesNotExist:
        return None


def add_identity(identity: Identity, code: str, now: datetime) -> list[Write]:
    """The writes of a pending link. The code is kept as a hash, under which an echo finds it with one read."""
    code_row = LinkCodeRow(
        _code_key(code),
        LINK_CODE,
        account_id=identity.account_id,
        identity_id=identity.id,
        expires_at=int((now + LINK_CODE_LIFETIME).timestamp()),
    )
    is_pending = IdentityRow.pk.does_not_exist() | (IdentityRow.state == IdentityState.PENDING.value)
    return [Put(_identity_row(identity), is_pending), Put(code_row, LinkCodeRow.pk.does_not_exist())]


def link_identity(identity: Identity) -> list[Write]:
    """The writes that make a pending link a linked one, if no account has the identity yet."""
    key = identity_key(identity.platform, identity.kind, identity.value)
    return [
        Put(RouteRow(key, ROUTE, account_id=identity.account_id), RouteRow.pk.does_not_exist()),
        Put(_identity_row(identity), IdentityRow.state == IdentityState.PENDING.value),
    ]


def find_identity(account_id: str, identity_id: str) -> Identity | None:
    try:
        return _identity(IdentityRow.get(f"ACCOUNT#{account_id}", f"IDENTITY#{identity_id}", consistent_read=True))
    except DoesNotExist:
        return None


def list_identities(account_id: str) -> list[Identity]:
    rows = IdentityRow.query(f"ACCOUNT#{account_id}", IdentityRow.sk.startswith("IDENTITY#"), consistent_read=True)
    return [_identity(row) for row in rows]


def find_identity_by_code(code: str, now: datetime) -> Identity | None:
    """The pending link this one-time code was shown for, as long as it can be proved."""
    try:
        row = LinkCodeRow.get(_code_key(code), LINK_CODE, consistent_read=True)
    except DoesNotExist:
        return None
    if row.expires_at <= now.timestamp():
        return None
    return find_identity(row.account_id, row.identity_id)


def _code_key(code: str) -> str:
    return f"CODE#{hashlib.sha256(code.encode()).hexdigest()}"


def _identity_row(identity: Identity) -> IdentityRow:
    return IdentityRow(
        f"ACCOUNT#{identity.account_id}",
        f"IDENTITY#{identity.id}",
        id=identity.id,
        platform=identity.platform,
        identity_kind=identity.kind.value,
        value=identity.value,
        state=identity.state.value,
        created_at=written(identity.created_at),
        linked_at=written(identity.linked_at) if identity.linked_at else None,
    )


def _identity(row: IdentityRow) -> Identity:
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


# Messages that wait for an identity


def waiting(platform: str, kind: str, value: str, letter_id: str, expires_at: int) -> Put:
    """The row that says one message of this identity waits in the dead letters; the same message is the same row."""
    return Put(WaitingRow(identity_key(platform, kind, value), f"WAITING#{letter_id}", expires_at=expires_at))


def count_waiting(platform: str, kind: str, value: str, now_seconds: int) -> int:
    """How many messages of this identity still wait, counted up to 1,000."""
    key = identity_key(platform, kind, value)
    is_waiting = WaitingRow.expires_at > now_seconds
    return WaitingRow.count(key, WaitingRow.sk.startswith("WAITING#"), is_waiting, limit=1_000)


# Notifications


def add_notification(notification: Notification) -> Put:
    row = NotificationRow(
        f"ACCOUNT#{notification.account_id}",
        NOTIFICATION + notification.id,
        at=written(notification.at),
        code=notification.code,
        subject=notification.subject,
        reasons=list(notification.reasons),
        audience=notification.audience,
    )
    return Put(row, NotificationRow.pk.does_not_exist())


def list_notifications(account_id: str, limit: int, after: str | None) -> Iterator[Notification]:
    """Newest first; `after` is the id of the last one seen."""
    end = NOTIFICATION + (after or "~")
    rows = NotificationRow.query(
        f"ACCOUNT#{account_id}",
        NotificationRow.sk.between(NOTIFICATION, end),
        scan_index_forward=False,
        limit=limit + (1 if after else 0),
        consistent_read=True,
    )
    for row in rows:
        if row.sk != end:
            yield Notification(
                row.sk.removeprefix(NOTIFICATION),
                account_id,
                row.code,
                row.subject,
                parse_written(row.at),
                tuple(row.reasons),
                row.audience,
            )
