"""Leads as they are stored: one lead is one partition, its contacts, touches and notes beside it.

A lead's id is derived, so its partition is known before it exists: an ad that came before the first contact waits
there. The lead's version guards its contacts too: whoever writes a contact writes the lead. Only the hour of its last
activity moves without it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pynamodb.exceptions import DoesNotExist

from chalicelib.leads.lead import Contact, Lead, Touch
from chalicelib.leads.rows import (
    CONTACT,
    LEAD,
    NOTE,
    TOUCH,
    ContactRow,
    LeadKeys,
    LeadRow,
    LeadTable,
    TouchRow,
    contact_of,
    contact_row,
    expiry_at,
    lead_of,
    lead_row,
    partition,
    touch_row,
)
from chalicelib.table import Delete, Put, Update


@dataclass(frozen=True, slots=True)
class Card:
    """A lead with its contacts by id and what brought the customer. Without a lead, what waits for one."""

    lead: Lead | None = None
    contacts: dict[str, Contact] = field(default_factory=dict)
    touches: tuple[Touch, ...] = ()


def has_lead(account_id: str, lead_id: str) -> bool:
    """Whether this lead exists, as of now (one strong read)."""
    try:
        LeadRow.get(partition(account_id, lead_id), LEAD, consistent_read=True)
    except DoesNotExist:
        return False
    return True


def get_card(account_id: str, lead_id: str) -> Card:
    """The whole card as of now: one strong query of one partition."""
    lead: Lead | None = None
    contacts: dict[str, Contact] = {}
    touches: list[Touch] = []
    is_card: Any = LeadTable.sk < NOTE
    for row in LeadTable.query(partition(account_id, lead_id), is_card, consistent_read=True):
        match row:
            case LeadRow():
                lead = lead_of(row)
            case ContactRow():
                contact = contact_of(row)
                contacts[contact.id] = contact
            case TouchRow():
                touches.append(Touch(row.sk.removeprefix(TOUCH), row.source, row.details))
    return Card(lead, contacts, tuple(touches))


def add_lead(lead: Lead, retention_days: int) -> Put:
    return Put(lead_row(lead, retention_days), LeadRow.pk.does_not_exist())


def save_lead(old: Lead, new: Lead, retention_days: int) -> Put:
    """The write of a lead that still is what was read. Its activity moves without the version, so it is named too."""
    unchanged = (LeadRow.version == old.version) & (LeadRow.activity_order == f"{old.activity}#{old.id}")
    return Put(lead_row(new, retention_days), unchanged)


def save_contact(account_id: str, lead_id: str, contact: Contact, expires_at: int | None = None) -> Put:
    """The write of a contact; the lead's version, written with it, guards it."""
    return Put(contact_row(account_id, lead_id, contact, expires_at))


def drop_contact(account_id: str, lead_id: str, contact: Contact) -> Delete:
    return Delete(ContactRow(partition(account_id, lead_id), CONTACT + contact.id))


def add_touch(account_id: str, lead_id: str, touch: Touch, expires_at: int) -> Put:
    """The write of a touch: the same message tells of it under the same key, so it may be written again."""
    return Put(touch_row(account_id, lead_id, touch, expires_at))


def move_activity_forward(account_id: str, lead_id: str, hour: str, retention_days: int) -> Update:
    """The write by which a lead, if there is one, learns that its customer was active in a later hour than it knew."""
    row = LeadRow(partition(account_id, lead_id), LEAD)
    order = f"{hour}#{lead_id}"
    expires_at = expiry_at(hour, retention_days)
    actions = [LeadRow.activity_order.set(order), LeadRow.expires_at.set(expires_at)]
    return Update(row, actions, LeadRow.activity_order < order)


def list_leads(
    account_id: str, limit: int, after: str | None, *, now: datetime, is_by_activity: bool = False
) -> tuple[list[Lead], str | None]:
    """A page, newest first by creation or by last activity, and where the next one starts. None of them expired."""
    index: Any = LeadKeys.by_activity if is_by_activity else LeadKeys.by_created
    order: Any = LeadKeys.activity_order if is_by_activity else LeadKeys.created_order
    page = index.query(account_id, order < after if after else None, scan_index_forward=False, limit=limit + 1)
    found = [(row.pk, row.activity_order if is_by_activity else row.created_order) for row in page]
    rows = {row.pk: row for row in LeadRow.batch_get([(pk, LEAD) for pk, _ in found[:limit]])}
    leads = [lead_of(rows[pk]) for pk, _ in found[:limit] if pk in rows and rows[pk].expires_at > now.timestamp()]
    return leads, found[limit - 1][1] if len(found) > limit else None


def is_expired(lead: Lead, retention_days: int, now: datetime) -> bool:
    """Whether a read hides this lead already; the row itself goes some hours later."""
    return expiry_at(lead.activity, retention_days) <= now.timestamp()
