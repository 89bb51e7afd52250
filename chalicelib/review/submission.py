"""Applying: the uploaded document is pinned, and the application, the account and the change are one transaction."""

from dataclasses import replace
from datetime import datetime

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Account
from chalicelib.events import store as changes
from chalicelib.events.change import a_change
from chalicelib.ids import new_id
from chalicelib.review import store
from chalicelib.review.application import Application, Company
from chalicelib.review.uploads import get_uploaded
from chalicelib.table import commit


class SubmissionError(Exception):
    """The application can't be submitted now."""


class ApplicationInReviewError(SubmissionError):
    """One application at a time: another one waits for its verdict."""


def submit(
    account: Account, upload_id: str, company: Company, *, capture_from: datetime | None, by: str, now: datetime
) -> Application:
    """The application, in review from now on; its review starts from the change committed with it.

    **Errors**: ApplicationInReviewError, NothingUploadedError, UploadTooLargeError; ChangedError if two submit at once.
    """
    if account.capture.application_in_review is not None:
        raise ApplicationInReviewError
    application = Application(
        id=new_id("app"),
        account_id=account.id,
        market=account.market,
        company=company,
        document=get_uploaded(account.id, upload_id),
        submitted_at=now,
        submitted_by=by,
        capture_from=capture_from,
    )
    capture = account.capture.submitted(application.id)
    told = a_change(
        "application.submitted.v1",
        account_id=account.id,
        market=account.market,
        subject=application.id,
        version=application.version,
        at=now,
        actor=by,
        body={"application_id": application.id},
    )
    commit(
        [
            accounts.save(replace(account, capture=capture, version=account.version + 1)),
            store.add(application),
            changes.add(told),
        ]
    )
    return application
