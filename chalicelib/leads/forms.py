"""A lead form's entry is taken in: one lead for it, with its answers and the contacts among them, in one transaction.

The lead's id is the entry's, so the row itself tells whether the entry is known: the first to write it wins, and every
repetition, by whatever way, is a refused write. No reading comes before it. An entry that a member handed in first,
who knows no answers, gets them from the platform's own copy, once. Capture's approval is not asked for: who fills in a
form gives their contacts to the advertiser of its own accord.
Downside accepted: what a platform changed in an entry it had sent before is not taken over.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.accounts.account import Account
from chalicelib.capture.message import LeadFormSubmission, SentInFutureError, is_ahead
from chalicelib.clock import cut_to_milliseconds, expiry_of, hour_of, written
from chalicelib.events import store as changes
from chalicelib.events.change import Change, a_change
from chalicelib.leads import store
from chalicelib.leads.lead import Channel, Contact, FormAnswer, FormEntry, Lead, Origin, Touch, form_lead_id_of, masked
from chalicelib.leads.store import Card
from chalicelib.table import BusyError, ChangedError, Write, commit

TRIES = 4  # while a member edits what they handed in

MOST_CONTACTS = 20  # of one entry, as of one message; the others stay among the answers
LONGEST_NAME = 200
LONGEST_PHONE = 40  # characters, with all that people write between digits

PHONE_FIELDS = frozenset({"phone", "phone_number"})
EMAIL_FIELDS = frozenset({"email", "email_address"})
NAME_FIELDS = frozenset({"name", "full_name"})
NAME_PARTS = ("first_name", "last_name")

TEST = "<test lead"  # what the platform's own test fills each field with: `<test lead: dummy data for email>`


def take_in_form(submission: LeadFormSubmission, account: Account, now: datetime) -> bool:
    """Whether the entry was new, or its answers were. It stands as one lead, with its contacts and what tells of it.

    **Repeats**: of the platform's copies the first one wins; whatever comes again under its id changes nothing.
    **Errors**: SentInFutureError for good; BusyError and whatever AWS raises for now.
    """
    if is_ahead(submission.submitted_at, now):
        raise SentInFutureError
    touch = _touch(submission)
    contacts = list(_contacts(submission, account))[:MOST_CONTACTS]
    lead = _lead(submission, account, now).with_touches([touch] if touch else []).with_summary(contacts)
    entry = _Entry(lead, contacts, touch)
    for _ in range(TRIES):
        with suppress(ChangedError):  # the only row that could stand already is the lead's
            told = _told("lead.created.v1", entry, account, now)
            commit([store.add_lead(lead, account.retention_days), *_writes_beside(entry, account), changes.add(told)])
            return True
        standing = store.get_card(account.id, lead.id)
        if standing.lead is None:  # its time was over just now
            continue
        if not _lacks_answers(standing.lead) or not submission.fields:
            return False
        with suppress(ChangedError):
            commit(_completing(standing, standing.lead, entry, account, now))
            return True
    raise BusyError


@dataclass(frozen=True, slots=True)
class _Entry:
    """The lead as the entry alone makes it, with its contacts and the ad that brought the customer."""

    lead: Lead
    contacts: list[Contact]
    touch: Touch | None


def _lacks_answers(lead: Lead) -> bool:
    """Whether a member handed the entry in: the API takes no answers, and the platform has no entry without."""
    return lead.form is not None and not lead.form.answers


def _completing(standing: Card, old: Lead, entry: _Entry, account: Account, now: datetime) -> list[Write]:
    """The writes by which a lead that a member handed in gets what the platform knows; what is on its card stays."""
    added = [one for one in entry.contacts if one.id not in standing.contacts]
    new = replace(old, form=entry.lead.form, version=old.version + 1, updated_at=now).active_in(entry.lead.activity)
    if entry.touch is not None:  # the same ad, as the platform knows it
        new = replace(new, first_touch=None, last_touch=None).with_touches([entry.touch])
    new = new.with_summary([*standing.contacts.values(), *added])
    completed = _Entry(new, added, entry.touch)
    told = _told("lead.updated.v1", completed, account, now, what="form_completed", assignee=new.assignee)
    return [
        store.save_lead(old, new, account.retention_days),
        *_writes_beside(completed, account),
        changes.add(told),
    ]


def _writes_beside(entry: _Entry, account: Account) -> list[Write]:
    lead_id, touch = entry.lead.id, entry.touch
    writes: list[Write] = [store.save_contact(account.id, lead_id, one) for one in entry.contacts]
    if touch is not None:
        writes.append(store.add_touch(account.id, lead_id, touch, expiry_of(touch.at, account.retention_days)))
    return writes


def _lead(submission: LeadFormSubmission, account: Account, now: datetime) -> Lead:
    platform = submission.channel_account.platform
    is_form = submission.lead_source == "INSTANT_FORM"
    return Lead(
        account_id=account.id,
        id=form_lead_id_of(account.id, platform, submission.lead_id),
        platform=platform,
        customer_id=None,
        customer_username=None,
        customer_name=None,
        conversation_id=None,
        created_at=now,
        updated_at=now,
        activity=hour_of(submission.submitted_at),
        channel=Channel.LEAD_FORM if is_form else Channel.DIRECT_MESSAGE,
        form=FormEntry(
            lead_id=submission.lead_id,
            submitted_at=cut_to_milliseconds(submission.submitted_at),
            form_id=submission.form.id,
            form_name=submission.form.name,
            answers=tuple(FormAnswer(one.field, one.value) for one in submission.fields),
            is_test=submission.is_test or _is_all_made_up(submission),
        ),
    )


def _is_all_made_up(submission: LeadFormSubmission) -> bool:
    return bool(submission.fields) and all(_is_made_up(one.value) for one in submission.fields)


def _is_made_up(value: str) -> bool:
    return value.strip().lower().startswith(TEST)


def _touch(submission: LeadFormSubmission) -> Touch | None:
    """The ad the form was opened from, if the entry names its id, its ad group's or its campaign's."""
    ad = submission.ad
    if ad is None or not any(_is_id(one) for one in (ad.ad_id, ad.adgroup_id, ad.campaign_id)):
        return None
    named = {name: getattr(ad, name) for name in ad.__struct_fields__}
    named["advertiser_id"] = submission.channel_account.advertiser_id
    details = {name: value for name, value in named.items() if _is_id(value)}
    return Touch(f"{written(submission.submitted_at)}#{submission.lead_id}", "ad", details)


def _is_id(value: str | None) -> bool:
    return value not in {None, "", "0"}  # the platform writes 0 for none


def _contacts(submission: LeadFormSubmission, account: Account) -> Iterator[Contact]:
    """The contacts among the answers, each once and in their order; what is none that is valid stays an answer."""
    at = cut_to_milliseconds(submission.submitted_at)
    for kind, value in dict.fromkeys(_found(submission, account.market)):
        if not account.owns(value):
            yield Contact(kind, value, origin=Origin.FORM, added_at=at)


def _found(submission: LeadFormSubmission, market: str) -> Iterator[tuple[str, str]]:
    answers = [(_plain(one.field), one.value) for one in submission.fields if not _is_made_up(one.value)]
    for field, value in answers:
        if field in PHONE_FIELDS and (phone := _phone(value, market)):
            yield "phone", phone
        elif field in EMAIL_FIELDS and (email := _email(value)):
            yield "email", email
        elif field in NAME_FIELDS and (name := _name(value)):
            yield "name", name
    parts = dict(reversed(answers))  # the first of each
    is_named = any(field in NAME_FIELDS and _name(value) for field, value in answers)
    if not is_named and (name := _name(" ".join(parts.get(part, "") for part in NAME_PARTS))):
        yield "name", name


def _plain(field: str) -> str:
    return re.sub(r"[\s-]+", "_", field.strip().lower())


def _phone(value: str, market: str) -> str | None:
    """The number in E.164, read as one of the market where it names no country."""
    import phonenumbers  # noqa: PLC0415 - 35 ms that only forms pay

    try:
        number = phonenumbers.parse(value[:LONGEST_PHONE], market)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(value: str) -> str | None:
    """The address as a captured one is kept: in lower case, its domain in Unicode."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - 40 ms that only forms pay

    try:
        return validate_email(value.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None


def _name(value: str) -> str | None:
    name = " ".join(value.split())
    is_name = any(letter.isalpha() for letter in name) and not re.search(r"[\x00-\x1f\x7f]", name)
    return name if is_name and len(name) <= LONGEST_NAME else None


def _told(kind: str, entry: _Entry, account: Account, now: datetime, **more: str | None) -> Change:
    lead = entry.lead
    body: dict[str, Any] = {
        "lead_id": lead.id,
        "conversation_id": None,
        "status": lead.status.value,
        "source": lead.source.value,
        "channel": lead.channel.value,
        "is_test": lead.form is not None and lead.form.is_test,
        "contacts": [{"kind": one.kind, "masked": masked(one.kind, one.value)} for one in entry.contacts],
        **more,
    }
    return a_change(
        kind,
        account_id=account.id,
        market=account.market,
        subject=lead.id,
        version=lead.version,
        at=now,
        body=body,
    )
