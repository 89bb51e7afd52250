"""A lead that somebody typed, or handed in as the entry of a form: made by the API, whole and at once.

Lead, contacts and the change they publish are one transaction. The entry of a form has an id of its own, and so its
lead has one, by whichever way and however often it comes: whoever is second finds the first one's lead.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from chalicelib.accounts.account import Account
from chalicelib.capture.message import is_ahead
from chalicelib.clock import cut_to_milliseconds, hour_of, written
from chalicelib.events import store as changes
from chalicelib.events.change import a_change
from chalicelib.faults import Fault, InvalidError
from chalicelib.leads import store
from chalicelib.leads.card import parse_value, typed_contact
from chalicelib.leads.forgetting import remove_rest
from chalicelib.leads.lead import (
    Channel,
    Contact,
    FormEntry,
    Lead,
    Source,
    Touch,
    form_lead_id_of,
    masked,
)
from chalicelib.leads.shapes import NewLead, is_sensible
from chalicelib.leads.store import Card
from chalicelib.table import BusyError, ChangedError, Write, commit

TRIES = 4


@dataclass(frozen=True, slots=True)
class Made:
    """The lead's card, and whether it was made just now."""

    card: Card
    is_new: bool


def lead_id_for(account_id: str, asked: NewLead, new_id: str) -> str:
    """The id under which the lead stands, or will stand."""
    if asked.channel == "lead_form" and asked.external_id is not None:
        return form_lead_id_of(account_id, asked.platform, asked.external_id)
    return new_id


def make_lead(account: Account, asked: NewLead, new_id: str, *, by: str, now: datetime) -> Made:
    """The lead that was asked for, or the one there is of the same form entry, unchanged.

    **Repeats**: the same lead. **Errors**: InvalidError with every fault, BusyError.
    """
    values = _contacts_of(account, asked, now)
    lead_id = lead_id_for(account.id, asked, new_id)
    for _ in range(TRIES):
        standing = store.get_living_card(account.id, lead_id, account.retention_days, now)
        if standing.lead is not None:
            return Made(standing, is_new=False)
        card = _card(_lead(account, asked, lead_id, now), standing, values, by, now)
        try:
            if standing.has_remains:
                remove_rest(account.id, lead_id, standing.expired)
            commit(_writes(account, standing, card, by))
        except ChangedError:
            continue
        return Made(card, is_new=True)
    raise BusyError


def _contacts_of(account: Account, asked: NewLead, now: datetime) -> list[tuple[str, str]]:
    """Kind and value of each contact, once. Raises InvalidError with every fault of what was asked."""
    faults = list(_faults_of(asked, now))
    values: dict[tuple[str, str], None] = {}
    for place, one in enumerate(asked.contacts):
        try:
            values[one.kind, parse_value(account, one.kind, one.value)] = None
        except ValueError as error:
            faults.append(Fault(f"/contacts/{place}/value", str(error)))
    if faults:
        raise InvalidError(faults)
    return list(values)


def _faults_of(asked: NewLead, now: datetime) -> Iterator[Fault]:
    if not asked.contacts and asked.name is None:
        yield Fault("/contacts", "must hold at least one contact, unless there is a name")
    if asked.channel == "lead_form" and asked.external_id is None:
        yield Fault("/external_id", "is required with the channel lead_form")
    if asked.channel != "lead_form":
        for name in ("external_id", "form", "submitted_at"):
            if getattr(asked, name) is not None:
                yield Fault(f"/{name}", "goes with the channel lead_form only")
    if asked.submitted_at is not None and (not is_sensible(asked.submitted_at) or is_ahead(asked.submitted_at, now)):
        yield Fault("/submitted_at", "must be a time of the past")


def _lead(account: Account, asked: NewLead, lead_id: str, now: datetime) -> Lead:
    at = cut_to_milliseconds(asked.submitted_at) if asked.submitted_at else now
    is_form = asked.channel == "lead_form"
    lead = Lead(
        account_id=account.id,
        id=lead_id,
        platform=asked.platform if is_form else None,
        customer_id=None,
        customer_username=None,
        customer_name=None,
        conversation_id=None,
        created_at=now,
        updated_at=now,
        activity=hour_of(now),
        source=asked.source,
        channel=Channel(asked.channel),
        typed_name=asked.name.strip() if asked.name else None,
        company=asked.company.strip() if asked.company else None,
        address=asked.address.strip() if asked.address else None,
        fields=asked.fields,
        form=_form(asked, at) if is_form else None,
    )
    if asked.ad is None:
        return lead
    details = {name: value for name, value in msgspec.to_builtins(asked.ad).items() if value}
    return replace(lead, source=Source.PAID).with_touches([Touch(f"{written(at)}#{lead_id}", "ad", details)])


def _form(asked: NewLead, at: datetime) -> FormEntry:
    form_id, form_name = (asked.form.id, asked.form.name) if asked.form else ("", "")
    return FormEntry(asked.external_id or "", at, form_id, form_name, answers=())


def _card(lead: Lead, standing: Card, values: list[tuple[str, str]], by: str, now: datetime) -> Card:
    """The card as it will be. Of an expired lead's contacts only what a member decided outlives it."""
    kept = dict(standing.contacts)
    for kind, value in values:
        found = Contact(kind, value)
        kept[found.id] = typed_contact(kept.get(found.id), kind, value, by, now)
    version = standing.expired.version + 1 if standing.expired else 1
    return Card(replace(lead, version=version).with_summary(kept.values()), kept)


def _writes(account: Account, standing: Card, card: Card, by: str) -> list[Write]:
    new = card.lead
    assert new is not None  # noqa: S101 - it was just made
    added = [one for key, one in card.contacts.items() if one != standing.contacts.get(key)]
    told = a_change(
        "lead.created.v1",
        account_id=account.id,
        market=account.market,
        subject=new.id,
        version=new.version,
        at=new.created_at,
        actor=by,
        body={
            "lead_id": new.id,
            "conversation_id": None,
            "status": new.status.value,
            "source": new.source.value,
            "channel": new.channel.value,
            "contacts": [{"kind": one.kind, "masked": masked(one.kind, one.value)} for one in added if one.stands],
        },
    )
    return [
        store.add_lead(new, account.retention_days, instead_of=standing.expired),
        *(store.save_contact(account.id, new.id, one) for one in added),
        changes.add(told),
    ]
