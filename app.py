"""Every way in, one call each; decides nothing.

Each function loads this file, so what is heavy is imported where it is used.
"""

import json
from typing import Any

from chalice.app import Chalice

from chalicelib.accounts.inbox import blueprint as inbox_routes
from chalicelib.accounts.member_routes import blueprint as member_routes
from chalicelib.accounts.routes import blueprint as account_routes
from chalicelib.capture.rereading_routes import blueprint as rereading_routes
from chalicelib.capture.routes import blueprint as capture_routes
from chalicelib.clock import utc_now
from chalicelib.events.routes import blueprint as event_routes
from chalicelib.health import blueprint as health_routes
from chalicelib.leads.card_routes import blueprint as card_routes
from chalicelib.leads.note_routes import blueprint as note_routes
from chalicelib.leads.routes import blueprint as lead_routes
from chalicelib.leads.work_routes import blueprint as lead_work_routes
from chalicelib.review.reviewer_routes import blueprint as reviewer_routes
from chalicelib.review.routes import blueprint as review_routes

app = Chalice(app_name="auto-lead-capture", configure_logs=False)
for routes in (
    health_routes,
    account_routes,
    member_routes,
    inbox_routes,
    capture_routes,
    rereading_routes,
    review_routes,
    reviewer_routes,
    lead_routes,
    card_routes,
    note_routes,
    lead_work_routes,
    event_routes,
):
    app.register_blueprint(routes)


# The queue, stream and schedule named here are given their true selves, flags and filters by infra/resources.yaml.


@app.on_sqs_message(queue="inbound", batch_size=10)
def take_in_messages(event: Any) -> dict[str, Any]:
    """DMs from the queue. Answers which of the batch are to come again."""
    from chalicelib.capture.batch import take_in_batch  # noqa: PLC0415

    return take_in_batch(event.to_dict())


@app.on_dynamodb_record(stream_arn="changes", batch_size=100)
def publish_changes(event: Any) -> None:
    """Changes from the stream, to SNS."""
    from chalicelib.events.publish import publish_records  # noqa: PLC0415

    publish_records(event.to_dict()["Records"])


@app.on_dynamodb_record(stream_arn="changes", batch_size=10)
def start_reviews(event: Any) -> None:
    """Submitted applications from the stream, to the state machine."""
    from chalicelib.review.waiting import start_reviews  # noqa: PLC0415

    start_reviews(event.to_dict()["Records"])


@app.on_dynamodb_record(stream_arn="leads", batch_size=10)
def forget_leads(event: Any) -> None:
    """Removed leads from the stream: what stood beside them goes after them."""
    from chalicelib.leads.forgetting import forget_leads  # noqa: PLC0415

    forget_leads(event.to_dict()["Records"])


@app.on_sns_message(topic="events")
def hand_leads_on(event: Any) -> None:
    """A member's removal, from our own topic: their leads become somebody else's."""
    from chalicelib.leads.handing_on import hand_on  # noqa: PLC0415

    hand_on(json.loads(event.message))


@app.lambda_function()
def hold_review(event: dict[str, Any], _context: Any) -> None:
    """The state machine waits: keep the token that ends the wait."""
    from chalicelib.review.waiting import hold  # noqa: PLC0415

    hold(event["account_id"], event["application_id"], event["token"], utc_now())


@app.lambda_function()
def check_application(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """The state machine's wait is over: run the checks."""
    from chalicelib.review.verdict import check  # noqa: PLC0415

    return {"state": check(event["account_id"], event["application_id"], utc_now())}


@app.lambda_function()
def receive_webhook(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """A platform's webhook, by the function URL."""
    from chalicelib.capture.webhook import receive  # noqa: PLC0415

    return receive(event, utc_now())


@app.schedule("rate(15 minutes)")
def republish_events(_event: Any) -> None:
    """Events that could not be published, once more."""
    from chalicelib.events.publish import republish  # noqa: PLC0415

    republish()


@app.schedule("rate(5 minutes)")
def tell_overdue_reviews(_event: Any) -> None:
    """Reviews that nobody decided in time: an event for each, and a metric that raises an alarm."""
    from chalicelib.review.overdue import tell_overdue  # noqa: PLC0415

    tell_overdue(utc_now())


@app.lambda_function()
def redrive_dead_letters(event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Invoked by a deployer: dead letters of one reason, back on the queue."""
    from chalicelib.capture.redrive import redrive  # noqa: PLC0415

    return redrive(event["reason"])
