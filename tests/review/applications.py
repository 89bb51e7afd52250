"""Applications made for tests, and what the waiting execution is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Account, Capture
from chalicelib.ids import ordered_id
from chalicelib.review import store
from chalicelib.review.application import Application, Company
from chalicelib.review.submission import submit
from chalicelib.table import commit
from tests.builders import ADMIN, NOON, a_member, an_account
from tests.deployment import ROOT
from tests.state import change_types

POLICIES = ROOT / "samples" / "policies"
GOOD, INCOMPLETE = POLICIES / "good-id.md", POLICIES / "incomplete-id.md"
UNREADABLE = b"%PDF-1.7 a scan"
COMPANY = Company(
    "PT Kopi Senja Nusantara", "ID", "Jalan Contoh 1, Jakarta", "Dewi", "privasi@kopisenja.example", "+6281100001111"
)
UPLOAD = "upl_" + "2" * 32
LATER = NOON + timedelta(hours=1)


def upload(policy: Path | bytes, account_id: str) -> None:
    content = policy if isinstance(policy, bytes) else policy.read_bytes()
    boto3.client("s3").put_object(
        Bucket="documents", Key=f"policies/{account_id}/{UPLOAD}", Body=content, Metadata={"filename": "policy.md"}
    )


def applied(
    account: Account, policy: Path | bytes = GOOD, *, at: datetime = NOON, capture_from: datetime | None = None
) -> Application:
    """One more application of the account as it stands now."""
    upload(policy, account.id)
    standing = accounts.get(account.id)
    assert standing is not None
    id_ = ordered_id("app", at)
    return submit(standing, id_, UPLOAD, COMPANY, capture_from=capture_from, by="admin-1", now=at)


def stored_applicant(number: int = 0) -> Account:
    """An account that has not applied yet, with an admin; as many as there are numbers."""
    account = an_account(id=f"acc_{number:032}", capture=Capture())
    commit([accounts.add(account), *accounts.add_member(a_member(ADMIN, account_id=account.id))])
    return account


def submitted(policy: Path | bytes = GOOD, *, number: int = 0, at: datetime = NOON) -> Application:
    """An application of an account that never had one, with its policy uploaded."""
    return applied(stored_applicant(number), policy, at=at)


def account_of(application: Application) -> Account:
    account = accounts.get(application.account_id)
    assert account is not None
    return account


def as_it_is(application: Application) -> Application:
    found = store.find(application.account_id, application.id)
    assert found is not None
    return found


def end_state(application: Application) -> list[Any]:
    """Everything a verdict leaves, without ids that are new each time."""
    account = account_of(application).capture
    entries = [(one.code, one.reasons) for one in accounts.list_notifications(application.account_id, 10, None)]
    return [as_it_is(application).state, account.is_approved, len(account.intervals), entries, change_types()]


@contextmanager
def ended_waits(error: str | None = None) -> Iterator[list[str]]:
    """The tokens of the executions that were told to wait no longer; `error` is what the service answers instead."""
    real, tokens = BaseClient._make_api_call, []

    def call(self: Any, name: str, arguments: Any) -> Any:
        if name != "SendTaskSuccess":
            return real(self, name, arguments)
        tokens.append(arguments["taskToken"])
        if error is not None:
            raise ClientError({"Error": {"Code": error, "Message": arguments["taskToken"]}}, name)
        return {}

    BaseClient._make_api_call = call
    try:
        yield tokens
    finally:
        BaseClient._make_api_call = real
