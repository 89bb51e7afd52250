"""HTTP: notes on a lead."""

from typing import Annotated, Any

from chalice.app import Blueprint
from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.accounts.routes import account_of
from chalicelib.clock import written
from chalicelib.http import Answer, Call, NotFoundError, Page, endpoint, etag
from chalicelib.leads.lead import Note
from chalicelib.leads.shapes import LINES
from chalicelib.shapes import Time, time_or_none

blueprint = Blueprint(__name__)

NOTES = "/v1/accounts/{account_id}/leads/{lead_id}/notes"
NOTE = NOTES + "/{note_id}"


class NoteRequest(Struct, frozen=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=5_000, pattern=LINES)]


class NoteView(Struct, frozen=True):
    id: str
    text: str | None  # none where contacts are masked: a note may hold one
    author: str
    created_at: Time
    edited_at: Time | None
    version: int


class NoteList(Struct, frozen=True):
    notes: list[NoteView]
    cursor: str | UnsetType = UNSET


def _read(call: Call, note_id: str) -> Answer:
    from chalicelib.leads import notes  # noqa: PLC0415 - stores are heavy

    return _answer(call, notes.get_note(account_of(call), call.path["lead_id"], note_id, call.now))


def _written_before(call: Call) -> Answer:
    from chalicelib.leads.editing import LeadError  # noqa: PLC0415

    try:
        return _read(call, call.resource_id)
    except LeadError as error:
        raise NotFoundError from error


@endpoint(
    blueprint,
    "POST",
    NOTES,
    action="notes.write",
    body=NoteRequest,
    answer=NoteView,
    statuses=(201,),
    refusals=("LeadNotFoundError", "NoteNotFoundError"),
    makes="nte",
    replay=_written_before,
)
def add_note(call: Call) -> Answer:
    """Write a note on the lead."""
    from chalicelib.leads import notes  # noqa: PLC0415

    note = notes.add_note(
        account_of(call), call.path["lead_id"], call.resource_id, call.body.text, by=_writer(call), now=call.now
    )
    return _answer(call, note, 201)


@endpoint(
    blueprint,
    "GET",
    NOTES,
    action="notes.read",
    query=Page,
    answer=NoteList,
    refusals=("LeadNotFoundError",),
)
def list_notes(call: Call) -> Answer:
    """The lead's notes, newest first."""
    from chalicelib.leads import notes  # noqa: PLC0415

    account = account_of(call)
    found, position = notes.list_notes(account, call.path["lead_id"], call.query.limit, call.position(), call.now)
    return Answer(NoteList([_view(call, one) for one in found], call.cursor(position) or UNSET))


@endpoint(
    blueprint,
    "GET",
    NOTE,
    action="notes.read",
    answer=NoteView,
    refusals=("LeadNotFoundError", "NoteNotFoundError"),
)
def get_note(call: Call) -> Answer:
    """One note."""
    return _read(call, call.path["note_id"])


@endpoint(
    blueprint,
    "PATCH",
    NOTE,
    action="notes.write",
    body=NoteRequest,
    answer=NoteView,
    refusals=("LeadNotFoundError", "NoteNotFoundError", "NotAuthorError"),
)
def change_note(call: Call) -> Answer:
    """Write the note anew; its author or an admin may."""
    from chalicelib.leads import notes  # noqa: PLC0415

    note = notes.change_note(
        account_of(call),
        call.path["lead_id"],
        call.path["note_id"],
        call.body.text,
        require_version=call.require_version,
        by=_writer(call),
        now=call.now,
    )
    return _answer(call, note)


@endpoint(
    blueprint,
    "DELETE",
    NOTE,
    action="notes.write",
    statuses=(204,),
    refusals=("LeadNotFoundError", "NoteNotFoundError", "NotAuthorError"),
)
def remove_note(call: Call) -> Answer:
    """Remove the note; its author or an admin may."""
    from chalicelib.leads import notes  # noqa: PLC0415

    notes.remove_note(
        account_of(call),
        call.path["lead_id"],
        call.path["note_id"],
        require_version=call.require_version,
        by=_writer(call),
        now=call.now,
    )
    return Answer(None, 204)


def _writer(call: Call) -> Any:
    from chalicelib.leads.notes import Writer  # noqa: PLC0415

    assert call.member is not None  # noqa: S101 - its action needs one
    return Writer.of(call.member)


def _answer(call: Call, note: Note, status: int = 200) -> Answer:
    headers = {"ETag": etag(note.version)}
    if status == 201:
        path = call.path
        headers["Location"] = f"/v1/accounts/{path['account_id']}/leads/{path['lead_id']}/notes/{note.id}"
    return Answer(_view(call, note), status, headers)


def _view(call: Call, note: Note) -> NoteView:
    return NoteView(
        id=note.id,
        text=None if call.is_masked else note.text,
        author=note.author,
        created_at=written(note.created_at),
        edited_at=time_or_none(note.edited_at),
        version=note.version,
    )
