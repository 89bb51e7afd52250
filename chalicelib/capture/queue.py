"""Putting messages on the queue `inbound`: in batches that SQS takes, and in turns that are fair between accounts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.aws import client
from chalicelib.config import settings
from chalicelib.observability import count, logger

# Of one batch. A message and a batch hold 1 MiB each; what is left over is for the entries' own ids and groups.
# Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html (2026-11).
MOST_MESSAGES = 10
LARGEST_BATCH = 1_000_000  # bytes
LARGEST_MESSAGE = 900_000  # bytes: with a reason beside it, it must fit into the dead letters as well


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for the queue, and whose turn it takes."""

    body: str
    owner: str  # a platform's id of the account

    @property
    def size(self) -> int:
        return len(self.body.encode())

    @property
    def is_too_large(self) -> bool:
        return self.size > LARGEST_MESSAGE


def enqueue(messages: Sequence[Outgoing]) -> bool:
    """Whether all of them lie on the queue now; SQS may refuse some of a batch and take the others.

    **Repeats**: what was taken before is taken again; the consumer stores it once. No message may be too large.
    """
    refused = sum(_send(batch) for batch in _batches(messages))
    if refused:
        count("messages_not_enqueued", refused)
        logger.error("SQS refused messages", extra={"refused": refused})
    return refused == 0


def _batches(messages: Sequence[Outgoing]) -> Iterator[list[Outgoing]]:
    batch: list[Outgoing] = []
    for one in messages:
        if batch and (len(batch) == MOST_MESSAGES or sum(held.size for held in batch) + one.size > LARGEST_BATCH):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _send(batch: Sequence[Outgoing]) -> int:
    """How many of the batch SQS refused."""
    answer = client("sqs").send_message_batch(
        QueueUrl=settings().inbound_queue_url,
        Entries=[
            {"Id": str(place), "MessageBody": one.body, "MessageGroupId": group_of(one.owner)}
            for place, one in enumerate(batch)
        ],
    )
    return len(answer.get("Failed", ()))


def group_of(owner: str) -> str:
    """Whose turn it is: SQS is fair between groups, so that one busy account never holds up the others.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html (2026-11).
    """
    kept = "".join(letter for letter in owner if (letter.isascii() and letter.isalnum()) or letter in "-_")
    return kept[:128] or "unknown"
