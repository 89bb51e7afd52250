"""HTTP: reading an account's stored messages again with the present rules."""

from typing import TYPE_CHECKING, Annotated

from chalice.app import Blueprint
from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.accounts.routes import account_of
from chalicelib.cursor import open_cursor, seal_cursor
from chalicelib.http import Answer, Call, endpoint
from chalicelib.leads.lead import masked

if TYPE_CHECKING:
    from chalicelib.capture.rereading import Gained

blueprint = Blueprint(__name__)


class RereadingRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A dry run tells what would be added; without, it is added. `limit` conversations a page."""

    is_dry_run: bool = True
    limit: Annotated[int, Meta(ge=1, le=50)] = 25
    cursor: Annotated[str, Meta(max_length=2_048)] | None = None


class RereadContact(Struct, frozen=True):
    """A contact that the present rules find, and where. A lead that does not stand yet would be made under this id."""

    conversation_id: str
    lead_id: str
    is_new_lead: bool
    kind: str
    value: str
    rule: str
    message_ids: list[str]


class MessagesRead(Struct, frozen=True):
    """How much was read. A thread counts with the page that ends it."""

    conversations: int
    messages: int


class RereadingView(Struct, frozen=True, kw_only=True):
    """`would_add` is of a dry run, `added` of one that was done; `superseded` are those that give way to them."""

    rule_set: str
    read: MessagesRead
    would_add: list[RereadContact] | UnsetType = UNSET
    added: list[RereadContact] | UnsetType = UNSET
    superseded: list[RereadContact]
    cursor: str | UnsetType = UNSET


@endpoint(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/capture/re-readings",
    action="capture.reread",
    body=RereadingRequest,
    answer=RereadingView,
    refusals=("NotCapturingError", "CursorError"),
)
def read_again(call: Call) -> Answer:
    """Read stored messages again with the present rules: what that would add to cards, or on confirmation, add it."""
    from chalicelib.capture.extraction import RULE_SET  # noqa: PLC0415 - stores and phonenumbers are heavy
    from chalicelib.capture.rereading import reread  # noqa: PLC0415

    asked: RereadingRequest = call.body
    # A dry run's cursor is none of the real one, which would leave out all the pages before it.
    of_list = repr((call.route, call.account_id, asked.is_dry_run))
    position = open_cursor(asked.cursor, call.caller.subject, of_list) if asked.cursor is not None else None
    found = reread(account_of(call), position, asked.limit, is_dry_run=asked.is_dry_run, now=call.now)
    added = [_view(one, is_masked=call.is_masked) for one in found.added]
    view = RereadingView(
        rule_set=RULE_SET,
        read=MessagesRead(found.conversations, found.messages),
        would_add=added if asked.is_dry_run else UNSET,
        added=UNSET if asked.is_dry_run else added,
        superseded=[_view(one, is_masked=call.is_masked) for one in found.superseded],
        cursor=seal_cursor(found.position, call.caller.subject, of_list) if found.position else UNSET,
    )
    return Answer(view)


def _view(gained: "Gained", *, is_masked: bool) -> RereadContact:
    contact = gained.contact
    evidence = contact.evidence or contact.places[0].evidence
    return RereadContact(
        conversation_id=evidence.parts[-1].conversation_id,
        lead_id=gained.lead_id,
        is_new_lead=gained.is_new_lead,
        kind=contact.kind,
        value=masked(contact.kind, contact.value) if is_masked else contact.value,
        rule=evidence.rule,
        message_ids=[part.message_id for part in evidence.parts],
    )
