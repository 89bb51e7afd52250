"""The rows of `leads`: one lead is one partition, its contacts and touches beside it.

A lead's id is derived, so its partition is known before it exists: an ad that came before the first contact waits
there. The lead's version guards its contacts too: whoever writes a contact writes the lead. Only the hour of its last
activity moves without it. Every index but `by_contact` is of the lead's own row and holds keys only; `by_contact` is
the register of who else has a contact. An index is never asked about uniqueness or permission.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.clock import expiry_of, parse_written, written
from chalicelib.ids import derived_id
from chalicelib.leads.lead import Channel, Contact, Lead, Place, Source, Status, Touch
from chalicelib.table import Delete, Keyed, Put, Row, TableName, Update

LEAD = "LEAD"
CONTACT = "CONTACT#"
TOUCH = "TOUCH#"


class ByCreated(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by_created"
        projection = KeysOnlyProjection()

    account_id = UnicodeAttribute(hash_key=True)
    created_order = UnicodeAttribute(range_key=True)


class ByActivity(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by_activity"
        projection = KeysOnlyProjection()

    account_id = UnicodeAttribute(hash_key=True)
    activity_order = UnicodeAttribute(range_key=True)


class LeadKeys(Keyed):
    """A lead as its indexes tell of it."""

    class Meta:
        table_name = TableName("leads_table")

    account_id = UnicodeAttribute()
    created_order = UnicodeAttribute(null=True)
    activity_order = UnicodeAttribute(null=True)
    by_created = ByCreated()
    by_activity = ByActivity()


class LeadTable(Row):
    class Meta:
        table_name = TableName("leads_table")


class LeadRow(LeadTable, discriminator="lead"):
    account_id = UnicodeAttribute()
    created_order = UnicodeAttribute()  # time#lead
    activity_order = UnicodeAttribute()  # hour#lead
    status_key = UnicodeAttribute()  # account#status
    platform = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    customer_username = UnicodeAttribute(null=True)
    customer_name = UnicodeAttribute(null=True)
    conversation_id = UnicodeAttribute(null=True)
    source = UnicodeAttribute()
    channel = UnicodeAttribute()
    first_touch = JSONAttribute(null=True)
    last_touch = JSONAttribute(null=True)
    assignee = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    version = NumberAttribute()


class ContactRow(LeadTable, discriminator="contact"):
    # The key of the index `by_contact`. It holds no value: keys show up in tools that values must not.
    contact_key = UnicodeAttribute()
    contact_kind = UnicodeAttribute()
    value = UnicodeAttribute()
    places = JSONAttribute()
    is_removed = BooleanAttribute(null=True)
    is_touched = BooleanAttribute(null=True)


class TouchRow(LeadTable, discriminator="touch"):
    source = UnicodeAttribute()
    details = JSONAttribute()


@dataclass(frozen=True, slots=True)
class Card:
    """A lead with its contacts by id and what brought the customer. Without a lead, what waits for one."""

    lead: Lead | None = None
    contacts: dict[str, Contact] = field(default_factory=dict)
    touches: tuple[Touch, ...] = ()


def has_lead(account_id: str, lead_id: str) -> bool:
    """Whether this lead exists, as of now (one strong read)."""
    try:
        LeadRow.get(_partition(account_id, lead_id), LEAD, consistent_read=True)
    except DoesNotExist:
        return False
    return True


def get_card(account_id: str, lead_id: str) -> Card:
    """The whole card as of now: one strong query of one partition."""
    lead: Lead | None = None
    contacts: dict[str, Contact] = {}
    touches: list[Touch] = []
    for row in LeadTable.query(_partition(account_id, lead_id), consistent_read=True):
        match row:
            case LeadRow():
                lead = _lead(row)
            case ContactRow():
                contact = _contact(row)
                contacts[contact.id] = contact
            case TouchRow():
                touches.append(Touch(row.sk.removeprefix(TOUCH), row.source, row.details))
    return Card(lead, contacts, tuple(touches))


def add_lead(lead: Lead, retention_days: int) -> Put:
    return Put(_lead_row(lead, retention_days), LeadRow.pk.does_not_exist())


def save_lead(old: Lead, new: Lead, retention_days: int) -> Put:
    """The write of a lead that still is what was read. Its activity moves without the version, so it is named too."""
    unchanged = (LeadRow.version == old.version) & (LeadRow.activity_order == f"{old.activity}#{old.id}")
    return Put(_lead_row(new, retention_days), unchanged)


def save_contact(account_id: str, lead_id: str, contact: Contact, expires_at: int | None = None) -> Put:
    """The write of a contact; the lead's version, written with it, guards it."""
    row = ContactRow(
        _partition(account_id, lead_id),
        CONTACT + contact.id,
        contact_key=contact_key(account_id, contact.kind, contact.value),
        contact_kind=contact.kind,
        value=contact.value,
        places=msgspec.to_builtins(contact.places),
        is_removed=contact.is_removed or None,
        is_touched=contact.is_touched or None,
        expires_at=expires_at,
    )
    return Put(row)


