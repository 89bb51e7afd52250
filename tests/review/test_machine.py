"""The review's state machine as it is deployed, run by moto: what a decision ends, and what waits on."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.review import waiting
from chalicelib.review.application import Application, Ruling, State
from chalicelib.review.decisions import decide, withdraw
from tests.deployment import ROOT, forget_clients, make_tables, make_the_rest
from tests.review.applications import LATER, submitted

DEFINITION = (ROOT / "infra" / "review.asl.json").read_text()


@pytest.fixture
def _machines(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A deployment whose state machines are carried out; its functions answer what they are asked."""
    with mock_aws(config={"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}):
        make_tables()
        for name, value in make_the_rest().items():
            monkeypatch.setenv(name, value)
        forget_clients()
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", "")
        role = boto3.client("iam").create_role(RoleName="review", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        for name in ("HoldReview", "CheckApplication"):
            boto3.client("lambda").create_function(
                FunctionName=name,
                Runtime="python3.11",
                Role=role,
                Handler="app.app",
                Code={"ZipFile": code.getvalue()},
            )
        yield
    forget_clients()


def started(application: Application, state: str) -> str:
    """An execution of this application that begins in this state."""
    definition = json.loads(DEFINITION.replace("${HoldReview}", "HoldReview")) | {"StartAt": state}
    step_functions = boto3.client("stepfunctions")
    role = "arn:aws:iam::123456789012:role/review"
    machine = step_functions.create_state_machine(name="review", definition=json.dumps(definition), roleArn=role)
    asked = json.dumps({"account_id": application.account_id, "application_id": application.id})
    arn: str = step_functions.start_execution(stateMachineArn=machine["stateMachineArn"], input=asked)["executionArn"]
    return arn


def held(execution: str) -> dict[str, Any]:
    """What the machine hands to the function that keeps its token."""
    history = boto3.client("stepfunctions").get_execution_history
    for _ in range(100):
        for event in history(executionArn=execution)["events"]:
            if event["type"] == "TaskSubmitted":
                payload: dict[str, Any] = json.loads(event["taskSubmittedEventDetails"]["output"])["Payload"]
                return payload
        time.sleep(0.05)
    raise AssertionError("the machine does not wait")


def ended(execution: str) -> str:
    for _ in range(100):
        status: str = boto3.client("stepfunctions").describe_execution(executionArn=execution)["status"]
        if status != "RUNNING":
            return status
        time.sleep(0.05)
    return "RUNNING"


@pytest.mark.usefixtures("_machines")
@pytest.mark.parametrize("state", ["HoldBack", "AwaitReviewer"])
@pytest.mark.parametrize("is_decided_first", [True, False])
def test_a_decision_ends_the_wait_of_the_machine_whichever_comes_first(state: str, *, is_decided_first: bool) -> None:
    application = submitted()
    execution = started(application, state)
    asked = held(execution)

    def approve() -> None:
        decide(application.account_id, application.id, State.APPROVED, Ruling(), by="reviewer-1", now=LATER)

    def hold() -> None:
        waiting.hold(asked["account_id"], asked["application_id"], asked["token"], LATER)

    for work in (approve, hold) if is_decided_first else (hold, approve):
        assert boto3.client("stepfunctions").describe_execution(executionArn=execution)["status"] == "RUNNING"
        work()
    assert ended(execution) == "SUCCEEDED"
    approve()  # and is not told of it again


@pytest.mark.usefixtures("_machines")
def test_a_withdrawal_ends_the_wait_of_the_machine() -> None:
    application = submitted()
    execution = started(application, "HoldBack")
    waiting.hold(application.account_id, application.id, held(execution)["token"], LATER)
    withdraw(application.account_id, application.id, by="mem_1", now=LATER)
    assert ended(execution) == "SUCCEEDED"


def test_no_wait_is_without_an_end_and_after_each_the_checks_look() -> None:
    states = json.loads(DEFINITION)["States"]
    for name in ("HoldBack", "AwaitReviewer"):
        assert states[name]["TimeoutSeconds"] > 0
        assert states[name]["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Check"}]
