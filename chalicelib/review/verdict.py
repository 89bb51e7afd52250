"""The review itself: started from the change, held back for its delay, checked, and ended by one conditional write.

Steps: `application.submitted` on the stream → execution under the application's id → hold → checks → verdict, or a
reviewer. The verdict, the account's capture state, the inbox entry and the event are one transaction on condition that
the application is still in review: each step may be repeated, and nothing happens twice.
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Account, Notification
from chalicelib.aws import client
from chalicelib.config import settings
from chalicelib.events import store as changes
from chalicelib.events.change import SYSTEM, a_change
from chalicelib.events.store import change_in
from chalicelib.ids import ordered_id
from chalicelib.review import Review, review_policy, store
from chalicelib.review.application import Application, State, StoredFinding
from chalicelib.review.uploads import NothingUploadedError, UploadTooLargeError, get_content
from chalicelib.table import BusyError, ChangedError, Write, commit, write_one

TOKEN_LIFETIME = timedelta(days=90)  # a token outlives the wait for any reviewer
TRIES = 8  # of a verdict that meets other changes of the account


def start_reviews(records: list[dict[str, Any]]) -> None:
    """An execution for each application these stream records tell of; there is never a second one."""
    for record in records:
        if record["eventName"] != "INSERT":
            continue
        change = change_in(record["dynamodb"]["NewImage"])
        if "application.submitted.v1" in change.types:
            _start(change.account_id, change.subject)


def _start(account_id: str, application_id: str) -> None:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - comes with the client

    step_functions = client("stepfunctions")
    try:
        step_functions.start_execution(
            stateMachineArn=settings().review_machine_arn,
            name=application_id,
            input=json.dumps({"account_id": account_id, "application_id": application_id}),
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
            raise


def hold(account_id: str, application_id: str, token: str, now: datetime) -> None:
    """Keep the token by which a reviewer's decision ends the wait. Again: the later token takes its place."""
    expires_at = int((now + TOKEN_LIFETIME).timestamp())
    write_one(store.keep_task_token(account_id, application_id, token, expires_at))


def check(account_id: str, application_id: str, now: datetime) -> str:
    """Run the checks and record what they decide: `approved`, `rejected`, or `in_review` where a person is needed.

    **Repeats**: for a decided application, its state, and nothing changes.
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
            commit(_writes(account, after, now))
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
    return tuple(
        StoredFinding(one.check, one.status, one.quote, one.sentence, one.advice, one.is_required)
        for one in review.findings
    )


def _writes(account: Account, application: Application, now: datetime) -> list[Write]:
    if application.state is State.IN_REVIEW:
        return [store.save(application)]
    return [store.save(application), accounts.save(_account_after(account, application, now)), *_told(application, now)]


def _account_after(account: Account, application: Application, now: datetime) -> Account:
    """The account with this verdict. Rejecting a later policy leaves an earlier approval."""
    capture = account.capture.decided()
    if application.state is State.APPROVED:
        capture = account.capture.approved(
            application.id,
            application.document.sha256,
            application.rule_set or "none",
            now,
            application.capture_from,
        )
    return replace(account, capture=capture, version=account.version + 1)


def _told(application: Application, now: datetime) -> list[Write]:
    """The one inbox entry and the one event of a verdict."""
    kind = f"application.{application.state.value}"
    notification = Notification(
        id=ordered_id("ntf", now, application.id, application.state.value),
        account_id=application.account_id,
        code=kind,
        subject=application.id,
        at=now,
        reasons=application.reasons if application.state is State.REJECTED else (),
    )
    told = a_change(
        f"{kind}.v1",
        account_id=application.account_id,
        market=application.market,
        subject=application.id,
        version=application.version,
        at=now,
        actor=application.decided_by or SYSTEM,
        body={
            "application_id": application.id,
            "reasons": list(notification.reasons),
            "policy_sha256": application.document.sha256,
            "rule_set": application.rule_set,
        },
    )
    return [accounts.add_notification(notification), changes.add(told)]
