"""What changes between two looks at a policy: the account's next application, or a newer rule set."""

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.review import Finding, Review, Status, review_policy, store
from chalicelib.review.application import Application, StoredFinding
from chalicelib.review.document import DocumentRefused, read_document
from chalicelib.review.uploads import get_content

LOOKED_BACK = 10  # applications before this one that may have been withdrawn before any check ran


class Difference(NamedTuple):
    """A check that came out otherwise."""

    check: str
    before: Status
    after: Status


def differences(
    before: Iterable[Finding | StoredFinding], after: Iterable[Finding | StoredFinding]
) -> tuple[Difference, ...]:
    """The checks that came out otherwise, in their order; one that only one side knows is none."""
    was = {one.check: one.status for one in before}
    return tuple(
        Difference(one.check, was[one.check], one.status)
        for one in after
        if one.check in was and was[one.check] != one.status
    )


def find_previous(application: Application) -> Application | None:
    """The account's last application before this one that was checked."""
    if not application.findings:
        return None
    earlier = store.list_of_account(application.account_id, LOOKED_BACK, application.id)
    return next((one for one in earlier if one.findings), None)


def reviewed_now(application: Application) -> tuple[str | None, Review]:
    """The text of an application's document, None if it can't be read, and what the present rules find in it.

    Nothing is changed by it: neither a newer rule set nor a second look takes an approval back.
    **Errors**: NothingUploadedError, if the document is gone.
    """
    document = application.document
    content = get_content(document)
    review = review_policy(content, document.filename, application.market, application.company.legal_name)
    try:
        return read_document(content, document.filename), review
    except DocumentRefused:
        return None, review
