"""What happened to a lead, newest first: the changes that were published of it, as people read them.

A lead's id is derived from its customer, so one that comes again after it expired has the id of the first: what is
older than the lead itself is gone with that one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.accounts.account import Account
from chalicelib.clock import written
from chalicelib.events import store as changes
from chalicelib.events.change import SYSTEM, Change
from chalicelib.leads import store
from chalicelib.leads.editing import LeadNotFoundError

# What happened to a lead may bear a time a little before it was made: clocks differ, and a batch keeps the time at
# which it began. A lead that expired did so at least a day before the next one of its customer.
SKEW = timedelta(minutes=5)
REVIEWER = "reviewer"  # the actor of what a person of the deployment did
# What an event repeats of the lead, so that its reader needs no other; here it stands above.
REPEATED = {"lead_id", "status", "assignee"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `details` carries ids, states and masked contacts, nothing else."""

    id: str
    kinds: tuple[str, ...]  # `lead.status_changed`
    at: datetime
    actor: str  # a member's id, `system` or `reviewer`
    version: int
    details: dict[str, Any]


def list_activity(
    account: Account, lead_id: str, limit: int, after: str | None, now: datetime
) -> tuple[list[Entry], str | None]:
    """A page, newest first, and where the next one starts. Raises LeadNotFoundError."""
    lead = store.find_lead(account.id, lead_id)
    if lead is None or store.is_expired(lead, account.retention_days, now):
        raise LeadNotFoundError
    found = changes.list_history_page(account.id, lead_id, limit + 1, after)
    of_this_life = [one for one in found if one.at > lead.created_at - SKEW]
    entries = [_entry(one) for one in of_this_life[:limit]]
    return entries, _order(of_this_life[limit - 1]) if len(of_this_life) > limit else None


def _order(change: Change) -> str:
    return f"{written(change.at)}#{change.id}"


def _entry(change: Change) -> Entry:
    return Entry(
        id=change.id,
        kinds=tuple(kind.rpartition(".v")[0] for kind in change.types),
        at=change.at,
        actor=change.actor if change.actor == SYSTEM or change.actor.startswith("mem_") else REVIEWER,
        version=change.version,
        details={name: value for name, value in change.body.items() if name not in REPEATED},
    )
