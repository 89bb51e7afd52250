"""Leads as they are stored: one lead is one partition, its contacts, touches and notes beside it.

A lead's id is derived, so its partition is known before it exists: an ad that came before the first contact waits
there. The lead's version guards its contacts too: whoever writes a contact writes the lead. Only the hour of its last
activity moves without it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition

from chalicelib.clock import expiry_of, written
from chalicelib.leads.lead import NOBODY, Contact, Lead, LeadFilter, Touch
from chalicelib.leads.rows import (
    CONTACT,
    LEAD,
    NOTE,
    TOUCH,
    ContactRow,
    LeadKeyRange,
    LeadKeys,
    LeadRow,
    LeadTable,
    TouchRow,
    contact_of,
    contact_row,
    expiry_at,
    lead_of,
    lead_row,
    oldest_hour,
    partition,
    touch_row,
)
from chalicelib.table import Check, Delete, Put, Update

BATCH = 100  # keys that one BatchGetItem takes
EXAMINED = 500  # leads read for one page at most


@dataclass(frozen=True, slots=True)
class Card:
    """A lead with its contacts by id and what brought the customer. Without a lead, what waits for one."""

    lead: Lead | None = None
    contacts: dict[str, Contact] = field(default_factory=dict)
    touches: tuple[Touch, ...] = ()
    expired: Lead | None = None  # the lead whose row stands here still, although its time is over
    has_remains: bool = False  # of a lead that is gone: to be removed before the next one is made (forgetting.py)


def get_living_card(account_id: str, lead_id: str, retention_days: int, now: datetime) -> Card:
    """The card as of now, without ads whose time is over; where the lead's own is, with what waits for the next one.

    Beside ads that is what a member decided about a contact.
    """
    card = get_card(account_id, lead_id)
    touches = tuple(one for one in card.touches if expiry_of(one.at, retention_days) > now.timestamp())
    if card.lead is not None and not is_expired(card.lead, retention_days, now):
        return replace(card, touches=touches)
    kept = {key: one for key, one in card.contacts.items() if one.outlives_lead}
    has_remains = card.lead is not None or len(kept) < len(card.contacts)
    return Card(None, kept, touches, expired=card.lead, has_remains=has_remains)


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


def add_lead(lead: Lead, retention_days: int, *, instead_of: Lead | None = None) -> Put:
    """The write of a new lead where there is none, or still is the expired one that was read."""
    if instead_of is not None:
        return save_lead(instead_of, lead, retention_days)
    return Put(lead_row(lead, retention_days), LeadRow.pk.does_not_exist())


def save_lead(old: Lead, new: Lead, retention_days: int) -> Put:
    """The write of a lead that still is what was read. Its activity moves without the version, so it is named too."""
    return Put(lead_row(new, retention_days), _is_unchanged(old))


def _is_unchanged(old: Lead) -> Condition:
    condition: Condition = LeadRow.version == old.version
    condition &= LeadRow.activity_order == f"{old.activity}#{old.id}"
    return condition


def save_contact(account_id: str, lead_id: str, contact: Contact, expires_at: int | None = None) -> Put:
    """The write of a contact; the lead's version, written with it, guards it."""
    return Put(contact_row(account_id, lead_id, contact, expires_at))


def drop_contacts(account_id: str, lead_id: str) -> Iterator[Delete]:
    """The removal of each contact of a lead that is gone but those that outlive it, read as it is asked for."""
    rows = ContactRow.query(partition(account_id, lead_id), ContactRow.sk.startswith(CONTACT), consistent_read=True)
    return (Delete(row) for row in rows if not contact_of(row).outlives_lead)


def add_touch(account_id: str, lead_id: str, touch: Touch, expires_at: int) -> Put:
    """The write of a touch: the same message tells of it under the same key, so it may be written again."""
    return Put(touch_row(account_id, lead_id, touch, expires_at))


def move_activity_forward(account_id: str, lead_id: str, hour: str, retention_days: int, now: datetime) -> Update:
    """The write by which a lead, if there is one, learns that its customer was active in a later hour than it knew.

    One that is expired does not come back by it.
    """
    row = LeadRow(partition(account_id, lead_id), LEAD)
    order = f"{hour}#{lead_id}"
    expires_at = expiry_at(hour, retention_days)
    actions = [LeadRow.activity_order.set(order), LeadRow.expires_at.set(expires_at)]
    is_alive = LeadRow.activity_order >= oldest_hour(retention_days, now)
    return Update(row, actions, (LeadRow.activity_order < order) & is_alive)


