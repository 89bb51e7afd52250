"""Messages onto the queue, until all are taken in or dead; so many wait at once that nothing grows without bound."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from infra.console import StopError, say
from infra.stack import Stack

SENT_AT_ONCE = 500
MOST_WAITING = 2_000
TOLD_EVERY_SECONDS = 10
STUCK_SECONDS = 60
GIVEN_UP_SECONDS = 2_400  # longer than five tries take
POLL_SECONDS = 0.2


def feed(stack: Stack, waves: Iterable[Iterable[Mapping[str, Any]]], total: int) -> Counter[str]:
    """How many of the messages ended in the dead letters, by reason; all others are stored when the call returns.

    A wave is taken in before the next is sent.
    """
    sent: set[str] = set()
    progress = _Progress(total)
    for wave in waves:
        remaining = iter(wave)
        while chunk := list(islice(remaining, SENT_AT_ONCE)):
            sent.update(stack.send(*chunk))
            _wait_until_waiting(stack, MOST_WAITING, progress, len(sent))
        _wait_until_waiting(stack, 0, progress, len(sent))
    return _dead_letters(stack, sent)


class _Progress:
    """Tells now and then how far it is, and why if nothing moves."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._told_at = self._moved_at = time.monotonic()
        self._done = -1

    def tell(self, done: int) -> None:
        now = time.monotonic()
        if done != self._done:
            self._done, self._moved_at = done, now
        if now - self._told_at < TOLD_EVERY_SECONDS:
            return
        self._told_at = now
        if now - self._moved_at > GIVEN_UP_SECONDS:
            raise StopError(
                f"Only {max(0, done):,} of {self._total:,} messages were taken in; MiniStack's log may say why."
            )
        is_stuck = now - self._moved_at > STUCK_SECONDS
        why = "; what failed is tried again some six minutes later, at most four times" if is_stuck else ""
        say(f"  {max(0, done):,} of {self._total:,} messages taken in{why}")


def _wait_until_waiting(stack: Stack, most: int, progress: _Progress, sent: int) -> None:
    while (waiting := _waiting(stack)) > most:
        progress.tell(sent - waiting)
        time.sleep(POLL_SECONDS)


def _waiting(stack: Stack) -> int:
    """How many messages lie on the queue, are being taken in, or wait for another try."""
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    url = stack.outputs["InboundQueueUrl"]
    found = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(names))["Attributes"]
    return sum(int(found[name]) for name in names)


def _dead_letters(stack: Stack, sent: set[str]) -> Counter[str]:
    """The reasons of those dead letters that are of these messages. The letters stay, and are seen again in a while."""
    reasons: dict[str, str] = {}
    for letter in _letters(stack):
        attributes = {name: one["StringValue"] for name, one in letter.get("MessageAttributes", {}).items()}
        original = attributes.get("original_message_id", letter["MessageId"])
        if original in sent:
            reasons[original] = attributes.get("reason", "crashed")
    return Counter(reasons.values())


def _letters(stack: Stack) -> Iterator[dict[str, Any]]:
    """Every dead letter, until none comes or those that come have come before."""
    asked = {"MaxNumberOfMessages": 10, "VisibilityTimeout": 60, "MessageAttributeNames": ["All"]}
    url, sqs = stack.outputs["InboundDeadLettersUrl"], stack.client("sqs")
    seen: set[str] = set()
    while letters := sqs.receive_message(QueueUrl=url, **asked).get("Messages", []):
        if seen.issuperset(one["MessageId"] for one in letters):
            return
        seen.update(one["MessageId"] for one in letters)
        yield from letters
