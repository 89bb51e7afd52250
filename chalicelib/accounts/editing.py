"""Editing an account: its name, time zone, own contacts and retention, with the change that tells of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.accounts import store
from chalicelib.accounts.account import Account
from chalicelib.events import store as changes
from chalicelib.events.change import a_change
from chalicelib.table import commit


def edit_account(account: Account, wanted: Mapping[str, Any], *, by: str, now: datetime) -> Account:
    """The account with the wanted fields; the same again changes nothing. Raises ChangedError.

    What was captured stays: own numbers and addresses count from the next message on.
    """
    changed = replace(account, **wanted)
    if changed == account:
        return account
    changed = replace(changed, version=account.version + 1)
    fields = sorted(name for name in wanted if getattr(changed, name) != getattr(account, name))
    told = a_change(
        "account.updated.v1",
        account_id=account.id,
        market=account.market,
        subject=account.id,
        version=changed.version,
        at=now,
        actor=by,
        body={"fields": fields},
    )
    commit([store.save(changed), changes.add(told)])
    return changed
