"""Changes become events: each at least once, always under the same id, and never lost."""

import json
import os
from contextlib import suppress
from typing import Any

import boto3
import pytest
from moto.backends import get_backend

from chalicelib.config import settings
from chalicelib.events import store
from chalicelib.events.change import Change, a_change, events_of
from chalicelib.events.publish import publish_records, republish
from chalicelib.table import commit
from tests.builders import NOON
from tests.crashes import Cut, CutOffError, count_calls, disturbed, run, single_and_double_cuts
from tests.queues import heard, letters

pytestmark = pytest.mark.usefixtures("aws")


def changes(number: int = 3) -> list[Change]:
    """Changes that are committed, so that they are on the stream."""
    made = [
        a_change(
            "lead.created.v1", "lead.contact_captured.v1",
            account_id="acc_1", market="ID", subject=f"led_{place}", version=1, at=NOON, body={"status": "raw"},
        )
        for place in range(number)
    ]  # fmt: skip
    commit([store.add(one) for one in made])
    return made


def stream() -> tuple[str, str, list[dict[str, Any]]]:
    """The stream's ARN, its shard, and its records as Lambda gets them."""
    arn = boto3.client("dynamodb").describe_table(TableName="changes")["Table"]["LatestStreamArn"]
    streams = boto3.client("dynamodbstreams")
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    return arn, shard, streams.get_records(ShardIterator=iterator)["Records"]


def ids(events: list[dict[str, Any]]) -> set[str]:
    return {one["id"] for one in events}


def expected(made: list[Change]) -> set[str]:
    return {f"{one.id}-{number}" for one in made for number in (0, 1)}


def test_a_change_on_the_stream_is_heard_as_cloud_events() -> None:
    made = changes(1)[0]
    publish_records(stream()[2])
    first, second = heard()
    assert first == {
        "specversion": "1.0",
        "id": f"{made.id}-0",
        "source": "/v1/accounts/acc_1",
        "type": "lead.created.v1",
        "subject": "led_0",
        "time": "2026-11-20T12:00:00.000Z",
        "datacontenttype": "application/json",
        "data": {"account_id": "acc_1", "market": "ID", "version": 1, "actor": "system", "status": "raw"},
    }
    assert second["type"] == "lead.contact_captured.v1"


def test_history_keeps_what_was_published() -> None:
    made = changes(1)[0]
    assert store.list_history("acc_1", "led_0") == [made]


def test_what_sns_does_not_take_waits_whole_and_is_published_by_the_sweep() -> None:
    made = changes()
    topic = settings().events_topic_arn
    boto3.client("sns").delete_topic(TopicArn=topic)
    publish_records(stream()[2])
    waiting = [json.loads(one["body"]) for one in letters("EVENTS_DEAD_LETTERS_URL")]
    assert waiting == [event for one in made for event in events_of(one)]

    for event in waiting:
        boto3.client("sqs").send_message(QueueUrl=settings().events_dead_letters_url, MessageBody=json.dumps(event))
    boto3.client("sns").create_topic(Name="events")
    _subscribe_again(topic)
    assert republish() == 6
    assert ids(heard()) == expected(made)
    assert republish() == 0


def _subscribe_again(topic: str) -> None:
    sqs = boto3.client("sqs")
    url = os.environ["HEARD_QUEUE_URL"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    raw = {"RawMessageDelivery": "true"}
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=raw)


def test_a_batch_lambda_gave_up_is_read_from_the_stream_once_more() -> None:
    made = changes()
    arn, shard, records = stream()
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    failure = {
        "DDBStreamBatchInfo": {
            "shardId": shard, "streamArn": arn, "batchSize": len(records),
            "startSequenceNumber": numbers[0], "endSequenceNumber": numbers[-1],
        }
    }  # fmt: skip
    boto3.client("sqs").send_message(QueueUrl=settings().events_dead_letters_url, MessageBody=json.dumps(failure))
    assert republish() == 1
    assert ids(heard()) == expected(made)


def test_wherever_publishing_is_cut_off_every_event_is_heard_under_its_one_id() -> None:
    made = changes(8)
    records = stream()[2]
    calls = count_calls(lambda: publish_records(records))
    assert ids(heard()) == expected(made)
    for plan in single_and_double_cuts(calls):
        run(lambda: publish_records(records), plan)
        assert ids(heard()) == expected(made), plan


def test_wherever_the_sweep_is_cut_off_every_event_is_heard_or_still_waits() -> None:
    made = changes(2)
    events = [event for one in made for event in events_of(one)]
    queue = get_backend("sqs")["123456789012"]["us-east-1"].queues["events-dead"]
    cut_off = 0
    for cut in (Cut(call, is_after) for call in range(12) for is_after in (False, True)):
        for event in events:
            boto3.client("sqs").send_message(QueueUrl=settings().events_dead_letters_url, MessageBody=json.dumps(event))
        with disturbed([cut]), suppress(CutOffError):
            republish()
        waiting = ids([json.loads(one.body) for one in queue._messages])
        assert ids(heard()) | waiting == expected(made), cut
        cut_off += bool(waiting)
        queue._messages.clear()
    assert cut_off > 10


def test_a_letter_that_can_not_be_read_holds_up_no_other() -> None:
    made = changes(1)
    place = {"shardId": "shardId-none", "streamArn": stream()[0], "batchSize": 1, "startSequenceNumber": "1"}
    for body in ({"DDBStreamBatchInfo": place}, *events_of(made[0])):
        boto3.client("sqs").send_message(QueueUrl=settings().events_dead_letters_url, MessageBody=json.dumps(body))
    assert republish() == 2
    assert ids(heard()) == expected(made)
