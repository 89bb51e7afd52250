"""What becomes of a customer's card when contacts or touches are found: a rule, as a value to be written."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.leads.lead import Contact, Lead, Touch, merged_contact

# Contacts that stand on a card, and capture adds no more: no customer has as many, and whoever floods a chat with them
# could make the card larger than an answer may be (6 MB of a function; a contact with its evidence is up to 10 KB).
MOST_STANDING = 200


@dataclass(frozen=True, slots=True)
class CardChange:
    """The lead as it is to be, the contacts to write with it, and what to tell of it."""

    lead: Lead
    contacts: tuple[Contact, ...]
    added: tuple[Contact, ...]  # those of them that stand and did not before
    types: tuple[str, ...]


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
    after = _contacts_after(contacts, found)
    written = tuple(one for key, one in after.items() if one != contacts.get(key))
    added = tuple(one for one in written if one.stands and not (one.id in contacts and contacts[one.id].stands))
    if standing is None and not added:
        return None
    lead = (standing or unborn).with_touches(touches).with_summary(after.values())
    if standing is not None and lead == standing and not written:
        return None
    types = _types(is_born=standing is None, has_added=bool(added))
    version = standing.version + 1 if standing else unborn.version
    lead = replace(lead.active_in(hour), version=version, updated_at=now)
    return CardChange(lead, written, added, types)


def _contacts_after(contacts: dict[str, Contact], found: Iterable[Contact]) -> dict[str, Contact]:
    """The contacts by id, with what was found. Those known come first: a piece of a longer one makes room for that."""
    after = dict(contacts)
    for contact in sorted(found, key=lambda one: one.id not in contacts):
        if contact.id not in after and sum(one.stands for one in after.values()) >= MOST_STANDING:
            continue
        merged = merged_contact(after.get(contact.id), contact)
        if merged is not None:
            after[contact.id] = merged
    return after


def _types(*, is_born: bool, has_added: bool) -> tuple[str, ...]:
    if is_born:
        return ("lead.created.v1", "lead.contact_captured.v1")
    return ("lead.contact_captured.v1",) if has_added else ("lead.updated.v1",)
