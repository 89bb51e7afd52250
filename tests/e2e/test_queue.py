"""The packaged consumer on a real queue: the good lands once, the bad lies with its reason and can come back."""

import json
from collections.abc import Callable
from typing import Any

from chalicelib.clock import utc_now, written
from infra.demo import Demo
from infra.stack import Stack, wait_for

SECONDS = 90


def native(demo: Demo, number: int, business_id: str | None = None) -> dict[str, Any]:
    return {
        "type": "direct_message",
        "version": 1,
        "channel_account": {"platform": "tiktok", "business_id": business_id or demo.business_id},
        "conversation_id": f"batch-{number}",
        "message_id": f"batch-{number}",
        "sent_at": written(utc_now()),
        "direction": "inbound",
        "customer": {"id": f"batch-customer-{number}"},
        "message_type": "text",
        "text": f"halo {number}",
    }


def dead_letters(stack: Stack, sent: list[str]) -> dict[str, str]:
    """Those of the bodies that lie in the dead letters, with their reasons; they stay there."""
    return {body: reason for body, reason in _all_dead_letters(stack).items() if body in sent}


def _all_dead_letters(stack: Stack) -> dict[str, str]:
    found: dict[str, str] = {}
    sqs = stack.client("sqs")
    while got := sqs.receive_message(
        QueueUrl=stack.outputs["InboundDeadLettersUrl"], MaxNumberOfMessages=10, MessageAttributeNames=["All"],
        VisibilityTimeout=2,
    ).get("Messages"):  # fmt: skip
        if all(one["Body"] in found for one in got):
            break
        for one in got:
            found[one["Body"]] = one.get("MessageAttributes", {}).get("reason", {}).get("StringValue", "crashed")
    return found


def stored(demo: Demo) -> Callable[[], list[str] | None]:
    def conversations() -> list[str]:
        found = demo.call("GET", "/conversations?limit=100").body["conversations"]
        return sorted(
            one["platform_conversation_id"] for one in found if one["platform_conversation_id"].startswith("batch-")
        )

    return conversations


def redrive(stack: Stack) -> dict[str, int]:
    name = stack.outputs["RedriveDeadLettersName"]
    answer = stack.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"reason": "unknown_account"}))
    told: dict[str, int] = json.loads(answer["Payload"].read())
    return told


def test_of_a_batch_eight_land_once_and_two_lie_in_the_dead_letters_until_one_is_brought_back(
    stack: Stack, demo: Demo
) -> None:
    sqs, url = stack.client("sqs"), stack.outputs["InboundQueueUrl"]
    good = [json.dumps(native(demo, number)) for number in range(8)]
    stranger = f"stranger-{demo.business_id}"
    stray = json.dumps(native(demo, 9, stranger))
    bodies = [*good[:4], "this is no JSON", stray, *good[4:]]
    entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)]
    sqs.send_message_batch(QueueUrl=url, Entries=entries)
    eight = [f"batch-{number}" for number in range(8)]
    wait_for(lambda: stored(demo)() == eight, SECONDS, "the eight good messages")
    two = {"this is no JSON": "not_json", stray: "unknown_account"}
    wait_for(
        lambda: dead_letters(stack, bodies) == two, SECONDS, "the two bad ones in the dead letters with their reasons"
    )

    sqs.send_message_batch(QueueUrl=url, Entries=entries[:4])
    asked = {"kind": "business_id", "value": stranger}
    identity = demo.call("POST", "/identities", asked).body
    token = stack.token_of("deployer@deployment.example", "deployers")
    path = f"/v1/accounts/{demo.account_id}/identities/{identity['id']}/approval"
    approved = stack.api("POST", path, token, {})
    assert (approved.status, approved.body["waiting_messages"]) == (200, 1)
    wait_for(lambda: redrive(stack)["redriven"] == 1, SECONDS, "the redrive, once its letters are visible again")
    wait_for(lambda: stored(demo)() == [*eight, "batch-9"], SECONDS, "the message that was brought back")
    wait_for(lambda: dead_letters(stack, bodies) == {"this is no JSON": "not_json"}, SECONDS, "the other one to stay")
    thread = next(
        one["id"]
        for one in demo.call("GET", "/conversations?limit=100").body["conversations"]
        if one["platform_conversation_id"] == "batch-0"
    )
    assert len(demo.call("GET", f"/conversations/{thread}/messages").body["messages"]) == 1
