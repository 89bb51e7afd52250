"""HTTP: working on leads: marking one in a conversation, its status, who works on it, and what happened to it."""

from typing import Any

from chalice.app import Blueprint
from msgspec import UNSET, Struct, UnsetType

from chalicelib.accounts.routes import account_of
from chalicelib.clock import written
from chalicelib.http import Answer, Call, NotFoundError, Page, endpoint, etag
from chalicelib.leads.lead import Channel, Lead, Source, Status
from chalicelib.shapes import Id, Time

blueprint = Blueprint(__name__)

OF_CONVERSATION = "/v1/accounts/{account_id}/conversations/{conversation_id}/lead"
LEAD = "/v1/accounts/{account_id}/leads/{lead_id}"


class LeadState(Struct, frozen=True):
    """A lead without its card: where it stands, and who works on it."""

    id: str
    status: Status
    status_since: Time
    source: Source
    channel: Channel
    assignee: str | None
    version: int
    conversation_id: str | None


class StatusChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The status to be, and the conversation whose page it was changed on, if it was one."""

    status: Status
    conversation_id: Id | None = None


class Assignment(Struct, frozen=True, forbid_unknown_fields=True):
    """The member who is to work on the lead, or null for nobody."""

    member_id: Id | None


class ActivityView(Struct, frozen=True):
    """One change of a lead."""

    id: str
    kinds: tuple[str, ...]
    at: Time
    actor: str  # a member's id, `system` or `reviewer`
    version: int
    details: dict[str, Any]


class Activities(Struct, frozen=True):
    activities: list[ActivityView]
    cursor: str | UnsetType = UNSET


@endpoint(
    blueprint,
    "GET",
    OF_CONVERSATION,
    action="leads.read",
    answer=LeadState,
    refusals=("ConversationNotFoundError",),
)
def get_conversation_lead(call: Call) -> Answer:
    """The state of the conversation's lead; 404 if its customer is none."""
    from chalicelib.leads import marking  # noqa: PLC0415 - stores are heavy

    account = account_of(call)
    head = marking.get_conversation(account, call.path["conversation_id"], call.now)
    lead = marking.find_lead(account, head, call.now)
    if lead is None:
        raise NotFoundError
    return _state(lead)


def _marked_before(call: Call) -> Answer:
    """The lead as it is, where the conversation names it: marking does both at once."""
    from chalicelib.leads import marking  # noqa: PLC0415

    account = account_of(call)
    head = marking.get_conversation(account, call.path["conversation_id"], call.now)
    lead = marking.find_lead(account, head, call.now)
    if lead is None or head.lead_id != lead.id:
        raise NotFoundError
    return _state(lead)


@endpoint(
    blueprint,
    "POST",
    OF_CONVERSATION,
    action="leads.mark",
    answer=LeadState,
    statuses=(200, 201),
    refusals=("ConversationNotFoundError", "CustomerUnknownError"),
    replay=_marked_before,
)
def mark_as_lead(call: Call) -> Answer:
    """Mark as lead: make the conversation's customer a raw lead, or answer the lead unchanged if they are one."""
    from chalicelib.leads import marking  # noqa: PLC0415

    account = account_of(call)
    marked = marking.mark_as_lead(account, call.path["conversation_id"], by=call.actor, now=call.now)
    return _state(marked.lead, 201 if marked.is_new else 200)


@endpoint(
    blueprint,
    "PUT",
    LEAD + "/status",
    action="leads.work",
    body=StatusChange,
    answer=LeadState,
    refusals=("LeadNotFoundError",),
)
def change_status(call: Call) -> Answer:
    """Update lead status; it shows in the thread it was changed from, or else in the lead's latest one."""
    from chalicelib.leads import status  # noqa: PLC0415

    asked: StatusChange = call.body
    lead = status.change_status(
        account_of(call),
        call.path["lead_id"],
        asked.status,
        acted_from=asked.conversation_id,
        require_version=call.require_version,
        by=call.actor,
        now=call.now,
    )
    return _state(lead)


@endpoint(
    blueprint,
    "PUT",
    LEAD + "/assignee",
    action="leads.work",
    body=Assignment,
    answer=LeadState,
    refusals=(
        "LeadNotFoundError",
        "AssigneeUnknownError",
        "AssigneePendingError",
        "AssigneeRemovedError",
        "AssigneeNotAllowedError",
        "AssigneeIsMachineError",
    ),
)
def assign_lead(call: Call) -> Answer:
    """Assign the lead to an admin or operator, who is told in the inbox, or to nobody."""
    from chalicelib.leads import assignment  # noqa: PLC0415

    lead = assignment.assign(
        account_of(call),
        call.path["lead_id"],
        call.body.member_id,
        require_version=call.require_version,
        by=call.actor,
        now=call.now,
    )
    return _state(lead)


@endpoint(
    blueprint,
    "GET",
    LEAD + "/activity",
    action="leads.read",
    query=Page,
    answer=Activities,
    refusals=("LeadNotFoundError",),
)
def list_lead_activity(call: Call) -> Answer:
    """What happened to the lead, newest first."""
    from chalicelib.leads import history  # noqa: PLC0415

    account = account_of(call)
    found, position = history.list_activity(account, call.path["lead_id"], call.query.limit, call.position(), call.now)
    shown = [
        ActivityView(
            one.id, one.kinds, written(one.at), one.actor, one.version, _details(one.details, is_masked=call.is_masked)
        )
        for one in found
    ]
    return Answer(Activities(shown, call.cursor(position) or UNSET))


def _details(details: dict[str, Any], *, is_masked: bool) -> dict[str, Any]:
    """Without the ids of contacts for who sees them masked: an id is made of the value, which could be tried out."""
    return {name: one for name, one in details.items() if not (is_masked and name in {"contact_id", "instead_of"})}


def _state(lead: Lead, status: int = 200) -> Answer:
    state = LeadState(
        id=lead.id,
        status=lead.status,
        status_since=written(lead.status_since or lead.created_at),
        source=lead.source,
        channel=lead.channel,
        assignee=lead.assignee,
        version=lead.version,
        conversation_id=lead.conversation_id,
    )
    headers = {"ETag": etag(lead.version)}
    if status == 201:
        headers["Location"] = f"/v1/accounts/{lead.account_id}/leads/{lead.id}"
    return Answer(state, status, headers)
