"""Notes as they are stored: beside their lead, behind all else of its partition, so that reading a card reads none.

A note has no expiry of its own, as a contact has none: it goes with its lead, whose last activity it need not know.
"""

from collections.abc import Iterator

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.clock import parse_written, written
from chalicelib.leads.lead import Note
from chalicelib.leads.rows import NOTE, LeadTable, partition
from chalicelib.table import Delete, Put


class NoteRow(LeadTable, discriminator="note"):
    text = UnicodeAttribute()
    author = UnicodeAttribute()
    created_at = UnicodeAttribute()
    edited_at = UnicodeAttribute(null=True)
    version = NumberAttribute()


def add(account_id: str, lead_id: str, note: Note) -> Put:
    return Put(_row(account_id, lead_id, note), NoteRow.pk.does_not_exist())


def save(account_id: str, lead_id: str, note: Note) -> Put:
    """The write of a note whose version is one more than the one read."""
    return Put(_row(account_id, lead_id, note), NoteRow.version == note.version - 1)


def drop(account_id: str, lead_id: str, note: Note) -> Delete:
    """The removal of a note that still is what was read."""
    return Delete(NoteRow(partition(account_id, lead_id), NOTE + note.id), NoteRow.version == note.version)


def drop_all(account_id: str, lead_id: str) -> Iterator[Delete]:
    """The removal of each note of a lead that is gone, read as it is asked for: without their lead none can change."""
    rows = NoteRow.query(partition(account_id, lead_id), NoteRow.sk.startswith(NOTE), consistent_read=True)
    return (Delete(row) for row in rows)


def find(account_id: str, lead_id: str, note_id: str) -> Note | None:
    """The note as of now (one strong read)."""
    try:
        return _note(NoteRow.get(partition(account_id, lead_id), NOTE + note_id, consistent_read=True))
    except DoesNotExist:
        return None


def list_newest_first(account_id: str, lead_id: str, limit: int, *, first: str, after: str | None) -> list[Note]:
    """A lead's notes as of now, from behind the id `after` down to the id `first`."""
    end = NOTE + (after or "~")
    rows = NoteRow.query(
        partition(account_id, lead_id),
        NoteRow.sk.between(NOTE + first, end),
        scan_index_forward=False,
        consistent_read=True,
        limit=limit + 1,
    )
    return [_note(row) for row in rows if row.sk != end][:limit]


def _note(row: NoteRow) -> Note:
    return Note(
        id=row.sk.removeprefix(NOTE),
        text=row.text,
        author=row.author,
        created_at=parse_written(row.created_at),
        edited_at=parse_written(row.edited_at) if row.edited_at else None,
        version=int(row.version),
    )


def _row(account_id: str, lead_id: str, note: Note) -> NoteRow:
    return NoteRow(
        partition(account_id, lead_id),
        NOTE + note.id,
        text=note.text,
        author=note.author,
        created_at=written(note.created_at),
        edited_at=written(note.edited_at) if note.edited_at else None,
        version=note.version,
    )
