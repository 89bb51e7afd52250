"""Assigning a lead: to a bound admin or operator, who is told in the inbox, or to nobody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.accounts import members_store as members
from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Account, Member, MemberState, Notification
from chalicelib.ids import ordered_id
from chalicelib.leads.editing import Edit, LeadError, edit_lead
from chalicelib.leads.lead import Lead
from chalicelib.leads.store import Card

if TYPE_CHECKING:
    from chalicelib.table import Write


class AssigneeUnknownError(LeadError):
    """The account has no such member."""


class AssigneePendingError(LeadError):
    """The member was invited and has not accepted."""


class AssigneeRemovedError(LeadError):
    """The member is one no more."""


class AssigneeNotAllowedError(LeadError):
    """The member's role works on no leads."""


class AssigneeIsMachineError(LeadError):
    """The member is a program."""


def assign(
    account: Account,
    lead_id: str,
    member_id: str | None,
    *,
    require_version: Callable[[int], None],
    by: str,
    now: datetime,
) -> Lead:
    """The lead assigned to this member, or to nobody; the same again changes nothing.

    The member is read, and still is what was read when the lead is written: whoever is removed, demoted or bound
    meanwhile is looked at again.
    **Errors**: as edit_lead, and one for each reason why a member can't be assigned.
    """

    def decide(_card: Card, lead: Lead) -> Edit | None:
        if member_id == lead.assignee:
            return None
        writes: list[Write] = []
        if member_id is not None:
            member = _assignable_member(account, member_id)
            writes.append(members.is_still_bound(member))
            if member.id != by:
                writes.append(accounts.add_notification(_notification(lead, member, now)))
        details = {"from": lead.assignee, "to": member_id}
        return Edit(replace(lead, assignee=member_id), kind="lead.assigned.v1", details=details, writes=tuple(writes))

    card = edit_lead(account, lead_id, decide, require_version=require_version, by=by, now=now)
    assert card.lead is not None  # noqa: S101 - edit_lead answers the card of a lead
    return card.lead


def _assignable_member(account: Account, member_id: str) -> Member:
    member = members.get_member(account.id, member_id)
    if member is None:
        raise AssigneeUnknownError
    if member.state is MemberState.PENDING:
        raise AssigneePendingError
    if member.state is MemberState.REMOVED:
        raise AssigneeRemovedError
    if member.is_machine:
        raise AssigneeIsMachineError
    if not member.is_assignable:
        raise AssigneeNotAllowedError
    return member


def _notification(lead: Lead, member: Member, now: datetime) -> Notification:
    """Of the version that the assignment makes: one entry, however often it is tried."""
    id_ = ordered_id("ntf", now, lead.id, str(lead.version + 1), member.id)
    return Notification(id_, lead.account_id, "lead.assigned", lead.id, now, audience=member.id)
