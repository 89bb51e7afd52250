"""Dead letters back on the queue: what waits for a reason that is gone, such as an identity that is now linked."""

import time
from typing import Any

from chalicelib.aws import client
from chalicelib.config import settings

ROUNDS = 200  # of ten letters each: one call ends within its function's time, and may be made again
HIDDEN_SECONDS = 120  # longer than the call: what it has looked at does not come to it twice


def redrive(reason: str) -> dict[str, int]:
    """`{"redriven": 3, "left": 1}`: the letters of this reason are on the queue again, others stay.

    `crashed` names those that SQS moved after repeated failures: they carry no reason. **Repeats**: cut off between
    sending and deleting, a letter is on the queue and here too; taking it in twice stores it once.
    """
    redriven, left, started = 0, [], time.time() * 1_000
    for _ in range(ROUNDS):
        letters = (
            client("sqs")
            .receive_message(
                QueueUrl=settings().inbound_dead_letters_url,
                MaxNumberOfMessages=10,
                VisibilityTimeout=HIDDEN_SECONDS,
                AttributeNames=["SentTimestamp"],
                MessageAttributeNames=["All"],
            )
            .get("Messages", [])
        )
        if not letters:
            break
        for letter in letters:
            # What was sent since is what came back: its reason still holds, and it must not go round and round.
            if _reason(letter) == reason and int(letter["Attributes"]["SentTimestamp"]) < started:
                _send_back(letter)
                redriven += 1
            else:
                left.append(letter)
    for letter in left:
        _show_again(letter)
    return {"redriven": redriven, "left": len(left)}


def _reason(letter: dict[str, Any]) -> str:
    return str(letter.get("MessageAttributes", {}).get("reason", {}).get("StringValue", "crashed"))


def _send_back(letter: dict[str, Any]) -> None:
    sqs = client("sqs")
    sqs.send_message(QueueUrl=settings().inbound_queue_url, MessageBody=letter["Body"])
    sqs.delete_message(QueueUrl=settings().inbound_dead_letters_url, ReceiptHandle=letter["ReceiptHandle"])


def _show_again(letter: dict[str, Any]) -> None:
    client("sqs").change_message_visibility(
        QueueUrl=settings().inbound_dead_letters_url, ReceiptHandle=letter["ReceiptHandle"], VisibilityTimeout=0
    )
