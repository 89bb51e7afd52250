"""Reviews on the packaged system: each way one can end, with one verdict, one inbox entry and one event."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.demo import SAMPLES, Demo
from infra.stack import Stack, local_stack, upload
from infra.story import received, subscribed
from tests.review.documents import a_pdf, as_pdf

POLICIES = SAMPLES / "policies"
GOOD, INCOMPLETE = (POLICIES / "good-id.md").read_bytes(), (POLICIES / "incomplete-id.md").read_bytes()
SCAN = a_pdf(b"0 0 10 10 re f")  # shapes and no letter
LONG_DELAY = "900"  # seconds: longer than any test waits
VERDICTS = ("application.approved", "application.rejected")


@dataclass
class Applicant:
    """An account that applies, a reviewer, and a queue on the topic of events."""

    stack: Stack
    demo: Demo
    path: str
    reviewer: str
    queue: str
    seen: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, below: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        return self.stack.api(method, self.path + below, self.demo.token, body, headers)

    def review(self, method: str, application_id: str, below: str = "", body: Any = None) -> Any:
        return self.stack.api(method, f"/v1/reviews/{application_id}{below}", self.reviewer, body)

    def apply(self, policy: bytes, filename: str = "policy.md") -> str:
        form = self.call("POST", "/capture/policy-uploads", {"filename": filename})
        upload(self.stack, form.body, policy)
        asked = {"upload_id": form.body["upload_id"], "company": self.demo.sample["company"]}
        made = self.call("POST", "/capture/applications", asked)
        assert made.status == 201, made.body
        return str(made.body["id"])

    def application(self, application_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/capture/applications/{application_id}").body
        return found

    def decided(self, application_id: str) -> dict[str, Any]:
        def verdict() -> dict[str, Any] | None:
            found = self.application(application_id)
            return found if found["state"] != "in_review" else None

        return self.stack.wait_for(verdict, 120, "the verdict")

    def waiting(self, application_id: str) -> dict[str, Any]:
        def handed_over() -> dict[str, Any] | None:
            found: dict[str, Any] = self.review("GET", application_id).body
            return found if found["needs_reviewer"] else None

        return self.stack.wait_for(handed_over, 120, "a person to be asked")

    def check_again(self, application_id: str) -> None:
        """As a step that is repeated would."""
        found = self.stack.client("cloudformation").describe_stack_resource(
            StackName=self.stack.name, LogicalResourceId="CheckApplication"
        )
        asked = {"account_id": self.demo.account_id, "application_id": application_id}
        self.stack.client("lambda").invoke(
            FunctionName=found["StackResourceDetail"]["PhysicalResourceId"], Payload=json.dumps(asked)
        )

    def told(self, application_id: str) -> tuple[list[str], list[str]]:
        """The codes of its inbox entries, and the types of its events without those sent twice."""
        inbox = self.call("GET", "/notifications?limit=100").body["notifications"]
        codes = [one["code"] for one in inbox if one["subject"] == application_id]

        def has_verdict() -> bool:
            self.seen += received(self.demo, self.queue)
            return any(one["type"].removesuffix(".v1") in VERDICTS for one in self._events(application_id))

        self.stack.wait_for(has_verdict, 60, "the event of the verdict")
        self.seen += received(self.demo, self.queue)
        return codes, [one["type"] for one in self._events(application_id)]

    def _events(self, application_id: str) -> list[dict[str, Any]]:
        events = {one["id"]: one for one in self.seen if one.get("subject") == application_id}
        return sorted(events.values(), key=lambda one: str(one["time"]))

    def is_approved(self) -> bool:
        return bool(self.call("GET", "/capture").body["is_approved"])


def once(verdict: str) -> tuple[list[str], list[str]]:
    return [f"application.{verdict}"], ["application.submitted.v1", f"application.{verdict}.v1"]


def an_applicant(stack: Stack, demo: Demo) -> Applicant:
    made = stack.api("POST", "/v1/accounts", demo.token, {"name": "Toko Senja", "market": "ID"})
    assert made.status == 201, made.body
    account = Demo(stack, "ID", demo.folder, demo.sample, account_id=made.body["id"])
    reviewer = stack.token_of("reviewer@deployment.example", "reviewers")
    return Applicant(stack, account, f"/v1/accounts/{account.account_id}", reviewer, subscribed(account))


@pytest.fixture
def applicant(stack: Stack, demo: Demo) -> Applicant:
    return an_applicant(stack, demo)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory, demo: Demo) -> Iterator[Applicant]:
    """An applicant of a deployment that holds every review back for longer than a test takes."""
    folder = tmp_path_factory.mktemp("slow")
    with local_stack(folder, parameters={"ReviewDelaySeconds": LONG_DELAY}) as stack:
        yield an_applicant(stack, Demo(stack, "ID", folder, demo.sample))


def test_a_good_policy_is_approved_by_itself_whatever_is_repeated(applicant: Applicant) -> None:
    application = applicant.apply(GOOD)
    applicant.check_again(application)
    decided = applicant.decided(application)
    applicant.check_again(application)
    assert (decided["state"], decided["decided_by"], decided["reasons"]) == ("approved", "system", [])
    assert applicant.told(application) == once("approved")
    assert applicant.application(application) == decided
    assert applicant.is_approved()


def test_a_rejected_policy_tells_its_reasons_and_the_corrected_one_what_has_changed(applicant: Applicant) -> None:
    first = applicant.apply(INCOMPLETE)
    rejected = applicant.decided(first)
    missing = [one["check"] for one in rejected["findings"] if one["is_required"] and one["status"] == "missing"]
    assert rejected["state"] == "rejected"
    assert missing
    assert rejected["reasons"] == ["missing_statements", *(f"{check}_missing" for check in missing)]
    assert applicant.told(first) == once("rejected")
    assert not applicant.is_approved()

    second = applicant.apply(GOOD)
    approved = applicant.decided(second)
    assert approved["state"] == "approved"
    turned = {one["check"] for one in approved["compared_to"]["differences"] if one["after"] == "stated"}
    assert (approved["compared_to"]["application_id"], set(missing) <= turned) == (first, True)
    assert applicant.told(second) == once("approved")


def test_a_scan_waits_for_a_person_who_decides_once(applicant: Applicant) -> None:
    application = applicant.apply(SCAN, "policy.pdf")
    assert applicant.waiting(application)["reason"] == "scanned_document"
    applicant.check_again(application)
    assert applicant.review("GET", application, "/text").body["text"] is None
    asked = {"verdict": "rejected", "reasons": ["scanned_document"]}
    assert applicant.review("POST", application, "/decision", asked).status == 200
    assert applicant.review("POST", application, "/decision", asked).status == 200
    applicant.check_again(application)
    assert applicant.decided(application)["decided_by"] == "reviewer"
    assert applicant.told(application) == once("rejected")


def test_of_two_deciders_the_second_is_told(applicant: Applicant) -> None:
    application = applicant.apply(SCAN, "policy.pdf")
    applicant.waiting(application)
    assert applicant.review("POST", application, "/decision", {"verdict": "approved"}).status == 200
    other = applicant.stack.token_of("second@deployment.example", "reviewers")
    late = applicant.stack.api(
        "POST", f"/v1/reviews/{application}/decision", other, {"verdict": "rejected", "reasons": ["scanned_document"]}
    )
    assert (late.status, late.body["code"]) == (409, "already_decided")
    assert applicant.told(application) == once("approved")
    assert applicant.is_approved()


def test_a_decision_before_the_delay_ends_the_review_and_its_execution(slow: Applicant) -> None:
    application = slow.apply(as_pdf(GOOD.decode()), "policy.pdf")
    assert slow.application(application)["state"] == "in_review"
    assert slow.review("POST", application, "/decision", {"verdict": "approved"}).status == 200
    assert slow.application(application)["decided_by"] == "reviewer"
    assert slow.told(application) == once("approved")
    machine = slow.stack.client("stepfunctions")
    (arn,) = [one["stateMachineArn"] for one in machine.list_state_machines()["stateMachines"]]
    slow.stack.wait_for(
        lambda: {one["status"] for one in machine.list_executions(stateMachineArn=arn)["executions"]} == {"SUCCEEDED"},
        60,
        "the execution to end",
    )


def test_capture_is_switched_off_and_on_without_another_review(applicant: Applicant) -> None:
    applicant.decided(applicant.apply(GOOD))
    for is_on in (False, True):
        tag = applicant.call("GET", "/capture").headers["etag"]
        assert applicant.call("PUT", "/capture", {"is_on": is_on}, {"If-Match": tag}).body["is_on"] is is_on
    capture = applicant.call("GET", "/capture").body
    assert (capture["is_approved"], len(capture["intervals"])) == (True, 2)
    assert capture["application_in_review"] is None


def test_an_approved_account_that_applies_again_keeps_its_approval_until_a_better_verdict(applicant: Applicant) -> None:
    first = applicant.apply(GOOD)
    applicant.decided(first)
    worse = applicant.apply(INCOMPLETE)
    assert applicant.decided(worse)["state"] == "rejected"
    assert applicant.is_approved()
    better = applicant.apply(GOOD + b"\n\nBerlaku sejak 1 Februari 2026.\n")
    assert applicant.decided(better)["state"] == "approved"
    assert applicant.is_approved()
    assert [applicant.told(one)[0] for one in (first, worse, better)] == [
        ["application.approved"],
        ["application.rejected"],
        ["application.approved"],
    ]
