"""Editing a contact card: its details and its contacts, as a member types, prefers and removes them.

What is typed is brought into the form in which capture keeps the same thing, so that a contact is one whichever way it
came. Whatever a member did to a contact outlasts what is captured later: the rule is `merged_contact` in lead.py.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.accounts.account import Account
from chalicelib.capture.extraction.text import normalise
from chalicelib.faults import Fault, InvalidError
from chalicelib.ids import derived_id
from chalicelib.kinds import EmailAddress, parse_kind
from chalicelib.leads.editing import Edit, LeadError, edit_lead, get_card
from chalicelib.leads.lead import Contact, Lead, Origin, masked
from chalicelib.leads.shapes import LINE
from chalicelib.leads.store import Card
from chalicelib.markets import MARKETS

MOST_CONTACTS = 100  # a card with as many takes no more from a member
LONGEST_NAME = 200


class ContactNotFoundError(LeadError):
    """The card has no such contact, or it was removed."""


class TooManyContactsError(LeadError):
    """The card has as many contacts as one may have."""


@dataclass(frozen=True, slots=True)
class Edited:
    """The card as it is afterwards, the contact that was asked about, and whether it was not there before."""

    card: Card
    contact: Contact
    is_new: bool = False


def parse_value(account: Account, kind: str, typed: str) -> str:
    """The contact's value as capture keeps it. Raises ValueError in words for people, without the value.

    `"0812-8834-5571"` in Indonesia is `"+6281288345571"`, `"Rina@Shop.example "` is `"rina@shop.example"`.
    """
    match kind:
        case "phone":
            value = _phone(normalise(typed).text.strip(), account.market)
        case "email":
            value = str(parse_kind(EmailAddress, normalise(typed).text.strip()))
        case _:
            value = typed.strip()
            if len(value) > LONGEST_NAME or not re.match(LINE, value):
                raise ValueError(f"must be a name of 1 to {LONGEST_NAME} characters, in one line")
    if account.owns(value):
        raise ValueError("must be a customer's: this one is the account's own")
    return value


def _phone(plain: str, market: str) -> str:
    import phonenumbers  # noqa: PLC0415 - 35 ms only such requests pay

    spellings: list[tuple[str, str | None]] = [(plain, market)]
    # "60136609912" to a shop in Indonesia: a neighbour's number, its plus left out. Only where it is none of here.
    if plain.startswith(tuple(one.calling_code.removeprefix("+") for one in MARKETS.values())):
        spellings.append((f"+{plain}", None))
    for spelling, region in spellings:
        try:
            number = phonenumbers.parse(spelling, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise ValueError("must be a valid phone number of the account's market, or one with its country code")


def change_details(
    account: Account,
    lead_id: str,
    changes: Mapping[str, Any],
    *,
    require_version: Callable[[int], None],
    by: str,
    now: datetime,
) -> Card:
    """The card with these `typed_name`, `company`, `address`, `fields`; those not given stay. The same: no change.

    **Errors**: as edit_lead.
    """

    def decide(_card: Card, lead: Lead) -> Edit | None:
        changed = [name for name, value in changes.items() if getattr(lead, name) != value]
        if not changed:
            return None
        details = {"what": "details_changed", "fields": [name.removeprefix("typed_") for name in changed]}
        return Edit(replace(lead, **changes), details=details)

    return edit_lead(account, lead_id, decide, require_version=require_version, by=by, now=now)


def get_contact(card: Card, contact_id: str) -> Contact:
    """The contact as it stands on the card. Raises ContactNotFoundError."""
    contact = card.contacts.get(contact_id)
    if contact is None or not contact.stands:
        raise ContactNotFoundError
    return contact


def get_typed(account: Account, lead_id: str, kind: str, typed: str, now: datetime) -> Edited:
    """The contact of what was typed, where it stands by a member's hand.

    **Errors**: LeadNotFoundError, ContactNotFoundError, InvalidError.
    """
    card = get_card(account, lead_id, now)
    contact = get_contact(card, derived_id("con", kind, _value(account, kind, typed)))
    if not contact.is_touched:
        raise ContactNotFoundError
    return Edited(card, contact)


def put_contact(
    account: Account, lead_id: str, kind: str, typed: str, *, is_preferred: bool, by: str, now: datetime
) -> Edited:
    """The contact, on the card by a member's hand: added, brought back, or taken over from capture.

    **Repeats**: nothing is changed.
    **Errors**: as edit_lead; InvalidError, TooManyContactsError.
    """
    value = _value(account, kind, typed)
    is_new = False

    def decide(card: Card, lead: Lead) -> Edit | None:
        nonlocal is_new
        before = card.contacts.get(derived_id("con", kind, value))
        is_new = before is None or not before.stands
        if is_new and sum(one.stands for one in card.contacts.values()) >= MOST_CONTACTS:
            raise TooManyContactsError
        contact = typed_contact(before, kind, value, by, now)
        contact = replace(contact, is_preferred=contact.is_preferred or is_preferred)
        if contact == before:
            return None
        what = "contact_added" if is_new else _what(before, contact)
        return Edit(lead, (contact, *_unpreferred(card, contact)), details=_details(what, contact))

    card = edit_lead(account, lead_id, decide, require_version=lambda _version: None, by=by, now=now)
    return Edited(card, card.contacts[derived_id("con", kind, value)], is_new)


def change_contact(
    account: Account,
    lead_id: str,
    contact_id: str,
    *,
    typed: str | None,
    is_preferred: bool | None,
    require_version: Callable[[int], None],
    by: str,
    now: datetime,
) -> Edited:
    """The contact with another value, or preferred, or no more; what is None stays.

    With another value it is another contact, under another id, and the old one is removed for good.
    **Errors**: as edit_lead; ContactNotFoundError, InvalidError.
    """
    new_id = contact_id

    def decide(card: Card, lead: Lead) -> Edit | None:
        nonlocal new_id
        old = get_contact(card, contact_id)
        if typed is None and is_preferred is None:
            return None
        value = old.value if typed is None else _value(account, old.kind, typed)
        new_id = derived_id("con", old.kind, value)
        new = typed_contact(card.contacts.get(new_id), old.kind, value, by, now)
        wanted = new.is_preferred or old.is_preferred if is_preferred is None else is_preferred
        new = replace(new, is_preferred=wanted)
        if new == old:
            return None
        if new_id == contact_id:
            details = _details(_what(old, new), new)
            return Edit(lead, (new, *_unpreferred(card, new)), details=details)
        details = _details("contact_changed", new) | {"instead_of": old.id}
        kept = {one.id: one for one in (*_unpreferred(card, new), new, _removed(old))}
        return Edit(lead, tuple(kept.values()), details=details)

    card = edit_lead(account, lead_id, decide, require_version=require_version, by=by, now=now)
    return Edited(card, card.contacts[new_id])


def remove_contact(
    account: Account,
    lead_id: str,
    contact_id: str,
    *,
    require_version: Callable[[int], None],
    by: str,
    now: datetime,
) -> Card:
    """The card without the contact, which capture does not bring back. **Errors**: as change_contact."""

    def decide(card: Card, lead: Lead) -> Edit:
        contact = get_contact(card, contact_id)
        return Edit(lead, (_removed(contact),), details=_details("contact_removed", contact))

    return edit_lead(account, lead_id, decide, require_version=require_version, by=by, now=now)


def typed_contact(before: Contact | None, kind: str, value: str, by: str, now: datetime) -> Contact:
    """The contact once a member has typed it: one that stands is only touched, so that capture leaves it as it is."""
    if before is None:
        return Contact(kind, value, is_touched=True, origin=Origin.TYPED, added_at=now, added_by=by)
    if before.stands:
        return replace(before, is_touched=True)
    back = replace(before, is_removed=False, is_touched=True, is_preferred=False)
    return replace(back, origin=Origin.TYPED, added_at=now, added_by=by)


def _value(account: Account, kind: str, typed: str) -> str:
    try:
        return parse_value(account, kind, typed)
    except ValueError as error:
        raise InvalidError([Fault("/value", str(error))]) from error


def _removed(contact: Contact) -> Contact:
    return replace(contact, is_removed=True, is_preferred=False)


def _unpreferred(card: Card, contact: Contact) -> list[Contact]:
    """The others of its kind that were preferred, if now this one is: there is one of a kind at most."""
    if not contact.is_preferred:
        return []
    others = (one for one in card.contacts.values() if one.kind == contact.kind and one.id != contact.id)
    return [replace(one, is_preferred=False) for one in others if one.is_preferred]


def _what(before: Contact | None, after: Contact) -> str:
    was_preferred = before is not None and before.is_preferred
    return "contact_preferred" if after.is_preferred and not was_preferred else "contact_changed"


def _details(what: str, contact: Contact) -> dict[str, Any]:
    return {
        "what": what,
        "contact_id": contact.id,
        "kind": contact.kind,
        "masked": masked(contact.kind, contact.value),
    }
