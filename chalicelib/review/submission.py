"""Applying: the uploaded document is pinned, and the application, the account and the change are one transaction.

What the review would find can be asked before; nothing is kept of it.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Account
from chalicelib.events import store as changes
from chalicelib.events.change import a_change
from chalicelib.review import Review, review_policy, store
from chalicelib.review.application import Application, Company, Document
from chalicelib.review.uploads import get_uploaded
from chalicelib.table import BusyError, ChangedError, commit

TRIES = 8  # of a submission that meets other changes of the account


class SubmissionError(Exception):
    """The application can't be submitted now."""


class ApplicationInReviewError(SubmissionError):
    """One application at a time: another one waits for its verdict."""


def check_policy(account: Account, upload_id: str, legal_name: str) -> tuple[Document, Review]:
    """What the checks find in the uploaded document as it stands now. Raises NothingUploadedError, UploadTooLargeError.

    No document is too strange for an answer: what can't be read is for a reviewer.
    """
    document, content = get_uploaded(account.id, upload_id)
    return document, review_policy(content, document.filename, account.market, legal_name)


def submit(
    account: Account,
    application_id: str,
    upload_id: str,
    company: Company,
    *,
    capture_from: datetime | None,
    by: str,
    now: datetime,
) -> Application:
    """The application, in review from now on; its review starts from the change committed with it.

    **Errors**: ApplicationInReviewError, also for the second of two submitted at once; NothingUploadedError,
    UploadTooLargeError, BusyError.
    """
    application: Application | None = None
    for _ in range(TRIES):
        if account.capture.application_in_review is not None:
            raise ApplicationInReviewError
        application = application or Application(
            id=application_id,
            account_id=account.id,
            market=account.market,
            company=company,
            document=get_uploaded(account.id, upload_id)[0],
            submitted_at=now,
            submitted_by=by,
            capture_from=capture_from,
        )
        try:
            _commit(account, application)
        except ChangedError:
            account = accounts.get(account.id) or account
            continue
        return application
    raise BusyError


def _commit(account: Account, application: Application) -> None:
    capture = account.capture.submitted(application.id)
    if store.list_of_account(account.id, 1):
        # Only the very first application turns the toggle on: later ones leave it as the account's admins want it.
        capture = replace(capture, is_on=account.capture.is_on)
    told = a_change(
        "application.submitted.v1",
        account_id=account.id,
        market=account.market,
        subject=application.id,
        version=application.version,
        at=application.submitted_at,
        actor=application.submitted_by,
        body={"application_id": application.id},
    )
    commit(
        [
            accounts.save(replace(account, capture=capture, version=account.version + 1)),
            *store.add(application),
            changes.add(told),
        ]
    )