def drop_contact(account_id: str, lead_id: str, contact: Contact) -> Delete:
    return Delete(ContactRow(_partition(account_id, lead_id), CONTACT + contact.id))


def contact_key(account_id: str, kind: str, value: str) -> str:
    return derived_id("key", account_id, kind, value)


def add_touch(account_id: str, lead_id: str, touch: Touch, expires_at: int) -> Put:
    """The write of a touch: the same message tells of it under the same key, so it may be written again."""
    return Put(_touch_row(account_id, lead_id, touch, expires_at))


def move_activity_forward(account_id: str, lead_id: str, hour: str, retention_days: int) -> Update:
    """The write by which a lead, if there is one, learns that its customer was active in a later hour than it knew."""
    row = LeadRow(_partition(account_id, lead_id), LEAD)
    order = f"{hour}#{lead_id}"
    expires_at = _expiry(hour, retention_days)
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
    leads = [_lead(rows[pk]) for pk, _ in found[:limit] if pk in rows and rows[pk].expires_at > now.timestamp()]
    return leads, found[limit - 1][1] if len(found) > limit else None


def is_expired(lead: Lead, retention_days: int, now: datetime) -> bool:
    """Whether a read hides this lead already; the row itself goes some hours later."""
    return _expiry(lead.activity, retention_days) <= now.timestamp()


def _expiry(activity_hour: str, retention_days: int) -> int:
    return expiry_of(parse_written(f"{activity_hour}:59:59.999Z"), retention_days)


def _partition(account_id: str, lead_id: str) -> str:
    return f"{account_id}#{lead_id}"


def _touch_row(account_id: str, lead_id: str, touch: Touch, expires_at: int) -> TouchRow:
    return TouchRow(
        _partition(account_id, lead_id),
        TOUCH + touch.order,
        source=touch.source,
        details=dict(touch.details),
        expires_at=expires_at,
    )


def _lead_row(lead: Lead, retention_days: int) -> LeadRow:
    return LeadRow(
        _partition(lead.account_id, lead.id),
        LEAD,
        account_id=lead.account_id,
        created_order=f"{written(lead.created_at)}#{lead.id}",
        activity_order=f"{lead.activity}#{lead.id}",
        status_key=f"{lead.account_id}#{lead.status.value}",
        platform=lead.platform,
        customer_id=lead.customer_id,
        customer_username=lead.customer_username,
        customer_name=lead.customer_name,
        conversation_id=lead.conversation_id,
        source=lead.source.value,
        channel=lead.channel.value,
        first_touch=_touch_json(lead.first_touch),
        last_touch=_touch_json(lead.last_touch),
        assignee=lead.assignee,
        phone=lead.phone,
        email=lead.email,
        name=lead.name,
        version=lead.version,
        expires_at=_expiry(lead.activity, retention_days),
    )


def _touch_json(touch: Touch | None) -> dict[str, Any] | None:
    return {"order": touch.order, "source": touch.source, "details": dict(touch.details)} if touch else None


def _touch(value: dict[str, Any] | None) -> Touch | None:
    return Touch(value["order"], value["source"], value["details"]) if value else None


def _lead(row: LeadRow) -> Lead:
    account_id, _, lead_id = row.pk.partition("#")
    return Lead(
        account_id=account_id,
        id=lead_id,
        platform=row.platform,
        customer_id=row.customer_id,
        customer_username=row.customer_username,
        customer_name=row.customer_name,
        conversation_id=row.conversation_id,
        created_at=parse_written(row.created_order.partition("#")[0]),
        activity=row.activity_order.partition("#")[0],
        status=Status(row.status_key.partition("#")[2]),
        source=Source(row.source),
        channel=Channel(row.channel),
        first_touch=_touch(row.first_touch),
        last_touch=_touch(row.last_touch),
        assignee=row.assignee,
        phone=row.phone,
        email=row.email,
        name=row.name,
        version=int(row.version),
    )


def _contact(row: ContactRow) -> Contact:
    return Contact(
        kind=row.contact_kind,
        value=row.value,
        places=msgspec.convert(row.places, tuple[Place, ...]),
        is_removed=bool(row.is_removed),
        is_touched=bool(row.is_touched),
    )
