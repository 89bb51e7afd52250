"""The one place that publishes: changes become CloudEvents on the topic `events`.

Steps: stream record → change → events → SNS, ten at a time. What SNS does not take goes whole to the events' dead
letters, so one bad event never holds up the stream; `republish` empties them again. What a crash kept from being
published stands there as the place in the stream where it happened, and is read from the stream once more.
Downside accepted: an event may be published twice, always under the same id.
"""

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any

from chalicelib.aws import client
from chalicelib.config import settings
from chalicelib.events.change import events_of
from chalicelib.events.store import change_in
from chalicelib.observability import count, logger

SNS_BATCH = 10  # entries of one PublishBatch: its documented maximum
SWEEP_ROUNDS = 100  # of ten dead letters each, so that one sweep ends well within its function's time


def publish_records(records: Iterable[dict[str, Any]]) -> None:
    """Publish the changes inserted by these stream records. Raises only if even the dead letters can't be written."""
    publish(event for record in records if record["eventName"] == "INSERT" for event in _events_in(record))


def _events_in(record: dict[str, Any]) -> list[dict[str, Any]]:
    return events_of(change_in(record["dynamodb"]["NewImage"]))


def publish(events: Iterable[dict[str, Any]]) -> None:
    """Each of the events reaches the topic, or else whole the events' dead letters."""
    remaining = iter(events)
    while batch := list(itertools.islice(remaining, SNS_BATCH)):
        for event in _refused(batch):
            _keep_for_later(event)


def _refused(batch: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with the client

    entries = [_entry(str(place), event) for place, event in enumerate(batch)]
    try:
        answer = client("sns").publish_batch(TopicArn=settings().events_topic_arn, PublishBatchRequestEntries=entries)
    except (BotoCoreError, ClientError):
        yield from batch
        return
    for failed in answer.get("Failed", []):
        yield batch[int(failed["Id"])]


def _entry(place: str, event: dict[str, Any]) -> dict[str, Any]:
    attributes = {name: event["data"][name] for name in ("account_id", "market") if name in event["data"]}
    attributes["type"] = event["type"]
    return {
        "Id": place,
        "Message": json.dumps(event, ensure_ascii=False),
        "MessageAttributes": {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()},
    }


def _keep_for_later(event: dict[str, Any]) -> None:
    count("events_unpublished")
    client("sqs").send_message(QueueUrl=settings().events_dead_letters_url, MessageBody=json.dumps(event))


def republish() -> int:
    """Publish again what waits in the events' dead letters; answers how many letters were worked off.

    **Repeats**: a letter is deleted only after its events were taken, and whatever is refused again is a new letter.
    """
    worked_off = 0
    for _ in range(SWEEP_ROUNDS):
        letters = (
            client("sqs")
            .receive_message(QueueUrl=settings().events_dead_letters_url, MaxNumberOfMessages=10, VisibilityTimeout=60)
            .get("Messages", [])
        )
        if not letters:
            break
        worked_off += sum(_is_worked_off(letter) for letter in letters)
    return worked_off


def _is_worked_off(letter: dict[str, Any]) -> bool:
    """Whether the letter's events were published and it is gone. One that can't be read stays for the next sweep."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with the client

    try:
        events = list(_events_of_letter(json.loads(letter["Body"])))
    except (BotoCoreError, ClientError, LookupError, ValueError) as error:
        logger.error("A batch of the stream can't be read again", extra={"error": type(error).__name__})
        return False
    publish(events)
    client("sqs").delete_message(QueueUrl=settings().events_dead_letters_url, ReceiptHandle=letter["ReceiptHandle"])
    return True


def _events_of_letter(letter: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An event as it was, or the events of a batch of which Lambda tells only where in the stream it stood.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html (2026-11): the failure record
    has `DDBStreamBatchInfo` with shard and sequence numbers, and no data. A stream keeps its records for 24 hours.
    """
    if "DDBStreamBatchInfo" not in letter:
        yield letter
        return
    place = letter["DDBStreamBatchInfo"]
    streams = client("dynamodbstreams")
    iterator = streams.get_shard_iterator(
        StreamArn=place["streamArn"],
        ShardId=place["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=place["startSequenceNumber"],
    )["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator, Limit=int(place["batchSize"]))["Records"]
    if len(records) < int(place["batchSize"]):  # an empty or short page is legal: the letter is for the next sweep
        raise LookupError("the stream gave fewer records than the batch had")
    for record in records:
        if record["eventName"] == "INSERT":
            yield from _events_in(record)
