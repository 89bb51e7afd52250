"""A batch from the queue: each record by itself, so that one bad message never holds up the others."""

from typing import Any

from chalicelib.capture.inbound import accounts_of_batch, take_in_record
from chalicelib.clock import utc_now
from chalicelib.observability import count, logger


def take_in_batch(event: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    """`{"batchItemFailures": [{"itemIdentifier": …}]}`: those that failed this time and are to come again.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html (2026-11). Powertools' batch
    processor does the same, and imports asyncio and its event classes for it at every cold start.
    """
    find_account = accounts_of_batch()
    failures = []
    for record in event["Records"]:
        try:
            take_in_record(record, find_account, utc_now())
        except Exception as error:  # noqa: BLE001 - whatever befalls one record, the others are taken in
            # Its name only: its words may hold what a customer wrote.
            logger.error("A message is to come again", extra={"error": type(error).__name__})
            failures.append({"itemIdentifier": record["messageId"]})
    count("messages_received", len(event["Records"]))
    if failures:
        count("messages_to_come_again", len(failures))
    return {"batchItemFailures": failures}
