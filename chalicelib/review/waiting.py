"""The execution that waits for an application's verdict: started from the change, held back, ended by a decision.

A decision and the end of the wait are two systems' business, so either may come first or be cut off: whoever keeps a
token looks whether there still is something to wait for, whoever decides looks for a token, and a wait that nobody
ended looks by itself after a day (infra/review.asl.json). Tokens are in no log.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from chalicelib.aws import client
from chalicelib.config import settings
from chalicelib.events.store import change_in
from chalicelib.observability import count, logger
from chalicelib.review import store
from chalicelib.review.application import State
from chalicelib.table import write_one

TOKEN_LIFETIME = timedelta(days=90)  # a token outlives the wait for any reviewer
# The wait is over already: its time ran out, another token took its place, or the execution has ended.
OVER = {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}


def start_reviews(records: list[dict[str, Any]]) -> None:
    """An execution for each application these stream records tell of; there is never a second one."""
    for record in records:
        if record["eventName"] != "INSERT":
            continue
        change = change_in(record["dynamodb"]["NewImage"])
        if "application.submitted.v1" in change.types:
            _start(change.account_id, change.subject)


def _start(account_id: str, application_id: str) -> None:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - comes with the client

    step_functions = client("stepfunctions")
    try:
        step_functions.start_execution(
            stateMachineArn=settings().review_machine_arn,
            name=application_id,
            input=json.dumps({"account_id": account_id, "application_id": application_id}),
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
            raise


def hold(account_id: str, application_id: str, token: str, now: datetime) -> None:
    """Keep the token by which a decision ends the wait; end it at once if the decision came before the token.

    **Repeats**: the later token takes the earlier one's place.
    """
    expires_at = int((now + TOKEN_LIFETIME).timestamp())
    write_one(store.keep_task_token(account_id, application_id, token, expires_at))
    application = store.find(account_id, application_id)
    if application is None or application.state is not State.IN_REVIEW:
        _end(application_id, token)


def end_wait(account_id: str, application_id: str) -> None:
    """The execution that waits for this application, if there is one, waits no longer.

    As well as it can be had: what was decided stands, and an execution that was not told finds it out by itself.
    """
    token = store.find_task_token(account_id, application_id)
    if token is not None:
        _end(application_id, token)


def _end(application_id: str, token: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with the client

    try:
        client("stepfunctions").send_task_success(
            taskToken=token, output=json.dumps({"application_id": application_id})
        )
    except (ClientError, BotoCoreError) as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        if code not in OVER:
            logger.warning("A wait was not ended", extra={"application_id": application_id, "error": code})
            count("waits_not_ended")
