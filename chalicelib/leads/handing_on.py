"""Handing on the leads of a removed member: to whom the admin named, or to nobody, and none is lost.

Steps: the event of the removal, from our own topic → the member's leads by the index → each edited on condition of what
was read. From the removal on nobody can assign a lead to the member, because an assignment checks the member's row; but
the index is a moment late, so it is asked until it has twice told of none. Repeating it finds less to do, or nothing.
"""

import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.accounts import members_store
from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Account, Member, Notification
from chalicelib.clock import parse_written, utc_now
from chalicelib.events.change import SYSTEM
from chalicelib.ids import ordered_id
from chalicelib.leads.assigned_store import list_assigned
from chalicelib.leads.editing import Edit, LeadNotFoundError, edit_lead
from chalicelib.leads.lead import Lead
from chalicelib.leads.store import Card
from chalicelib.table import BusyError, write_one

ROUNDS = 20
QUIET_ROUNDS = 2  # that found nothing, one after the other
PAUSE_SECONDS = 2.0  # an index follows its table within a second, as a rule


@dataclass(frozen=True, slots=True)
class _Removal:
    """A member was removed, and whom the admin named for their leads."""

    event_id: str
    member_id: str
    handed_to: str | None
    at: datetime


def hand_on(event: dict[str, Any], *, rounds: int = ROUNDS, pause_seconds: float = PAUSE_SECONDS) -> None:
    """The leads of the member of whose removal this event tells are somebody else's, or nobody's.

    Raises BusyError if some leads could not be had in time: the event comes again.
    """
    data = event["data"]
    account = accounts.get(data["account_id"])
    if event["type"] != "member.changed.v1" or data["state"] != "removed" or account is None:
        return
    removal = _Removal(event["id"], event["subject"], data.get("handed_to"), parse_written(event["time"]))
    _hand_on_all(account, removal, rounds, pause_seconds)


def _hand_on_all(account: Account, removal: _Removal, rounds: int, pause_seconds: float) -> None:
    done: set[str] = set()
    quiet = 0
    for _ in range(rounds):
        found = [lead_id for lead_id in list_assigned(account.id, removal.member_id) if lead_id not in done]
        if found and not done:
            _tell_heir(account, removal)
        quiet = 0 if found else quiet + 1
        if quiet == QUIET_ROUNDS:
            return
        done |= {lead_id for lead_id in found if _is_handed_on(account, removal, lead_id)}
        time.sleep(pause_seconds)
    raise BusyError


def _is_handed_on(account: Account, removal: _Removal, lead_id: str) -> bool:
    """Whether the lead is the removed member's no more; not, if it is being changed by too many just now."""

    def decide(_card: Card, lead: Lead) -> Edit | None:
        if lead.assignee != removal.member_id:
            return None
        heir = _heir(account, removal)
        to = heir.id if heir else None
        return Edit(
            replace(lead, assignee=to),
            kind="lead.assigned.v1",
            details={"from": lead.assignee, "to": to, "reason": "member_removed"},
            writes=(members_store.is_still_bound(heir),) if heir else (),
        )

    try:
        edit_lead(account, lead_id, decide, require_version=lambda _version: None, by=SYSTEM, now=utc_now())
    except BusyError:
        return False
    except LeadNotFoundError:  # expired or erased: nobody reads it any more, though the index still has it
        return True
    return True


def _heir(account: Account, removal: _Removal) -> Member | None:
    """Who is to get the leads, if leads can be assigned to them as of now."""
    heir = members_store.get_member(account.id, removal.handed_to) if removal.handed_to else None
    return heir if heir and heir.is_assignable else None


def _tell_heir(account: Account, removal: _Removal) -> None:
    """One entry in the heir's inbox for all leads they are handed, however often it is written."""
    heir = _heir(account, removal)
    if heir is not None:
        id_ = ordered_id("ntf", removal.at, removal.event_id)
        told = Notification(id_, account.id, "leads.handed_on", removal.member_id, removal.at, audience=heir.id)
        write_one(accounts.add_notification(told))
