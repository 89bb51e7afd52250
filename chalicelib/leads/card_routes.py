"""HTTP: editing a contact card, its details and its contacts."""

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint
from msgspec import UNSET

from chalicelib.accounts.routes import account_of
from chalicelib.http import Answer, Call, NotFoundError, endpoint, etag
from chalicelib.leads.shapes import (
    CardPatch,
    CardView,
    ContactPatch,
    ContactRequest,
    ContactView,
    card_view,
    contact_view,
)

if TYPE_CHECKING:
    from chalicelib.leads.card import Edited

blueprint = Blueprint(__name__)

LEAD = "/v1/accounts/{account_id}/leads/{lead_id}"
CONTACT = LEAD + "/contacts/{contact_id}"


@endpoint(
    blueprint,
    "PATCH",
    LEAD,
    action="leads.edit",
    body=CardPatch,
    answer=CardView,
    refusals=("LeadNotFoundError",),
)
def change_lead(call: Call) -> Answer:
    """Change the card's name, company, address or fields of one's own; null removes, what is left out stays."""
    from chalicelib.leads import card  # noqa: PLC0415 - stores are heavy

    changed = card.change_details(
        account_of(call),
        call.path["lead_id"],
        _details(call.body),
        require_version=call.require_version,
        by=call.actor,
        now=call.now,
    )
    lead = changed.lead
    assert lead is not None  # noqa: S101 - change_details answers the card of a lead
    view = card_view(lead, changed.contacts, is_masked=call.is_masked)
    return Answer(view, headers={"ETag": etag(lead.version)})


def _details(asked: CardPatch) -> dict[str, Any]:
    """What is asked for, under the lead's own names, without blanks around it."""
    texts = {"typed_name": asked.name, "company": asked.company, "address": asked.address}
    given = {name: text.strip() if text else None for name, text in texts.items() if text is not UNSET}
    return given if asked.fields is UNSET else {**given, "fields": asked.fields or {}}


def _added_before(call: Call) -> Answer:
    """The contact as it is, where a member's hand still has it stand: what was done to it since is not undone."""
    from chalicelib.leads import card  # noqa: PLC0415
    from chalicelib.leads.editing import LeadError  # noqa: PLC0415

    asked: ContactRequest = call.body
    account = account_of(call)
    try:
        found = card.get_typed(account, call.path["lead_id"], asked.kind, asked.value, call.now)
    except LeadError as error:
        raise NotFoundError from error
    return _contact(call, found)


@endpoint(
    blueprint,
    "POST",
    LEAD + "/contacts",
    action="leads.edit",
    body=ContactRequest,
    answer=ContactView,
    statuses=(200, 201),
    refusals=("LeadNotFoundError", "TooManyContactsError"),
    replay=_added_before,
)
def add_contact(call: Call) -> Answer:
    """Add a phone number or an e-mail address to the card, or bring back one that was removed."""
    from chalicelib.leads import card  # noqa: PLC0415

    asked: ContactRequest = call.body
    edited = card.put_contact(
        account_of(call),
        call.path["lead_id"],
        asked.kind,
        asked.value,
        is_preferred=asked.is_preferred,
        by=call.actor,
        now=call.now,
    )
    return _contact(call, edited, 201 if edited.is_new else 200)


@endpoint(
    blueprint,
    "GET",
    CONTACT,
    action="leads.edit",
    answer=ContactView,
    refusals=("LeadNotFoundError", "ContactNotFoundError"),
)
def get_contact(call: Call) -> Answer:
    """One contact of the card."""
    from chalicelib.leads import card  # noqa: PLC0415
    from chalicelib.leads.editing import get_card  # noqa: PLC0415

    found = get_card(account_of(call), call.path["lead_id"], call.now)
    return _contact(call, card.Edited(found, card.get_contact(found, call.path["contact_id"])))


@endpoint(
    blueprint,
    "PATCH",
    CONTACT,
    action="leads.edit",
    body=ContactPatch,
    answer=ContactView,
    refusals=("LeadNotFoundError", "ContactNotFoundError"),
)
def change_contact(call: Call) -> Answer:
    """Correct a contact, prefer it, or prefer it no more. If-Match is the lead's; another value has another id."""
    from chalicelib.leads import card  # noqa: PLC0415

    asked: ContactPatch = call.body
    edited = card.change_contact(
        account_of(call),
        call.path["lead_id"],
        call.path["contact_id"],
        typed=asked.value,
        is_preferred=asked.is_preferred,
        require_version=call.require_version,
        by=call.actor,
        now=call.now,
    )
    return _contact(call, edited)


@endpoint(
    blueprint,
    "DELETE",
    CONTACT,
    action="leads.edit",
    statuses=(204,),
    refusals=("LeadNotFoundError", "ContactNotFoundError"),
)
def remove_contact(call: Call) -> Answer:
    """Remove a contact from the card; it is not captured again. If-Match is the lead's."""
    from chalicelib.leads import card  # noqa: PLC0415

    left = card.remove_contact(
        account_of(call),
        call.path["lead_id"],
        call.path["contact_id"],
        require_version=call.require_version,
        by=call.actor,
        now=call.now,
    )
    assert left.lead is not None  # noqa: S101 - remove_contact answers the card of a lead
    return Answer(None, 204, {"ETag": etag(left.lead.version)})


def _contact(call: Call, edited: "Edited", status: int = 200) -> Answer:
    lead = edited.card.lead
    assert lead is not None  # noqa: S101 - a contact is of a lead's card
    headers = {"ETag": etag(lead.version)}
    if status == 201:
        headers["Location"] = f"/v1/accounts/{lead.account_id}/leads/{lead.id}/contacts/{edited.contact.id}"
    return Answer(contact_view(edited.contact, is_masked=call.is_masked), status, headers)
