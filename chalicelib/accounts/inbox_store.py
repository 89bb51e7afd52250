"""The inbox as one member sees it: which notifications they have read, beside the notifications themselves."""

from collections.abc import Collection, Iterable

from chalicelib.accounts.account import Notification
from chalicelib.accounts.rows import NOTIFICATION, READ, NotificationRow, ReadRow, notification_of, partition
from chalicelib.table import Put


def find_notifications(account_id: str, notification_ids: Iterable[str]) -> dict[str, Notification]:
    """Those of the ids that are notifications of the account, whoever they are for (at most 100, strongly read)."""
    keys = [(partition(account_id), NOTIFICATION + one) for one in sorted(set(notification_ids))]
    found = (notification_of(row) for row in NotificationRow.batch_get(keys, consistent_read=True))
    return {one.id: one for one in found}


def list_read(account_id: str, member_id: str, notification_ids: Collection[str]) -> set[str]:
    """Those of the ids the member has read; they lie side by side, so it is one range."""
    if not notification_ids:
        return set()
    prefix = f"{READ}{member_id}#"
    within = ReadRow.sk.between(prefix + min(notification_ids), prefix + max(notification_ids))
    rows = ReadRow.query(partition(account_id), within, consistent_read=True)
    return {row.sk.removeprefix(prefix) for row in rows}


def mark_read(account_id: str, member_id: str, notification_id: str) -> Put:
    """The write of a read mark; it may be written again."""
    return Put(ReadRow(partition(account_id), f"{READ}{member_id}#{notification_id}"))
