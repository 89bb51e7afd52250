"""Editing a lead: what a member changes is committed with its history and event, on condition of what they read.

The one way in which any route writes a lead. Steps: read the card, hold the caller's version against it, let a rule
decide, commit. When only the hour of the lead's last activity has moved meanwhile, it is done again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.accounts.account import Account
from chalicelib.events import store as changes
from chalicelib.events.change import a_change
from chalicelib.leads import store
from chalicelib.leads.lead import Contact, Lead
from chalicelib.leads.store import Card
from chalicelib.table import BusyError, ChangedError, Write, commit

TRIES = 8


class LeadError(Exception):
    """The lead can't be changed as asked."""


class LeadNotFoundError(LeadError):
    """The account has no such lead, or it is expired."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What a rule decided: the lead and the contacts as they are to be, and what history and event tell of it.

    `details` carries ids, states and masked contacts, nothing else.
    """

    lead: Lead
    contacts: tuple[Contact, ...] = ()
    kind: str = "lead.updated.v1"
    details: Mapping[str, Any] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()  # of other rows that change with it, such as an activity of the thread


def get_card(account: Account, lead_id: str, now: datetime) -> Card:
    """The card as of now. Raises LeadNotFoundError, also for an expired lead."""
    card = store.get_card(account.id, lead_id)
    if card.lead is None or store.is_expired(card.lead, account.retention_days, now):
        raise LeadNotFoundError
    return card


def get_lead(account: Account, lead_id: str, now: datetime) -> Lead:
    """The lead without its contacts, as of now. Raises LeadNotFoundError, also for an expired lead."""
    lead = store.find_lead(account.id, lead_id)
    if lead is None or store.is_expired(lead, account.retention_days, now):
        raise LeadNotFoundError
    return lead


def edit_lead(
    account: Account,
    lead_id: str,
    decide: Callable[[Card, Lead], Edit | None],
    *,
    require_version: Callable[[int], None],
    by: str,
    now: datetime,
) -> Card:
    """The card as it is afterwards. `decide` answers None where nothing is to be changed.

    `require_version` is given the version found and raises if the caller knows another one.
    **Errors**: LeadNotFoundError, BusyError, and what `require_version` and `decide` raise.
    """
    for _ in range(TRIES):
        card = get_card(account, lead_id, now)
        old = card.lead
        assert old is not None  # noqa: S101 - get_card has seen to it
        require_version(old.version)
        edit = decide(card, old)
        if edit is None:
            return card
        contacts = card.contacts | {one.id: one for one in edit.contacts}
        new = replace(edit.lead, version=old.version + 1, updated_at=now).with_summary(contacts.values())
        try:
            commit(_writes(account, old, new, edit, by, now))
        except ChangedError:
            continue
        return Card(new, contacts, card.touches)
    raise BusyError


def _writes(account: Account, old: Lead, new: Lead, edit: Edit, by: str, now: datetime) -> list[Write]:
    told = a_change(
        edit.kind,
        account_id=account.id,
        market=account.market,
        subject=new.id,
        version=new.version,
        at=now,
        actor=by,
        body={"lead_id": new.id, "status": new.status.value, "assignee": new.assignee, **edit.details},
    )
    contacts = [store.save_contact(account.id, new.id, contact) for contact in edit.contacts]
    return [store.save_lead(old, new, account.retention_days), *contacts, *edit.writes, changes.add(told)]
