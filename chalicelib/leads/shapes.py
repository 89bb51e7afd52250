"""What the Leads Center shows of leads, notes aside, and what may be typed into it.

Whoever sees contacts masked sees them masked wherever they may stand: the texts a contact was typed in, and those
that people wrote, are left out. So is a contact's id, for it is made of the value.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.capture.message import EARLIEST_YEAR, FormAd, LeadForm
from chalicelib.clock import written
from chalicelib.leads.lead import Channel, Contact, Evidence, FormEntry, Lead, Origin, Source, Status, Touch, masked
from chalicelib.shapes import Time, time_or_none

# Something visible, and no control characters; a text may have lines and tabs, too.
LINE = r"^(?=[\s\S]*\S)(?![\s\S]*[\x00-\x1f\x7f])"
LINES = r"^(?=[\s\S]*\S)(?![\s\S]*[\x00-\x08\x0b-\x1f\x7f])"
Typed = Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE)]
Address = Annotated[str, Meta(min_length=1, max_length=500, pattern=LINES)]
FieldName = Annotated[str, Meta(min_length=1, max_length=50, pattern=LINE)]
FieldValue = Annotated[str, Meta(min_length=1, max_length=500, pattern=LINES)]
Fields = Annotated[dict[FieldName, FieldValue], Meta(max_length=20)]
Moment = Annotated[datetime, Meta(tz=True)]


class TypedContact(Struct, frozen=True, forbid_unknown_fields=True):
    """A phone number in any spelling of the account's market, or with its country code, or an e-mail address."""

    kind: Literal["phone", "email"]
    value: Annotated[str, Meta(min_length=1, max_length=320)]


