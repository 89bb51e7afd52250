"""The packaged template: what a deployment must not be without, and names that agree with app.py."""

import json
import re
from typing import Any

import pytest
import yaml

from infra.package import package
from tests.deployment import ROOT

STREAM_READERS = (
    ("PublishChanges", "EventsDeadLetters"),
    ("StartReviews", "ReviewDeadLetters"),
    ("ForgetLeads", "ForgettingDeadLetters"),
)


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """The merged template, as it is deployed."""
    found: dict[str, Any] = yaml.safe_load(package().template.read_text())
    return found


@pytest.fixture
def resources(template: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]
    return found


def functions(resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    kind = "AWS::Serverless::Function"
    return {name: one["Properties"] for name, one in resources.items() if one.get("Type") == kind}


def test_no_name_of_ours_made_a_resource_without_a_type(resources: dict[str, Any]) -> None:
    assert [name for name, one in resources.items() if "Type" not in one] == []


def test_every_way_in_of_app_is_a_function_with_a_role_of_its_own(resources: dict[str, Any]) -> None:
    decorated = re.findall(r"@app\.[^\n]*\ndef ([a-z_]+)\(", (ROOT / "app.py").read_text())
    handlers = {one["Handler"] for one in functions(resources).values()}
    assert handlers == {f"app.{name}" for name in decorated} | {"app.app"}
    roles = [json.dumps(one["Role"]) for one in functions(resources).values()]
    assert len(set(roles)) == len(roles)


def test_the_consumer_tells_which_messages_failed(resources: dict[str, Any]) -> None:
    event = resources["TakeInMessages"]["Properties"]["Events"]["TakeInMessagesSqsEventSource"]["Properties"]
    assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert event["BatchSize"] == 10
    assert event["Queue"] == {"Fn::Sub": "${InboundQueue.Arn}"}


def test_what_can_not_be_processed_has_dead_letters(resources: dict[str, Any]) -> None:
    redrive = resources["InboundQueue"]["Properties"]["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": ["InboundDeadLetters", "Arn"]}
    assert redrive["maxReceiveCount"] >= 5
    for name, dead in STREAM_READERS:
        source = resources[name]["Properties"]["Events"][f"{name}DynamodbEventSource"]["Properties"]
        assert source["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": [dead, "Arn"]}
        assert source["StartingPosition"] == "TRIM_HORIZON"
        assert source["BisectBatchOnFunctionError"] is True
    for name in ("InboundDeadLetters", *(dead for _, dead in STREAM_READERS)):
        assert resources[name]["Type"] == "AWS::SQS::Queue"
        assert resources[name]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 60 * 60


def test_what_lies_dead_raises_an_alarm(resources: dict[str, Any]) -> None:
    for name in ("InboundDeadLetters", *(dead for _, dead in STREAM_READERS)):
        alarm = resources[f"{name}Alarm"]["Properties"]
        assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [name, "QueueName"]}}]


def test_the_removal_of_a_lead_and_nothing_else_is_told_to_who_removes_the_rest(resources: dict[str, Any]) -> None:
    assert resources["LeadsTable"]["Properties"]["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}
    source = resources["ForgetLeads"]["Properties"]["Events"]["ForgetLeadsDynamodbEventSource"]["Properties"]
    assert source["Stream"] == {"Fn::GetAtt": ["LeadsTable", "StreamArn"]}
    (pattern,) = (json.loads(one["Pattern"]) for one in source["FilterCriteria"]["Filters"])
    assert pattern == {"eventName": ["REMOVE"], "dynamodb": {"Keys": {"sk": {"S": ["LEAD"]}}}}
    assert allowed(resources, "ForgetLeadsRole", ["LeadsTable", "StreamArn"]) >= {"dynamodb:GetRecords"}
    assert allowed(resources, "ForgetLeadsRole", ["LeadsTable", "Arn"]) == {
        "dynamodb:Query", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem",
    }  # fmt: skip


@pytest.mark.parametrize("role", ["TakeInMessagesRole", "ApiHandlerRole"])
def test_who_makes_a_lead_may_remove_what_an_expired_one_left(resources: dict[str, Any], role: str) -> None:
    wanted = {"dynamodb:Query", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"}
    assert allowed(resources, role, ["LeadsTable", "Arn"]) >= wanted


def allowed(resources: dict[str, Any], role: str, on: list[str]) -> set[str]:
    """What a role may do with an attribute of a resource, `["LeadsTable", "Arn"]`."""
    statements = [
        statement
        for policy in resources[role]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    named = json.dumps({"Fn::GetAtt": on})
    return {action for one in statements if named in json.dumps(one["Resource"]) for action in one["Action"]}


def test_a_message_stays_hidden_for_six_times_its_consumers_time(resources: dict[str, Any]) -> None:
    timeout = functions(resources)["TakeInMessages"]["Timeout"]
    assert resources["InboundQueue"]["Properties"]["VisibilityTimeout"] >= 6 * timeout


def test_who_may_send_to_the_queue_is_named(resources: dict[str, Any]) -> None:
    policy = json.dumps(resources["InboundPolicy"]["Properties"]["PolicyDocument"])
    assert '"*"' not in policy
    assert "ReceiveWebhookRole" in policy


# What no resource can be named for: a task's token, which nobody can guess, says which execution it is. AWS, "Actions,
# resources, and condition keys for AWS Step Functions", read 2026-11-22.
WITHOUT_RESOURCE = ["states:SendTaskSuccess"]


def test_no_role_may_do_everything_or_scan(resources: dict[str, Any]) -> None:
    for name, one in resources.items():
        if one.get("Type") != "AWS::IAM::Role":
            continue
        for policy in one["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                assert statement["Resource"] != "*" or actions == WITHOUT_RESOURCE, name
                assert not {"*", "dynamodb:*", "dynamodb:Scan", "s3:*", "sqs:*", "sns:*"} & set(actions), name


def test_policies_are_private_and_versioned(resources: dict[str, Any]) -> None:
    bucket = resources["DocumentsBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_the_review_waits_as_long_as_the_deployment_says(resources: dict[str, Any]) -> None:
    machine = resources["ReviewMachine"]["Properties"]
    assert '"TimeoutSeconds": ${ReviewDelaySeconds}' in machine["DefinitionString"]
    told = re.findall(r"\$\{([A-Za-z]+)\}", machine["DefinitionString"])
    assert set(told) == set(machine["DefinitionSubstitutions"])


def test_every_setting_has_its_variable(template: dict[str, Any]) -> None:
    from chalicelib.config import Settings

    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    wanted = {name.upper() for name in Settings.__dataclass_fields__}
    assert wanted == {name for name in variables if not name.startswith("POWERTOOLS_")}