def find_lead(account_id: str, lead_id: str) -> Lead | None:
    """The lead without its contacts, as of now (one strong read)."""
    try:
        return lead_of(LeadRow.get(partition(account_id, lead_id), LEAD, consistent_read=True))
    except DoesNotExist:
        return None


def has_still(account_id: str, lead_id: str) -> Check:
    """The condition that the lead is still there, on what is written beside it."""
    return Check(LeadRow(partition(account_id, lead_id), LEAD), LeadRow.pk.exists())


def is_gone(account_id: str, lead_id: str, expired: Lead | None = None) -> Check:
    """The condition that there is no lead, or still the expired one that was read."""
    condition = _is_unchanged(expired) if expired else LeadRow.pk.does_not_exist()
    return Check(LeadRow(partition(account_id, lead_id), LEAD), condition)


def is_expired(lead: Lead, retention_days: int, now: datetime) -> bool:
    """Whether a read hides this lead already; the row itself goes some hours later."""
    return expiry_at(lead.activity, retention_days) <= now.timestamp()


# The list


def list_leads(
    account_id: str,
    limit: int,
    after: str | None,
    *,
    now: datetime,
    is_by_activity: bool = False,
    wanted: LeadFilter = LeadFilter(),  # noqa: B008 - frozen
    retention_days: int | None = None,
) -> tuple[list[Lead], str | None]:
    """A page, newest first by creation or by last activity, and where the next one starts. None of them expired.

    Of leads that the index can't tell apart, at most EXAMINED are read for a page: it may hold fewer than `limit`, even
    none, and still have a next one. With `retention_days` a lead is hidden by what the account has now, not by what it
    had when the lead was written.
    """
    keys = _keys_of(account_id, wanted, is_by_activity=is_by_activity)
    found: list[Lead] = []
    examined, batch = 0, limit if keys.is_exact else BATCH
    while True:
        orders, has_more = keys.page(after, min(batch, EXAMINED - examined))
        for order, lead in _leads_of(account_id, orders):
            after, examined = order, examined + 1
            if lead is not None and wanted.admits(lead[0]) and not _is_hidden(lead, retention_days, now):
                found.append(lead[0])
            if len(found) == limit:
                return found, after if has_more or order != orders[-1] else None
        if not has_more:
            return found, None
        if examined == EXAMINED:
            return found, after
        batch = BATCH


def _leads_of(account_id: str, orders: list[str]) -> Iterator[tuple[str, tuple[Lead, int] | None]]:
    """Each order with its lead and the lead's own expiry; without, where the row has gone and its index not yet."""
    pk_by_order = {order: partition(account_id, order.partition("#")[2]) for order in orders}
    rows = {row.pk: row for row in LeadRow.batch_get([(pk, LEAD) for pk in set(pk_by_order.values())])}
    for order, pk in pk_by_order.items():
        row = rows.get(pk)
        yield order, (lead_of(row), int(row.expires_at or 0)) if row else None


def _is_hidden(lead: tuple[Lead, int], retention_days: int | None, now: datetime) -> bool:
    if retention_days is None:
        return lead[1] <= now.timestamp()
    return is_expired(lead[0], retention_days, now)


def _keys_of(account_id: str, wanted: LeadFilter, *, is_by_activity: bool) -> LeadKeyRange:
    """The index that answers most of what is wanted."""
    asked = {name for name in LeadFilter.__slots__ if getattr(wanted, name) is not None}
    if is_by_activity:
        return LeadKeyRange(LeadKeys.by_activity, LeadKeys.activity_order, account_id, is_exact=not asked)
    index: Any = LeadKeys.by_created
    hash_key, answered = account_id, {"created_from", "created_before"}
    if wanted.assignee not in {None, NOBODY}:
        index, hash_key, answered = LeadKeys.by_assignee, f"{account_id}#{wanted.assignee}", answered | {"assignee"}
    elif wanted.status is not None:
        index, hash_key, answered = LeadKeys.by_status, f"{account_id}#{wanted.status.value}", answered | {"status"}
    return LeadKeyRange(
        index,
        LeadKeys.created_order,
        hash_key,
        oldest=written(wanted.created_from) if wanted.created_from else None,
        before=written(wanted.created_before) if wanted.created_before else None,
        is_exact=asked <= answered,
    )
