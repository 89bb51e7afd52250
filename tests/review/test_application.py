"""Applying for capture: from the upload to one verdict, one inbox entry and one event, also when steps are repeated."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Account, Capture
from chalicelib.clock import written
from chalicelib.review import store, verdict
from chalicelib.review.application import Application, Company, State
from chalicelib.review.submission import ApplicationInReviewError, submit
from chalicelib.review.uploads import NothingUploadedError, UploadTooLargeError
from chalicelib.table import ChangedError
from tests.builders import NOON, stored_account
from tests.crashes import count_calls, cuts, run, single_and_double_cuts
from tests.deployment import ROOT, Api
from tests.state import change_types, clear_tables, rows

pytestmark = pytest.mark.usefixtures("aws")

POLICIES = ROOT / "samples" / "policies"
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


def submitted(policy: Path | bytes = POLICIES / "good-id.md", **changes: Any) -> Application:
    """An application for an account that never had one, with its policy uploaded."""
    account = stored_account(capture=Capture(), **changes)
    upload(policy, account.id)
    return submit(account, UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)


def account_of(application: Application) -> Account:
    account = accounts.get(application.account_id)
    assert account is not None
    return account


def decided(application: Application) -> Application:
    found = store.find(application.account_id, application.id)
    assert found is not None
    return found


def test_submitting_pins_the_document_and_turns_the_toggle_on() -> None:
    application = submitted()
    content = (POLICIES / "good-id.md").read_bytes()
    assert application.document.sha256 == hashlib.sha256(content).hexdigest()
    assert application.document.version_id
    capture = account_of(application).capture
    assert (capture.is_on, capture.is_approved, capture.application_in_review) == (True, False, application.id)
    assert not capture.reads(LATER)
    assert change_types() == ["application.submitted.v1"]


def test_only_one_application_is_in_review() -> None:
    application = submitted()
    with pytest.raises(ApplicationInReviewError):
        submit(account_of(application), UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)


def test_of_two_submitted_at_once_one_stands() -> None:
    account = stored_account(capture=Capture())
    upload(POLICIES / "good-id.md", account.id)
    submit(account, UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)
    with pytest.raises(ChangedError):
        submit(account, UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)


def test_what_was_not_uploaded_or_is_too_large_is_refused() -> None:
    account = stored_account(capture=Capture())
    with pytest.raises(NothingUploadedError):
        submit(account, UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)
    upload(b"x" * (5 * 1024 * 1024 + 1), account.id)
    with pytest.raises(UploadTooLargeError):
        submit(account, UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)


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
    application = submitted(POLICIES / "incomplete-id.md")
    assert verdict.check(application.account_id, application.id, LATER) == "rejected"
    (entry,) = accounts.list_notifications(application.account_id, 10, None)
    assert {"rights_missing", "withdrawal_missing"} <= set(entry.reasons)
    assert not account_of(application).capture.is_approved


def test_what_was_uploaded_after_submitting_is_not_what_is_reviewed() -> None:
    application = submitted(POLICIES / "incomplete-id.md")
    upload(POLICIES / "good-id.md", application.account_id)
    assert verdict.check(application.account_id, application.id, LATER) == "rejected"


def test_what_the_checks_cannot_decide_waits_for_a_person() -> None:
    application = submitted(b"%PDF-1.7 a scan")
    for _ in range(2):
        assert verdict.check(application.account_id, application.id, LATER) == "in_review"
    waiting = decided(application)
    assert (waiting.state, waiting.needs_reviewer) == (State.IN_REVIEW, True)
    assert waiting.reasons[0] == "unsupported_format"
    assert list(accounts.list_notifications(application.account_id, 10, None)) == []


def test_capture_begins_earlier_where_the_application_asked_for_it() -> None:
    account = stored_account(capture=Capture())
    upload(POLICIES / "good-id.md", account.id)
    early = NOON - timedelta(days=3)
    application = submit(account, UPLOAD, COMPANY, capture_from=early, by="admin-1", now=NOON)
    verdict.check(account.id, application.id, LATER)
    capture = account_of(application).capture
    assert capture.reads(early)
    assert not capture.reads(early - timedelta(seconds=1))


def test_rejecting_a_later_policy_leaves_the_earlier_approval() -> None:
    first = submitted()
    verdict.check(first.account_id, first.id, LATER)
    upload(POLICIES / "incomplete-id.md", first.account_id)
    second = submit(account_of(first), UPLOAD, COMPANY, capture_from=None, by="admin-1", now=LATER)
    assert account_of(first).capture.reads(LATER)
    assert verdict.check(second.account_id, second.id, LATER + timedelta(hours=1)) == "rejected"
    assert account_of(first).capture.approved_application == first.id
    assert account_of(first).capture.reads(LATER)


def end_state(application: Application) -> list[Any]:
    """Everything a verdict leaves, without ids that are new each time."""
    account = account_of(application).capture
    entries = [(one.code, one.reasons) for one in accounts.list_notifications(application.account_id, 10, None)]
    return [decided(application).state, account.is_approved, len(account.intervals), entries, change_types()]


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
    account = stored_account(capture=Capture())
    upload(POLICIES / "good-id.md", account.id)

    def submitting() -> None:
        standing = accounts.get(account.id)
        assert standing is not None
        if standing.capture.application_in_review is None:
            submit(standing, UPLOAD, COMPANY, capture_from=None, by="admin-1", now=NOON)

    calls = count_calls(submitting)
    for cut in cuts(calls):
        clear_tables()
        stored_account(capture=Capture())
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
        verdict.start_reviews(records)
    executions = boto3.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert [one["name"] for one in executions] == [application.id]


def test_the_token_of_a_waiting_execution_is_kept_and_replaced() -> None:
    application = submitted()
    verdict.hold(application.account_id, application.id, "token-1", NOON)
    verdict.hold(application.account_id, application.id, "token-2", NOON)
    assert [row["token"] for row in rows("accounts") if row["kind"] == "task"] == ["token-2"]


COMPANY_BODY = {
    "legal_name": "PT Kopi Senja Nusantara",
    "country": "ID",
    "address": "Jalan Contoh 1, Jakarta",
    "contact_person": "Dewi",
    "contact_email": "privasi@kopisenja.example",
    "contact_phone": "+6281100001111",
}


def test_the_whole_way_through_the_api(api: Api) -> None:
    account = stored_account(capture=Capture())
    base = f"/v1/accounts/{account.id}/capture"
    form = api("POST", f"{base}/policy-uploads", {"filename": "policy.md"})
    assert form.status == 201
    assert form.json["fields"]["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    assert form.json["fields"]["key"] == f"policies/{account.id}/{form.json['upload_id']}"
    boto3.client("s3").put_object(
        Bucket="documents", Key=form.json["fields"]["key"], Body=(POLICIES / "good-id.md").read_bytes()
    )
    asked = {"upload_id": form.json["upload_id"], "company": COMPANY_BODY, "capture_from": written(NOON)}
    made = api("POST", f"{base}/applications", asked)
    assert (made.status, made.json["state"]) == (201, "in_review")
    assert api("POST", f"{base}/applications", asked).json["code"] == "application_in_review"
    verdict.check(account.id, made.json["id"], LATER)
    read = api("GET", made.headers["location"])
    assert (read.json["state"], read.json["reasons"]) == ("approved", [])
    assert {one["check"] for one in read.json["findings"]} >= {"controller", "contact", "purposes"}
    state = api("GET", base)
    assert (state.json["is_on"], state.json["is_approved"]) == (True, True)
    assert [one["code"] for one in api("GET", f"/v1/accounts/{account.id}/notifications").json["notifications"]] == [
        "application.approved"
    ]


def test_the_toggle_wants_to_know_which_state_it_changes(api: Api) -> None:
    account = stored_account()
    path = f"/v1/accounts/{account.id}/capture"
    assert api("PUT", path, {"is_on": False}).status == 428
    assert api("PUT", path, {"is_on": False}, If_Match='"7"').status == 412
    off = api("PUT", path, {"is_on": False}, If_Match='"1"')
    assert (off.status, off.json["is_on"]) == (200, False)
    assert off.json["intervals"][0]["end"] is not None
    on = api("PUT", path, {"is_on": True}, If_Match=off.headers["etag"])
    assert len(on.json["intervals"]) == 2
    same = api("PUT", path, {"is_on": True}, If_Match=on.headers["etag"])
    assert same.headers["etag"] == on.headers["etag"]
    assert change_types() == ["capture.switched.v1"] * 2


def test_all_faults_of_company_information_are_told_at_once(api: Api) -> None:
    account = stored_account(capture=Capture())
    company = {
        "legal_name": " ",
        "country": "Indonesia",
        "contact_email": "dewi",
        "contact_phone": "0811",
        "website": "x",
    }
    refused = api("POST", f"/v1/accounts/{account.id}/capture/applications", {"upload_id": "u", "company": company})
    assert refused.status == 422
    assert {one["pointer"] for one in refused.json["errors"]} == {
        "/upload_id", "/company/legal_name", "/company/country", "/company/address", "/company/contact_person",
        "/company/contact_email", "/company/contact_phone", "/company/website",
    }  # fmt: skip
