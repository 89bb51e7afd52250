"""Accounts as they are stored, and what other features ask of them: who may enter, where an id routes, the inbox.

Rows are in rows.py; what an account's own pages ask of members and inbox is in members_store.py and inbox_store.py.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from pynamodb.exceptions import DoesNotExist

from chalicelib.accounts.account import (
    LINK_CODE_LIFETIME,
    Account,
    Identity,
    IdentityState,
    Member,
    MemberState,
    Notification,
)
from chalicelib.accounts.rows import (
    ACCOUNT,
    LINK_CODE,
    NOTIFICATION,
    ROUTE,
    SEAT,
    AccountRow,
    IdentityRow,
    LinkCodeRow,
    MemberRow,
    NotificationRow,
    RouteRow,
    SeatRow,
    WaitingRow,
    account_of,
    account_row,
    identity_of,
    identity_row,
    member_in_seat,
    member_row,
    notification_of,
    notification_row,
    partition,
    seat_row,
)
from chalicelib.table import Put, Write

# Accounts


def get(account_id: str) -> Account | None:
    """The account as of now (one strong read)."""
    try:
        return account_of(AccountRow.get(partition(account_id), ACCOUNT, consistent_read=True))
    except DoesNotExist:
        return None


def add(account: Account) -> Put:
    return Put(account_row(account), AccountRow.pk.does_not_exist())


def save(account: Account) -> Put:
    """The write of an account whose version is one more than the one read."""
    return Put(account_row(account), AccountRow.version == account.version - 1)


# Members


def find_member(account_id: str, subject: str) -> Member | None:
    """The bound member a token's subject is, as of now (one strong read)."""
    try:
        return member_in_seat(SeatRow.get(partition(account_id), SEAT + subject, consistent_read=True))
    except DoesNotExist:
        return None


def add_member(member: Member) -> list[Write]:
    """The writes of a new member; a bound one gets a seat, if its subject has none in this account."""
    writes: list[Write] = [Put(member_row(member), MemberRow.pk.does_not_exist())]
    if member.state is MemberState.BOUND:
        writes.append(Put(seat_row(member), SeatRow.pk.does_not_exist()))
    return writes


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
    return [Put(identity_row(identity), is_pending), Put(code_row, LinkCodeRow.pk.does_not_exist())]


def link_identity(identity: Identity) -> list[Write]:
    """The writes that make a pending link a linked one, if no account has the identity yet."""
    key = identity_key(identity.platform, identity.kind, identity.value)
    return [
        Put(RouteRow(key, ROUTE, account_id=identity.account_id), RouteRow.pk.does_not_exist()),
        Put(identity_row(identity), IdentityRow.state == IdentityState.PENDING.value),
    ]


def find_identity(account_id: str, identity_id: str) -> Identity | None:
    try:
        return identity_of(IdentityRow.get(partition(account_id), f"IDENTITY#{identity_id}", consistent_read=True))
    except DoesNotExist:
        return None


def list_identities(account_id: str) -> list[Identity]:
    rows = IdentityRow.query(partition(account_id), IdentityRow.sk.startswith("IDENTITY#"), consistent_read=True)
    return [identity_of(row) for row in rows]


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
    return Put(notification_row(notification), NotificationRow.pk.does_not_exist())


def list_notifications(account_id: str, limit: int, after: str | None) -> Iterator[Notification]:
    """Newest first, whoever they are for; `after` is the id of the last one seen."""
    end = NOTIFICATION + (after or "~")
    rows = NotificationRow.query(
        partition(account_id),
        NotificationRow.sk.between(NOTIFICATION, end),
        scan_index_forward=False,
        limit=limit + (1 if after else 0),
        consistent_read=True,
    )
    return (notification_of(row) for row in rows if row.sk != end)
