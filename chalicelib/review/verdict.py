"""The checks' verdict, and what any verdict changes, as one transaction.

The application, the account's capture state, the inbox entry and the event are written on condition that the
application is still what it was: each step may be repeated, and nothing happens twice. When the checks run is told by
waiting.py; what people decide, in decisions.py.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Account, Notification
from chalicelib.events import store as changes
from chalicelib.events.change import SYSTEM, a_change
from chalicelib.ids import ordered_id
from chalicelib.review import Review, review_policy, store
from chalicelib.review.application import Application, State, StoredFinding
from chalicelib.review.uploads import NothingUploadedError, UploadTooLargeError, get_content
from chalicelib.table import BusyError, ChangedError, Write, commit

TRIES = 8  # of a verdict that meets other changes of the account


def check(account_id: str, application_id: str, now: datetime) -> str:
    """Run the checks and record what they decide: `approved`, `rejected`, or `in_review` where a person is needed.

    **Repeats**: for a decided, withdrawn or revoked application, its state, and nothing changes.
    """
    for _ in range(TRIES):
        application = store.find(account_id, application_id)
        account = accounts.get(account_id)
        if application is None or account is None:
            return State.REJECTED.value  # erased meanwhile: nothing is left to decide
        if application.state is not State.IN_REVIEW or application.needs_reviewer:
            return application.state.value
        after = _checked(application, now)
        try:
            commit(writes_of(account, after, now))
        except ChangedError:
            continue
        return after.state.value
    raise BusyError


def _checked(application: Application, now: datetime) -> Application:
    try:
        content = get_content(application.document)
    except (NothingUploadedError, UploadTooLargeError):
        return application.handed_to_reviewer((), "none", "unreadable_document")
    review = review_policy(content, application.document.filename, application.market, application.company.legal_name)
    findings = _stored(review)
    if review.verdict == "human":
        return application.handed_to_reviewer(findings, review.rule_set, review.reason)
    state = State.APPROVED if review.verdict == "approve" else State.REJECTED
    return application.decided(state, findings, review.rule_set, review.reason, by=SYSTEM, at=now)


def _stored(review: Review) -> tuple[StoredFinding, ...]:
    return tuple(map(StoredFinding.of, review.findings))


def writes_of(account: Account, application: Application, now: datetime, *, actor: str = SYSTEM) -> list[Write]:
    """All that has to be written, at once, for the application to be what it now is."""
    if application.state is State.IN_REVIEW:
        return [store.save(application)]
    return [
        store.save(application),
        accounts.save(_account_after(account, application, now)),
        *_told(application, now, actor),
    ]


def _account_after(account: Account, application: Application, now: datetime) -> Account:
    """The account with this verdict. Rejecting or withdrawing a later policy leaves an earlier approval."""
    match application.state:
        case State.APPROVED:
            capture = account.capture.approved(
                application.id,
                application.document.sha256,
                application.rule_set or "none",
                now,
                application.allowed_capture_from,
            )
        case State.REVOKED:
            capture = account.capture.revoked(now)
        case _:
            capture = account.capture.decided()
    return replace(account, capture=capture, version=account.version + 1)


def _told(application: Application, now: datetime, actor: str) -> list[Write]:
    """The one inbox entry and the one event. What the account itself has withdrawn, its inbox need not tell."""
    kind = f"application.{application.state.value}"
    notification = Notification(
        id=ordered_id("ntf", now, application.id, application.state.value),
        account_id=application.account_id,
        code=kind,
        subject=application.id,
        at=now,
        reasons=application.reasons,
    )
    told = a_change(
        f"{kind}.v1",
        account_id=application.account_id,
        market=application.market,
        subject=application.id,
        version=application.version,
        at=now,
        actor=actor,
        body={
            "application_id": application.id,
            "reasons": list(application.reasons),
            "policy_sha256": application.document.sha256,
            "rule_set": application.rule_set,
        },
    )
    inbox = [accounts.add_notification(notification)] if application.state is not State.WITHDRAWN else []
    return [*inbox, changes.add(told)]
