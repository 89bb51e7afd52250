"""Registering a Business Account: whoever does becomes its first admin."""

from datetime import datetime

from chalicelib.accounts import store
from chalicelib.accounts.account import Account, Member, MemberState, Role
from chalicelib.ids import new_id
from chalicelib.table import commit


def register(
    *,
    name: str,
    market: str,
    time_zone: str,
    own_phones: tuple[str, ...],
    own_emails: tuple[str, ...],
    by: str,
    now: datetime,
) -> Account:
    """A new account with its first admin. Again: another account, for a person may have several."""
    account = Account(new_id("acc"), name, market, time_zone, now, own_phones, own_emails)
    admin = Member(account.id, by, Role.ADMIN, MemberState.BOUND, now)
    commit([store.add(account), store.add_member(admin)])
    return account
