"""HTTP: the Leads Center's list, contact cards as they are read, and leads that are typed or handed in."""

from typing import Annotated, Literal

from chalice.app import Blueprint
from msgspec import UNSET, Meta

from chalicelib.accounts.routes import account_of
from chalicelib.faults import Fault, InvalidError
from chalicelib.http import Answer, Call, NotFoundError, Page, endpoint, etag
from chalicelib.leads.lead import Channel, LeadFilter, Source, Status
from chalicelib.leads.shapes import CardView, LeadList, Moment, NewLead, card_view, is_sensible, lead_view

blueprint = Blueprint(__name__)


class LeadQuery(Page, frozen=True, forbid_unknown_fields=True):
    """Filters that are given hold all together; `created_before` is the only bound that is not included itself."""

    order: Literal["created", "activity"] = "created"
    status: Status | None = None
    assignee: Annotated[str, Meta(pattern=r"^(none|mem_[a-z0-9]{32})$")] | None = None
    source: Source | None = None
    channel: Channel | None = None
    created_from: Moment | None = None
    created_before: Moment | None = None
    updated_since: Moment | None = None
    has_phone: bool | None = None
    has_email: bool | None = None


@endpoint(blueprint, "GET", "/v1/accounts/{account_id}/leads", action="leads.read", query=LeadQuery, answer=LeadList)
def list_leads(call: Call) -> Answer:
    """The leads, organic and paid, newest first. A page may hold fewer than `limit`, even none, and have a next one."""
    from chalicelib.leads import store  # noqa: PLC0415 - stores are heavy

    wanted = _filter(call.query)
    position = call.position()
    leads, position = store.list_leads(
        call.account_id,
        call.query.limit,
        position,
        now=call.now,
        is_by_activity=call.query.order == "activity",
        wanted=wanted,
        retention_days=account_of(call).retention_days,
    )
    return Answer(LeadList([lead_view(one, is_masked=call.is_masked) for one in leads], call.cursor(position) or UNSET))


def _filter(query: LeadQuery) -> LeadFilter:
    """Raises InvalidError for times that can't be any of ours, and for a range that holds none."""
    names = ("created_from", "created_before", "updated_since")
    times = {name: at for name in names if (at := getattr(query, name)) is not None}
    faults = [Fault(name, "must be a time of ours", "query") for name, at in times.items() if not is_sensible(at)]
    begin, end = query.created_from, query.created_before
    if not faults and begin is not None and end is not None and begin >= end:
        faults = [Fault("created_before", "must be later than created_from", "query")]
    if faults:
        raise InvalidError(faults)
    return LeadFilter(
        status=query.status,
        assignee=query.assignee,
        source=query.source,
        channel=query.channel,
        has_phone=query.has_phone,
        has_email=query.has_email,
        **times,
    )


@endpoint(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/leads/{lead_id}",
    action="leads.read",
    answer=CardView,
    refusals=("LeadNotFoundError",),
)
def get_lead(call: Call) -> Answer:
    """A lead's contact card: what is known of the customer, and the messages that say so."""
    return card_answer(call, call.path["lead_id"])


def card_answer(call: Call, lead_id: str) -> Answer:
    """The card as of now. Raises LeadNotFoundError."""
    from chalicelib.leads import editing  # noqa: PLC0415

    card = editing.get_card(account_of(call), lead_id, call.now)
    assert card.lead is not None  # noqa: S101 - get_card has seen to it
    view = card_view(card.lead, card.contacts, is_masked=call.is_masked)
    return Answer(view, headers={"ETag": etag(card.lead.version)})


def _made_before(call: Call) -> Answer:
    from chalicelib.leads.editing import LeadNotFoundError  # noqa: PLC0415
    from chalicelib.leads.manual import lead_id_for  # noqa: PLC0415

    try:
        return card_answer(call, lead_id_for(call.account_id, call.body, call.resource_id))
    except LeadNotFoundError as error:
        raise NotFoundError from error


@endpoint(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/leads",
    action="leads.create",
    body=NewLead,
    answer=CardView,
    statuses=(200, 201),
    makes="led",
    replay=_made_before,
)
def create_lead(call: Call) -> Answer:
    """Add a lead by hand, or hand in a form's entry: the same entry is one lead, whichever way it comes."""
    from chalicelib.leads import manual  # noqa: PLC0415

    made = manual.make_lead(account_of(call), call.body, call.resource_id, by=call.actor, now=call.now)
    lead = made.card.lead
    assert lead is not None  # noqa: S101 - make_lead has seen to it
    headers = {"ETag": etag(lead.version)}
    if made.is_new:
        headers["Location"] = f"/v1/accounts/{lead.account_id}/leads/{lead.id}"
    view = card_view(lead, made.card.contacts, is_masked=call.is_masked)
    return Answer(view, 201 if made.is_new else 200, headers)
