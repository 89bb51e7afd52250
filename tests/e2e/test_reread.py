"""`make re-read` against the packaged API: told first, added then, and not once more."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

from infra.demo import Demo
from infra.stack import Stack

PHONE, TYPED, MEANT = "+6281288345599", "budi@gmial.con", "budi@gmail.com"


def reread(stack: Stack, demo: Demo, **asked: str) -> subprocess.CompletedProcess[str]:
    where = {"ACCOUNT": demo.account_id, "API": stack.api_url, "TOKEN": demo.token}
    done = subprocess.run(
        [sys.executable, "-m", "infra.reread"],
        env={**os.environ, **where, **asked}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done


def a_missed_message(stack: Stack, demo: Demo) -> str:
    """A message in which capture found nothing when it came: its text is put there afterwards."""
    message = {
        "type": "direct_message", "version": 1, "conversation_id": "reread-1", "message_id": "reread-1",
        "channel_account": {"platform": "tiktok", "business_id": demo.business_id},
        "sent_at": datetime.now(UTC).isoformat(), "direction": "inbound", "customer": {"id": "reread-customer"},
        "message_type": "text", "text": "halo kak",
    }  # fmt: skip
    stack.send(message)

    def conversation() -> str | None:
        found = demo.call("GET", "/conversations?limit=100").body["conversations"]
        return next((str(one["id"]) for one in found if one["platform_conversation_id"] == "reread-1"), None)

    conversation_id = stack.wait_for(conversation)
    table = stack.client("cloudformation").describe_stack_resource(
        StackName=stack.name, LogicalResourceId="ConversationsTable"
    )["StackResourceDetail"]["PhysicalResourceId"]
    found = stack.client("dynamodb").query(
        TableName=table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": f"{demo.account_id}#{conversation_id}"}, ":sk": {"S": "MESSAGE#"}},
    )["Items"]
    stack.client("dynamodb").update_item(
        TableName=table,
        Key={name: found[0][name] for name in ("pk", "sk")},
        UpdateExpression="SET #text = :text",
        ExpressionAttributeNames={"#text": "text"},
        ExpressionAttributeValues={":text": {"S": f"WA 0812-8834-5599, email {TYPED}"}},
    )
    return conversation_id


def test_what_the_rules_missed_is_told_then_added_and_not_once_more(stack: Stack, demo: Demo) -> None:
    conversation_id = a_missed_message(stack, demo)
    told = reread(stack, demo)
    assert PHONE in told.stdout
    assert demo.call("GET", f"/conversations/{conversation_id}").body["lead_id"] is None
    added = [json.loads(line) for line in reread(stack, demo, APPLY="1", FORMAT="json").stdout.splitlines()]
    lead_id = demo.call("GET", f"/conversations/{conversation_id}").body["lead_id"]
    assert {one["value"] for one in added if one["lead_id"] == lead_id} == {PHONE, TYPED}
    card = demo.call("GET", f"/leads/{lead_id}").body
    assert {one["value"]: one["suggestion"] for one in card["contacts"]} == {PHONE: None, TYPED: MEANT}
    assert reread(stack, demo, APPLY="1").stdout == ""