class NewLead(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A lead that somebody types, or hands in from a form by a program of theirs."""

    contacts: Annotated[list[TypedContact], Meta(max_length=20)] = []
    name: Typed | None = None
    company: Typed | None = None
    address: Address | None = None
    fields: Fields = {}
    source: Source = Source.ORGANIC
    channel: Literal["manual", "lead_form"] = "manual"
    platform: Literal["tiktok"] = "tiktok"
    external_id: Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE)] | None = None  # the form entry's
    submitted_at: Moment | None = None
    form: LeadForm | None = None
    ad: FormAd | None = None


class CardPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays, what is null is removed; `fields` are replaced as a whole."""

    name: Typed | UnsetType | None = UNSET
    company: Typed | UnsetType | None = UNSET
    address: Address | UnsetType | None = UNSET
    fields: Fields | UnsetType | None = UNSET


class ContactRequest(TypedContact, frozen=True, forbid_unknown_fields=True):
    is_preferred: bool = False


class ContactPatch(Struct, frozen=True, forbid_unknown_fields=True):
    value: Annotated[str, Meta(min_length=1, max_length=320)] | None = None
    is_preferred: bool | None = None


def is_sensible(at: datetime) -> bool:
    """Whether a time somebody sent can be one of ours: older ones are mistakes, later ones fall out of the calendar."""
    return EARLIEST_YEAR <= at.year <= 9_998


class CustomerView(Struct, frozen=True):
    id: str | None
    platform: str | None
    username: str | None
    name: str | None


class TouchView(Struct, frozen=True, omit_defaults=True):
    """An ad that brought the customer, as far as the platform told of it."""

    at: Time
    advertiser_id: str | None = None
    campaign_id: str | None = None
    campaign_name: str | None = None
    adgroup_id: str | None = None
    adgroup_name: str | None = None
    ad_id: str | None = None
    ad_name: str | None = None
    embed_url: str | None = None
    ref: str | None = None


class LeadView(Struct, frozen=True, kw_only=True):
    id: str
    customer: CustomerView
    conversation_id: str | None
    status: Status
    status_since: Time
    source: Source
    channel: Channel
    assignee: str | None
    phone: str | None
    email: str | None
    name: str | None
    company: str | None
    address: str | None
    fields: dict[str, str] | None  # none where contacts are masked
    first_touch: TouchView | None
    last_touch: TouchView | None
    created_at: Time
    updated_at: Time
    active_in_hour: Time
    version: int


class LeadList(Struct, frozen=True):
    leads: list[LeadView]
    cursor: str | UnsetType = UNSET


class EvidencePartView(Struct, frozen=True):
    conversation_id: str
    message_id: str
    sent_at: Time
    start: int
    end: int
    text: str | None


class EvidenceView(Struct, frozen=True):
    """Why a contact is on the card: where it was said, what found it, and under which policy."""

    parts: list[EvidencePartView]
    rule: str
    is_region_assumed: bool
    captured_at: Time
    application_id: str | None
    policy_sha256: str | None
    rule_set: str


class ContactView(Struct, frozen=True):
    id: str | None  # none where contacts are masked
    kind: str
    value: str
    suggestion: str | None  # the address a customer who mistyped this one probably meant; it is never taken for it
    origin: Origin
    is_preferred: bool
    added_at: Time | None
    added_by: str | None
    evidence: EvidenceView | None


class AnswerView(Struct, frozen=True):
    field: str
    value: str


class FormView(Struct, frozen=True):
    """What the customer filled in."""

    lead_id: str
    submitted_at: Time
    form_id: str
    form_name: str
    is_test: bool
    answers: list[AnswerView] | None  # none where contacts are masked


class CardView(LeadView, frozen=True, kw_only=True):
    contacts: list[ContactView]
    form: FormView | None


def lead_view(lead: Lead, *, is_masked: bool) -> LeadView:
    return LeadView(**_lead(lead, is_masked=is_masked))


def card_view(lead: Lead, contacts: Mapping[str, Contact], *, is_masked: bool) -> CardView:
    """The card with the contacts that stand, in the order in which they came."""
    standing = sorted((one for one in contacts.values() if one.stands), key=_order)
    return CardView(
        **_lead(lead, is_masked=is_masked),
        contacts=[contact_view(one, is_masked=is_masked) for one in standing],
        form=_form(lead.form, is_masked=is_masked) if lead.form else None,
    )


def contact_view(contact: Contact, *, is_masked: bool) -> ContactView:
    return ContactView(
        id=None if is_masked else contact.id,
        kind=contact.kind,
        value=masked(contact.kind, contact.value) if is_masked else contact.value,
        suggestion=_shown(contact.kind, contact.suggestion, is_masked=is_masked),
        origin=contact.origin,
        is_preferred=contact.is_preferred,
        added_at=time_or_none(contact.added_at),
        added_by=contact.added_by,
        evidence=_evidence(contact.evidence, is_masked=is_masked) if contact.evidence else None,
    )


def _order(contact: Contact) -> tuple[str, int]:
    if contact.evidence:
        return contact.evidence.order, contact.evidence.parts[0].start
    return written(contact.added_at) if contact.added_at else "", 0


def _shown(kind: str, value: str | None, *, is_masked: bool) -> str | None:
    return masked(kind, value) if is_masked and value else value


def _lead(lead: Lead, *, is_masked: bool) -> dict[str, Any]:
    return {
        "id": lead.id,
        "customer": CustomerView(
            id=lead.customer_id,
            platform=lead.platform,
            username=_shown("name", lead.customer_username, is_masked=is_masked),  # for some it is their number
            name=_shown("name", lead.customer_name, is_masked=is_masked),
        ),
        "conversation_id": lead.conversation_id,
        "status": lead.status,
        "status_since": written(lead.status_since or lead.created_at),
        "source": lead.source,
        "channel": lead.channel,
        "assignee": lead.assignee,
        "phone": _shown("phone", lead.phone, is_masked=is_masked),
        "email": _shown("email", lead.email, is_masked=is_masked),
        "name": _shown("name", lead.name, is_masked=is_masked),
        "company": None if is_masked else lead.company,
        "address": None if is_masked else lead.address,
        "fields": None if is_masked else dict(lead.fields),
        "first_touch": _touch(lead.first_touch),
        "last_touch": _touch(lead.last_touch),
        "created_at": written(lead.created_at),
        "updated_at": written(lead.updated_at),
        "active_in_hour": f"{lead.activity}:00:00.000Z",
        "version": lead.version,
    }


def _touch(touch: Touch | None) -> TouchView | None:
    return msgspec.convert({"at": touch.order.partition("#")[0], **touch.details}, TouchView) if touch else None


def _evidence(evidence: Evidence, *, is_masked: bool) -> EvidenceView:
    return EvidenceView(
        parts=[
            EvidencePartView(
                conversation_id=part.conversation_id,
                message_id=part.message_id,
                sent_at=written(part.sent_at),
                start=part.start,
                end=part.end,
                text=None if is_masked else part.text,
            )
            for part in evidence.parts
        ],
        rule=evidence.rule,
        is_region_assumed=evidence.is_region_assumed,
        captured_at=written(evidence.captured_at),
        application_id=evidence.application_id,
        policy_sha256=evidence.policy_sha256,
        rule_set=evidence.rule_set,
    )


def _form(form: FormEntry, *, is_masked: bool) -> FormView:
    answers = [AnswerView(one.field, one.value) for one in form.answers]
    return FormView(
        lead_id=form.lead_id,
        submitted_at=written(form.submitted_at),
        form_id=form.form_id,
        form_name=form.form_name,
        is_test=form.is_test,
        answers=None if is_masked else answers,
    )
