"""Registering a Business Account: whoever does becomes its first admin."""

from datetime import datetime

from chalicelib.accounts import members_store, store
from chalicelib.accounts.account import Account, Member, MemberState, Role
from chalicelib.accounts.membership import told_of
from chalicelib.accounts.roster import Roster
from chalicelib.events import store as changes
from chalicelib.ids import new_id
from chalicelib.table import commit


def register(
    account_id: str,
    *,
    name: str,
    market: str,
    time_zone: str,
    own_phones: tuple[str, ...],
    own_emails: tuple[str, ...],
    by: str,
    now: datetime,
) -> Account:
    """A new account with its first admin. Under another id: another account, for a person may have several."""
    account = Account(account_id, name, market, time_zone, now, own_phones, own_emails)
    admin = Member(new_id("mem"), account.id, Role.ADMIN, MemberState.BOUND, now, subject=by, joined_at=now)
    roster = members_store.move_roster(Roster(account.id, 0, {}))
    told = changes.add(told_of(account, admin, admin.id, now))
    commit([store.add(account), *store.add_member(admin), roster, told])
    return account
