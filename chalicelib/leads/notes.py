"""Notes on a lead: whoever works on leads writes them, their author or an admin changes and removes them.

A note is a row of its own, so that two who write notes never wait for each other, nor for who edits the card. Note and
change are one transaction, on condition that the lead is there and the note is what was read. What a note says stands
nowhere but in its row.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.accounts.account import Account, Member, Role
from chalicelib.events import store as changes
from chalicelib.events.change import a_change
from chalicelib.ids import ordered_id
from chalicelib.leads import note_store, store
from chalicelib.leads.editing import LeadError, get_lead
from chalicelib.leads.lead import Lead, Note
from chalicelib.table import BusyError, ChangedError, Delete, Put, commit

TRIES = 4
# A lead that expired has left its id to the next one of its customer, at least a day later, and perhaps notes: what is
# older than the lead is hidden. Clocks differ by less than this.
SKEW = timedelta(minutes=5)


class NoteNotFoundError(LeadError):
    """The lead has no such note."""


class NotAuthorError(LeadError):
    """Somebody else wrote the note."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, and whether they may change what others wrote."""

    id: str
    is_admin: bool

    @classmethod
    def of(cls, member: Member) -> "Writer":
        return cls(member.id, member.role is Role.ADMIN)


def add_note(account: Account, lead_id: str, note_id: str, text: str, *, by: Writer, now: datetime) -> Note:
    """The note, written under this id.

    **Repeats**: under the same id, the note that is there.
    **Errors**: LeadNotFoundError, also where the lead went meanwhile; BusyError.
    """
    lead = get_lead(account, lead_id, now)
    note = Note(note_id, text, by.id, now)
    try:
        _commit(account, lead, "note_added", note, note_store.add(account.id, lead.id, note), by, now)
    except ChangedError:  # it is there already, or the lead has gone
        return get_note(account, lead_id, note_id, now)
    return note


def get_note(account: Account, lead_id: str, note_id: str, now: datetime) -> Note:
    """Raises LeadNotFoundError, NoteNotFoundError."""
    return _get_note(get_lead(account, lead_id, now), note_id)


def list_notes(
    account: Account, lead_id: str, limit: int, after: str | None, now: datetime
) -> tuple[list[Note], str | None]:
    """A page, newest first, and where the next one starts. Raises LeadNotFoundError."""
    lead = get_lead(account, lead_id, now)
    first = ordered_id("nte", lead.created_at - SKEW)[:-20]  # without what is random in it
    found = note_store.list_newest_first(account.id, lead.id, limit + 1, first=first, after=after)
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def change_note(
    account: Account,
    lead_id: str,
    note_id: str,
    text: str,
    *,
    require_version: Callable[[int], None],
    by: Writer,
    now: datetime,
) -> Note:
    """The note with this text; the same again changes nothing.

    **Errors**: LeadNotFoundError, NoteNotFoundError, NotAuthorError, BusyError, and what `require_version` raises.
    """
    for _ in range(TRIES):
        lead, old = _changeable(account, lead_id, note_id, by, now)
        require_version(old.version)
        if text == old.text:
            return old
        new = replace(old, text=text, edited_at=now, version=old.version + 1)
        try:
            _commit(account, lead, "note_changed", new, note_store.save(account.id, lead.id, new), by, now)
        except ChangedError:
            continue
        return new
    raise BusyError


def remove_note(
    account: Account,
    lead_id: str,
    note_id: str,
    *,
    require_version: Callable[[int], None],
    by: Writer,
    now: datetime,
) -> None:
    """The note is gone. **Errors**: as change_note."""
    for _ in range(TRIES):
        lead, old = _changeable(account, lead_id, note_id, by, now)
        require_version(old.version)
        try:
            _commit(account, lead, "note_removed", old, note_store.drop(account.id, lead.id, old), by, now)
        except ChangedError:
            continue
        return
    raise BusyError


def _changeable(account: Account, lead_id: str, note_id: str, by: Writer, now: datetime) -> tuple[Lead, Note]:
    lead = get_lead(account, lead_id, now)
    note = _get_note(lead, note_id)
    if not by.is_admin and note.author != by.id:
        raise NotAuthorError
    return lead, note


def _get_note(lead: Lead, note_id: str) -> Note:
    note = note_store.find(lead.account_id, lead.id, note_id)
    if note is None or note.created_at < lead.created_at - SKEW:
        raise NoteNotFoundError
    return note


def _commit(
    account: Account, lead: Lead, what: str, note: Note, write: Put | Delete, by: Writer, now: datetime
) -> None:
    told = a_change(
        "lead.updated.v1",
        account_id=account.id,
        market=account.market,
        subject=lead.id,
        version=lead.version,
        at=now,
        actor=by.id,
        body={
            "lead_id": lead.id,
            "status": lead.status.value,
            "assignee": lead.assignee,
            "what": what,
            "note_id": note.id,
        },
    )
    commit([write, store.has_still(account.id, lead.id), changes.add(told)])
