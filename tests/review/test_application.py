"""Applying for capture: from the upload to one verdict, one inbox entry and one event, also when steps are repeated."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import boto3
import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Role
from chalicelib.ids import new_id
from chalicelib.review import verdict, waiting
from chalicelib.review.application import State
from chalicelib.review.decisions import AlreadyDecidedError, withdraw
from chalicelib.review.submission import ApplicationInReviewError, submit
from chalicelib.review.uploads import NothingUploadedError, UploadTooLargeError
from chalicelib.table import commit
from tests.builders import NOON, a_member
from tests.crashes import Meanwhile, count_calls, cuts, run, single_and_double_cuts
from tests.deployment import Api
from tests.review.applications import (
    COMPANY,
    GOOD,
    INCOMPLETE,
    LATER,
    POLICIES,
    UNREADABLE,
    UPLOAD,
    account_of,
    applied,
    as_it_is,
    end_state,
    ended_waits,
    stored_applicant,
    submitted,
    upload,
)
from tests.state import change_types, clear_tables, rows

pytestmark = pytest.mark.usefixtures("aws")


def test_submitting_pins_the_document_and_turns_the_toggle_on() -> None:
    application = submitted()
    content = (GOOD).read_bytes()
    assert application.document.sha256 == hashlib.sha256(content).hexdigest()
    assert application.document.version_id
    capture = account_of(application).capture
    assert (capture.is_on, capture.is_approved, capture.application_in_review) == (True, False, application.id)
    assert not capture.reads(LATER)
    assert change_types() == ["application.submitted.v1"]


def test_only_one_application_is_in_review() -> None:
    application = submitted()
    with pytest.raises(ApplicationInReviewError):
        submit(account_of(application), new_id("app"), UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)


def test_of_two_submitted_at_once_one_stands() -> None:
    account = stored_applicant()
    upload(GOOD, account.id)
    submit(account, new_id("app"), UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)
    with pytest.raises(ApplicationInReviewError):
        submit(account, new_id("app"), UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)


def test_what_was_not_uploaded_or_is_too_large_is_refused() -> None:
    account = stored_applicant()
    with pytest.raises(NothingUploadedError):
        submit(account, new_id("app"), UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)
    upload(b"x" * (5 * 1024 * 1024 + 1), account.id)
    with pytest.raises(UploadTooLargeError):
        submit(account, new_id("app"), UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)


def test_a_good_policy_is_approved_and_capture_begins() -> None:
    application = submitted()
    assert verdict.check(application.account_id, application.id, LATER) == "approved"
    capture = account_of(application).capture
    assert (capture.approved_application, capture.application_in_review) == (application.id, None)
    assert capture.policy_sha256 == application.document.sha256
    assert capture.reads(LATER)
    assert not capture.reads(NOON)
    (entry,) = accounts.list_notifications(application.account_id, 10, None)
    assert (entry.code, entry.subject, entry.reasons) == ("application.approved", application.id, ())


def test_an_incomplete_policy_is_rejected_with_its_reasons() -> None:
    application = submitted(INCOMPLETE)
    assert verdict.check(application.account_id, application.id, LATER) == "rejected"
    (entry,) = accounts.list_notifications(application.account_id, 10, None)
    assert {"rights_missing", "withdrawal_missing"} <= set(entry.reasons)
    assert not account_of(application).capture.is_approved


def test_what_was_uploaded_after_submitting_is_not_what_is_reviewed() -> None:
    application = submitted(INCOMPLETE)
    upload(GOOD, application.account_id)
    assert verdict.check(application.account_id, application.id, LATER) == "rejected"


def test_what_the_checks_cannot_decide_waits_for_a_person() -> None:
    application = submitted(UNREADABLE)
    for _ in range(2):
        assert verdict.check(application.account_id, application.id, LATER) == "in_review"
    handed = as_it_is(application)
    assert (handed.state, handed.needs_reviewer) == (State.IN_REVIEW, True)
    assert handed.reasons
    assert list(accounts.list_notifications(application.account_id, 10, None)) == []


def test_capture_begins_earlier_where_the_application_asked_for_it() -> None:
    account = stored_applicant()
    upload(GOOD, account.id)
    early = NOON - timedelta(days=3)
    application = submit(account, new_id("app"), UPLOAD, COMPANY, capture_from=early, by="admin-1", now=NOON)
    verdict.check(account.id, application.id, LATER)
    capture = account_of(application).capture
    assert capture.reads(early)
    assert not capture.reads(early - timedelta(seconds=1))


def test_rejecting_a_later_policy_leaves_the_earlier_approval() -> None:
    first = submitted()
    verdict.check(first.account_id, first.id, LATER)
    second = applied(account_of(first), INCOMPLETE, at=LATER)
    assert account_of(first).capture.reads(LATER)
    assert verdict.check(second.account_id, second.id, LATER + timedelta(hours=1)) == "rejected"
    assert account_of(first).capture.approved_application == first.id
    assert account_of(first).capture.reads(LATER)


@pytest.mark.parametrize(("policy", "state"), [("good-id.md", "approved"), ("incomplete-id.md", "rejected")])
def test_wherever_the_check_is_cut_off_there_is_one_verdict_one_entry_and_one_event(policy: str, state: str) -> None:
    application = submitted(POLICIES / policy)

    def check() -> None:
        verdict.check(application.account_id, application.id, LATER)

    calls = count_calls(check)
    undisturbed = end_state(application)
    assert undisturbed[0] == state
    assert undisturbed[-1] == ["application.submitted.v1", f"application.{state}.v1"]
    for plan in single_and_double_cuts(calls):
        clear_tables()
        application = submitted(POLICIES / policy)
        run(check, plan)
        check()
        assert end_state(application) == undisturbed, plan


def test_wherever_submitting_is_cut_off_there_is_one_application_or_none() -> None:
    account = stored_applicant()
    upload(GOOD, account.id)

    def submitting() -> None:
        standing = accounts.get(account.id)
        assert standing is not None
        if standing.capture.application_in_review is None:
            submit(standing, new_id("app"), UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)

    calls = count_calls(submitting)
    for cut in cuts(calls):
        clear_tables()
        stored_applicant()
        run(submitting, [cut])
        assert [row["state"] for row in rows("accounts") if row["kind"] == "application"] == ["in_review"]
        assert change_types() == ["application.submitted.v1"]


def test_a_submitted_application_starts_one_execution_under_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.config import settings

    role = "arn:aws:iam::123456789012:role/review"
    machine = boto3.client("stepfunctions").create_state_machine(
        name="review", definition='{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}', roleArn=role
    )["stateMachineArn"]
    monkeypatch.setenv("REVIEW_MACHINE_ARN", machine)
    settings.cache_clear()
    application = submitted()
    arn = boto3.client("dynamodb").describe_table(TableName="changes")["Table"]["LatestStreamArn"]
    streams = boto3.client("dynamodbstreams")
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    place = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records = streams.get_records(ShardIterator=place["ShardIterator"])["Records"]
    for _ in range(2):
        waiting.start_reviews(records)
    executions = boto3.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert [one["name"] for one in executions] == [application.id]


def test_the_token_of_a_waiting_execution_is_kept_and_replaced() -> None:
    application = submitted()
    waiting.hold(application.account_id, application.id, "token-1", NOON)
    waiting.hold(application.account_id, application.id, "token-2", NOON)
    assert [row["token"] for row in rows("accounts") if row["kind"] == "task"] == ["token-2"]


def test_only_the_very_first_application_turns_the_toggle_on() -> None:
    first = submitted()
    withdraw(first.account_id, first.id, by="mem_1", now=NOON)
    account = account_of(first)
    off = account.capture.switched(LATER, is_on=False)
    commit([accounts.save(replace(account, capture=off, version=account.version + 1))])
    applied(account, at=LATER)
    assert account_of(first).capture.is_on is False


def test_of_two_submitted_at_the_same_moment_the_second_is_told() -> None:
    account = stored_applicant()
    upload(GOOD, account.id)

    def submitting() -> None:
        submit(account, new_id("app"), UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)

    calls = count_calls(submitting)
    for call in range(calls):
        clear_tables()
        stored_applicant()
        with pytest.raises(ApplicationInReviewError):
            run(submitting, [Meanwhile(call, submitting)])
        assert [row["state"] for row in rows("accounts") if row["kind"] == "application"] == ["in_review"]
        assert change_types() == ["application.submitted.v1"]


def test_submitting_goes_on_when_only_something_else_of_the_account_has_changed() -> None:
    account = stored_applicant()
    upload(GOOD, account.id)
    commit([accounts.save(replace(account, name="Kopi Pagi", version=account.version + 1))])
    submit(account, new_id("app"), UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)
    standing = accounts.get(account.id)
    assert standing is not None
    assert (standing.name, standing.version) == ("Kopi Pagi", 3)


# Withdrawing


def base(account_id: str) -> str:
    return f"/v1/accounts/{account_id}/capture"


def test_a_withdrawn_application_frees_the_account_for_another_one(api: Api) -> None:
    first = submitted()
    path = f"{base(first.account_id)}/applications/{first.id}"
    gone = api("POST", f"{path}/withdrawal")
    assert (gone.status, gone.json["state"], gone.json["decided_by"]) == (200, "withdrawn", None)
    assert gone.json["decided_at"] is not None
    assert api("GET", path).json == gone.json
    commit(accounts.add_member(a_member("admin-2", account_id=first.account_id)))
    again = api("POST", f"{path}/withdrawal", {}, as_="admin-2")
    assert (again.status, again.json) == (200, gone.json)
    assert account_of(first).capture.application_in_review is None
    second = applied(account_of(first), at=LATER)
    assert account_of(first).capture.application_in_review == second.id
    assert change_types() == ["application.submitted.v1", "application.withdrawn.v1", "application.submitted.v1"]
    assert list(accounts.list_notifications(first.account_id, 10, None)) == []


def test_what_is_decided_is_not_withdrawn(api: Api) -> None:
    application = submitted()
    verdict.check(application.account_id, application.id, LATER)
    refused = api("POST", f"{base(application.account_id)}/applications/{application.id}/withdrawal")
    assert (refused.status, refused.json["code"]) == (409, "already_decided")


def test_only_admins_of_the_account_withdraw(api: Api) -> None:
    application = submitted()
    commit(accounts.add_member(a_member("operator-1", Role.OPERATOR)))
    path = f"{base(application.account_id)}/applications/{application.id}/withdrawal"
    assert api("POST", path, as_="operator-1").status == 403
    assert api("POST", path, as_="stranger").status == 404
    other = stored_applicant(9)
    foreign = api("POST", f"{base(other.id)}/applications/{application.id}/withdrawal")
    missing = api("POST", f"{base(other.id)}/applications/{new_id('app')}/withdrawal")
    assert (foreign.status, missing.status) == (404, 404)
    assert foreign.json | {"request_id": ""} == missing.json | {"request_id": ""}
    assert as_it_is(application).state is State.IN_REVIEW


def test_withdrawing_a_new_policy_leaves_the_earlier_approval() -> None:
    first = submitted()
    verdict.check(first.account_id, first.id, LATER)
    second = applied(account_of(first), at=LATER)
    withdraw(second.account_id, second.id, by="mem_1", now=LATER + timedelta(minutes=1))
    capture = account_of(first).capture
    assert (capture.approved_application, capture.application_in_review) == (first.id, None)
    assert capture.reads(LATER + timedelta(minutes=2))


def test_a_rejected_account_applies_again_and_a_better_policy_takes_the_place_of_the_old() -> None:
    first = submitted(INCOMPLETE)
    verdict.check(first.account_id, first.id, LATER)
    second = applied(account_of(first), at=LATER)
    assert verdict.check(second.account_id, second.id, LATER) == "approved"
    upload(GOOD, first.account_id)
    third = applied(account_of(first), at=LATER + timedelta(hours=1))
    assert account_of(first).capture.approved_application == second.id
    assert verdict.check(third.account_id, third.id, LATER + timedelta(hours=2)) == "approved"
    capture = account_of(first).capture
    assert (capture.approved_application, len(capture.intervals)) == (third.id, 1)


def test_of_a_withdrawal_and_a_check_at_the_same_moment_one_stands() -> None:
    application = submitted()

    def check() -> None:
        verdict.check(application.account_id, application.id, LATER)

    def take_back() -> None:
        try:
            withdraw(application.account_id, application.id, by="mem_1", now=LATER)
        except AlreadyDecidedError:
            assert as_it_is(application).state is State.APPROVED

    for work, other in ((check, take_back), (take_back, check)):
        clear_tables()
        application = submitted()
        for call in range(count_calls(work)):
            clear_tables()
            application = submitted()
            run(work, [Meanwhile(call, other)])
            ended = as_it_is(application).state
            assert ended in {State.APPROVED, State.WITHDRAWN}
            assert account_of(application).capture.is_approved == (ended is State.APPROVED)
            assert account_of(application).capture.application_in_review is None
            assert change_types() == ["application.submitted.v1", f"application.{ended.value}.v1"]
            assert verdict.check(application.account_id, application.id, LATER) == ended.value


def test_wherever_withdrawing_is_cut_off_it_is_withdrawn_once_and_the_wait_ends() -> None:
    application = submitted()
    waiting.hold(application.account_id, application.id, "token-1", NOON)

    def take_back() -> None:
        withdraw(application.account_id, application.id, by="mem_1", now=LATER)

    calls = count_calls(take_back)
    for cut in cuts(calls):
        clear_tables()
        application = submitted()
        waiting.hold(application.account_id, application.id, "token-1", NOON)
        with ended_waits() as tokens:
            run(take_back, [cut])
        assert tokens
        assert change_types() == ["application.submitted.v1", "application.withdrawn.v1"], cut
