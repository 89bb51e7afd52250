"""The inbox as one member reads it: what is for them, what they have read, and how much they have not."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.accounts import inbox_store, store
from chalicelib.accounts.account import Member, Notification
from chalicelib.faults import Fault, InvalidError
from chalicelib.table import commit

CHUNK = 100
CHUNKS = 4  # of one page at most: a list of ours examines no more than 500 entries
COUNTED = 100  # the newest, of which the unread are counted


@dataclass(frozen=True, slots=True)
class Entry:
    """A notification, and whether the member has read it."""

    notification: Notification
    is_read: bool


def read_page(member: Member, limit: int, after: str | None, *, is_unread_only: bool) -> tuple[list[Entry], str | None]:
    """A page, newest first, and after which notification the next one goes on: None where nothing is left.

    Not all notifications are looked at for it, so a page may be short, even empty, and yet not be the last.
    """
    page: list[Entry] = []
    for number in range(CHUNKS):
        size = CHUNK if is_unread_only or number else limit + 1
        chunk = list(store.list_notifications(member.account_id, size, after))
        for place, entry in enumerate(_entries(member, chunk)):
            after = chunk[place].id
            if entry is not None and not (is_unread_only and entry.is_read):
                page.append(entry)
            if len(page) == limit:
                is_end = place == len(chunk) - 1 and len(chunk) < size
                return page, None if is_end else after
        if len(chunk) < size:
            return page, None
    return page, after


def count_unread(member: Member) -> int:
    """How many of the account's newest 100 notifications are for the member and unread."""
    entries = _entries(member, list(store.list_notifications(member.account_id, COUNTED, None)))
    return sum(1 for entry in entries if entry is not None and not entry.is_read)


def find_entry(member: Member, notification_id: str) -> Entry | None:
    found = inbox_store.find_notifications(member.account_id, [notification_id])
    entries = _entries(member, list(found.values()))
    return entries[0] if entries else None


def mark_read(member: Member, notification_ids: Sequence[str]) -> None:
    """The member has read these from now on (at most 100). Again: the same.

    Raises InvalidError with a fault for each that is none, or is not for this member.
    """
    found = inbox_store.find_notifications(member.account_id, notification_ids)
    known = {one.id for one in found.values() if one.is_for(member.id)}
    faults = [
        Fault(f"/ids/{place}", "is no notification of yours")
        for place, one in enumerate(notification_ids)
        if one not in known
    ]
    if faults:
        raise InvalidError(faults)
    unread = known - inbox_store.list_read(member.account_id, member.id, known)
    if unread:
        commit([inbox_store.mark_read(member.account_id, member.id, one) for one in sorted(unread)])


def _entries(member: Member, notifications: Sequence[Notification]) -> list[Entry | None]:
    """An entry for each that is for the member, None in the place of each that is not."""
    read = inbox_store.list_read(member.account_id, member.id, [one.id for one in notifications])
    return [Entry(one, one.id in read) if one.is_for(member.id) else None for one in notifications]
