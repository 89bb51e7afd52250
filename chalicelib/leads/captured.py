"""What becomes of a customer's card when contacts or touches are found: a rule, as a value to be written."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.leads.lead import Contact, Lead, Touch, merged_contact


@dataclass(frozen=True, slots=True)
class CardChange:
    """The lead as it is to be, the contacts to write with it, and what to tell of it."""

    lead: Lead
    contacts: tuple[Contact, ...]
    added: tuple[Contact, ...]  # those of them that stand and did not before
    types: tuple[str, ...]
    dropped: tuple[Contact, ...] = ()  # left behind by a lead that expired


def change_of_card(
    standing: Lead | None,
    contacts: dict[str, Contact],
    *,
    found: Iterable[Contact],
    touches: Iterable[Touch],
    unborn: Lead,
    hour: str,
    now: datetime,
) -> CardChange | None:
    """How the card changes, or None where it stays as it is.

    A lead is born of its first standing contact (as `unborn`); until then touches wait for it and nothing changes.
    """
    if standing is None:  # the lead that had them is gone: only what a member decided outlives it
        dropped = tuple(one for one in contacts.values() if not (one.is_removed or one.is_touched))
        contacts = {one.id: one for one in contacts.values() if one not in dropped}
    else:
        dropped = ()
    after = dict(contacts)
    for contact in found:
        merged = merged_contact(after.get(contact.id), contact)
        if merged is not None:
            after[contact.id] = merged
    written = tuple(one for key, one in after.items() if one != contacts.get(key))
    added = tuple(one for one in written if one.stands and not (one.id in contacts and contacts[one.id].stands))
    if standing is None and not added:
        return None
    lead = (standing or unborn).with_touches(touches).with_summary(after.values())
    if standing is not None and lead == standing and not written:
        return None
    types = _types(is_born=standing is None, has_added=bool(added))
    version = standing.version + 1 if standing else 1
    gone = tuple(one for one in dropped if one.id not in after)
    lead = replace(lead.active_in(hour), version=version, updated_at=now)
    return CardChange(lead, written, added, types, gone)


def _types(*, is_born: bool, has_added: bool) -> tuple[str, ...]:
    if is_born:
        return ("lead.created.v1", "lead.contact_captured.v1")
    return ("lead.contact_captured.v1",) if has_added else ("lead.updated.v1",)
