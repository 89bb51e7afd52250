"""The toggle: capture on or off as of now, with the change that tells of it."""

from dataclasses import replace
from datetime import datetime

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Account
from chalicelib.events import store as changes
from chalicelib.events.change import a_change
from chalicelib.table import commit


def switch_capture(account: Account, *, is_on: bool, by: str, now: datetime) -> Account:
    """The account with capture on or off. Again: the same, and nothing is told. Raises ChangedError."""
    capture = account.capture.switched(now, is_on=is_on)
    if capture == account.capture:
        return account
    switched = replace(account, capture=capture, version=account.version + 1)
    told = a_change(
        "capture.switched.v1",
        account_id=account.id,
        market=account.market,
        subject=account.id,
        version=switched.version,
        at=now,
        actor=by,
        body={"is_on": is_on},
    )
    commit([accounts.save(switched), changes.add(told)])
    return switched
