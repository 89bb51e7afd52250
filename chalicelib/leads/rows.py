"""The rows of `leads`, and a lead, contact or touch out of one and into one. What is asked of them is in store.py.

Every index but `by_contact` is of the lead's own row and holds keys only; `by_contact` is the register of who else has
a contact. An index is never asked about uniqueness or permission.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.clock import expiry_of, hour_of, parse_written, written
from chalicelib.ids import derived_id
from chalicelib.leads.lead import Channel, Contact, FormEntry, Lead, Origin, Place, Source, Status, Touch
from chalicelib.table import Keyed, Row, TableName

LEAD = "LEAD"
CONTACT = "CONTACT#"
TOUCH = "TOUCH#"
NOTE = "~NOTE#"  # behind all else of the partition, so that reading a card reads no notes


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


class ByStatus(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by_status"
        projection = KeysOnlyProjection()

    status_key = UnicodeAttribute(hash_key=True)
    created_order = UnicodeAttribute(range_key=True)


class ByAssignee(GlobalSecondaryIndex[Any]):
    """Sparse: only leads that are assigned."""

    class Meta:
        index_name = "by_assignee"
        projection = KeysOnlyProjection()

    assignee_key = UnicodeAttribute(hash_key=True)
    created_order = UnicodeAttribute(range_key=True)


class LeadKeys(Keyed):
    """A lead as its indexes tell of it."""

    class Meta:
        table_name = TableName("leads_table")

    account_id = UnicodeAttribute()
    created_order = UnicodeAttribute(null=True)
    activity_order = UnicodeAttribute(null=True)
    status_key = UnicodeAttribute(null=True)
    assignee_key = UnicodeAttribute(null=True)
    by_created = ByCreated()
    by_activity = ByActivity()
    by_status = ByStatus()
    by_assignee = ByAssignee()


@dataclass(frozen=True, slots=True)
class LeadKeyRange:
    """A part of an index of leads, newest first: what is under one key, from `oldest` and strictly before `before`."""

    index: Any
    order: Any  # its range key, `time#lead`
    hash_key: str
    oldest: str | None = None
    before: str | None = None
    is_exact: bool = True  # whether all that it holds is wanted

    def page(self, after: str | None, limit: int) -> tuple[list[str], bool]:
        """At most `limit` orders behind `after`, and whether there are more."""
        end = min((one for one in (after, self.before) if one), default=None)
        if self.oldest and end and self.oldest > end:
            return [], False
        match self.oldest, end:
            case None, None:
                within = None
            case None, _:
                within = self.order < end
            case _, None:
                within = self.order >= self.oldest
            case _:
                within = self.order.between(self.oldest, end)  # DynamoDB has no half-open range: `end` is left out here
        rows = self.index.query(self.hash_key, within, scan_index_forward=False, limit=limit + 2)
        found = [order for row in rows if (order := getattr(row, self.order.attr_name)) != end]
        return found[:limit], len(found) > limit


class LeadTable(Row):
    class Meta:
        table_name = TableName("leads_table")


class LeadRow(LeadTable, discriminator="lead"):
    account_id = UnicodeAttribute()
    created_order = UnicodeAttribute()  # time#lead
    activity_order = UnicodeAttribute()  # hour#lead
    status_key = UnicodeAttribute()  # account#status
    assignee_key = UnicodeAttribute(null=True)  # account#member
    status_since = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute()
    platform = UnicodeAttribute(null=True)
    customer_id = UnicodeAttribute(null=True)
    customer_username = UnicodeAttribute(null=True)
    customer_name = UnicodeAttribute(null=True)
    conversation_id = UnicodeAttribute(null=True)
    source = UnicodeAttribute()
    channel = UnicodeAttribute()
    first_touch = JSONAttribute(null=True)
    last_touch = JSONAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    typed_name = UnicodeAttribute(null=True)
    company = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    fields = JSONAttribute(null=True)
    form = JSONAttribute(null=True)
    version = NumberAttribute()


class ContactRow(LeadTable, discriminator="contact"):
    # The key of the index `by_contact`. It holds no value: keys show up in tools that values must not.
    contact_key = UnicodeAttribute()
    contact_kind = UnicodeAttribute()
    value = UnicodeAttribute()
    places = JSONAttribute()
    is_removed = BooleanAttribute(null=True)
    is_touched = BooleanAttribute(null=True)
    is_preferred = BooleanAttribute(null=True)
    origin = UnicodeAttribute(null=True)
    added_at = UnicodeAttribute(null=True)
    added_by = UnicodeAttribute(null=True)
    suggestion = UnicodeAttribute(null=True)


class TouchRow(LeadTable, discriminator="touch"):
    source = UnicodeAttribute()
    details = JSONAttribute()


def expiry_at(activity_hour: str, retention_days: int) -> int:
    return expiry_of(parse_written(f"{activity_hour}:59:59.999Z"), retention_days)


def oldest_hour(retention_days: int, now: datetime) -> str:
    """The earliest hour of activity that is not expired yet, to the second: `expiry_at` of an earlier one is past."""
    return hour_of(now - timedelta(days=retention_days) + timedelta(seconds=1))


def partition(account_id: str, lead_id: str) -> str:
    return f"{account_id}#{lead_id}"


def touch_row(account_id: str, lead_id: str, touch: Touch, expires_at: int) -> TouchRow:
    return TouchRow(
        partition(account_id, lead_id),
        TOUCH + touch.order,
        source=touch.source,
        details=dict(touch.details),
        expires_at=expires_at,
    )


def lead_row(lead: Lead, retention_days: int) -> LeadRow:
    return LeadRow(
        partition(lead.account_id, lead.id),
        LEAD,
        account_id=lead.account_id,
        created_order=f"{written(lead.created_at)}#{lead.id}",
        activity_order=f"{lead.activity}#{lead.id}",
        status_key=f"{lead.account_id}#{lead.status.value}",
        assignee_key=f"{lead.account_id}#{lead.assignee}" if lead.assignee else None,
        status_since=written(lead.status_since) if lead.status_since else None,
        updated_at=written(lead.updated_at),
        platform=lead.platform,
        customer_id=lead.customer_id,
        customer_username=lead.customer_username,
        customer_name=lead.customer_name,
        conversation_id=lead.conversation_id,
        source=lead.source.value,
        channel=lead.channel.value,
        first_touch=_touch_json(lead.first_touch),
        last_touch=_touch_json(lead.last_touch),
        phone=lead.phone,
        email=lead.email,
        name=lead.name,
        typed_name=lead.typed_name,
        company=lead.company,
        address=lead.address,
        fields=dict(lead.fields) or None,
        form=msgspec.to_builtins(lead.form) if lead.form else None,
        version=lead.version,
        expires_at=expiry_at(lead.activity, retention_days),
    )


def _touch_json(touch: Touch | None) -> dict[str, Any] | None:
    return {"order": touch.order, "source": touch.source, "details": dict(touch.details)} if touch else None


def _touch(value: dict[str, Any] | None) -> Touch | None:
    return Touch(value["order"], value["source"], value["details"]) if value else None


def lead_of(row: LeadRow) -> Lead:
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
        updated_at=parse_written(row.updated_at),
        status=Status(row.status_key.partition("#")[2]),
        status_since=parse_written(row.status_since) if row.status_since else None,
        source=Source(row.source),
        channel=Channel(row.channel),
        first_touch=_touch(row.first_touch),
        last_touch=_touch(row.last_touch),
        assignee=row.assignee_key.partition("#")[2] if row.assignee_key else None,
        phone=row.phone,
        email=row.email,
        name=row.name,
        typed_name=row.typed_name,
        company=row.company,
        address=row.address,
        fields=row.fields or {},
        form=msgspec.convert(row.form, FormEntry) if row.form else None,
        version=int(row.version),
    )


def contact_of(row: ContactRow) -> Contact:
    return Contact(
        kind=row.contact_kind,
        value=row.value,
        places=msgspec.convert(row.places, tuple[Place, ...]),
        is_removed=bool(row.is_removed),
        is_touched=bool(row.is_touched),
        is_preferred=bool(row.is_preferred),
        origin=Origin(row.origin or Origin.CAPTURED),
        added_at=parse_written(row.added_at) if row.added_at else None,
        added_by=row.added_by,
        suggestion=row.suggestion,
    )


def contact_row(account_id: str, lead_id: str, contact: Contact, expires_at: int | None) -> ContactRow:
    return ContactRow(
        partition(account_id, lead_id),
        CONTACT + contact.id,
        contact_key=contact_key(account_id, contact.kind, contact.value),
        contact_kind=contact.kind,
        value=contact.value,
        places=msgspec.to_builtins(contact.places),
        is_removed=contact.is_removed or None,
        is_touched=contact.is_touched or None,
        is_preferred=contact.is_preferred or None,
        origin=contact.origin.value if contact.origin is not Origin.CAPTURED else None,
        added_at=written(contact.added_at) if contact.added_at else None,
        added_by=contact.added_by,
        suggestion=contact.suggestion,
        expires_at=expires_at,
    )


def contact_key(account_id: str, kind: str, value: str) -> str:
    return derived_id("key", account_id, kind, value)
