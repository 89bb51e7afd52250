"""What lies on the queues of the deployment on moto, and SQS events as Lambda hands them on."""

import json
import os
from typing import Any

import boto3


def letters(setting: str) -> list[dict[str, Any]]:
    """Take everything off a queue: bodies with their attributes."""
    sqs, found = boto3.client("sqs"), []
    url = os.environ[setting]
    while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get(
        "Messages"
    ):
        for one in got:
            attributes = {name: value["StringValue"] for name, value in one.get("MessageAttributes", {}).items()}
            found.append({"body": one["Body"], "attributes": attributes})
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
    return found


def heard() -> list[dict[str, Any]]:
    """The events a subscriber of the topic has received since it was asked last."""
    return [json.loads(one["body"]) for one in letters("HEARD_QUEUE_URL")]


def an_sqs_event(*bodies: str) -> dict[str, Any]:
    """A batch as Lambda gets it; every record has an id of its own."""
    return {
        "Records": [
            {
                "messageId": f"sqs-{number}",
                "receiptHandle": f"handle-{number}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:inbound",
                "awsRegion": "us-east-1",
            }
            for number, body in enumerate(bodies)
        ]
    }
