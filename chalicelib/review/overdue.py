"""Reviews that nobody decided in time are told of, once each. Silence is never approval: they go on waiting."""

from datetime import datetime, timedelta

from chalicelib.events import store as changes
from chalicelib.events.change import a_change
from chalicelib.observability import count
from chalicelib.review import store
from chalicelib.review.application import Application
from chalicelib.table import BusyError, ChangedError, commit

DUE_AFTER = timedelta(hours=2)
EXAMINED = 5_000  # overdue reviews looked at in one run, oldest first
TOLD_AT_ONCE = 500  # of which so many are told; the next run tells the rest


def tell_overdue(now: datetime) -> None:
    """An event for each application that became overdue since the last run, and how many are overdue as a metric.

    **Repeats**: what was told is not told again.
    """
    overdue = store.list_submitted_before(now - DUE_AFTER, EXAMINED)
    for application in [one for one in overdue if not one.is_overdue][:TOLD_AT_ONCE]:
        _tell(application, now)
    if overdue:
        count("reviews_overdue", len(overdue))


def _tell(application: Application, now: datetime) -> None:
    after = application.told_overdue()
    told = a_change(
        "review.overdue.v1",
        account_id=after.account_id,
        market=after.market,
        subject=after.id,
        version=after.version,
        at=now,
        body={"application_id": after.id, "needs_reviewer": after.needs_reviewer},
    )
    try:
        commit([store.save(after), changes.add(told)])
    except (ChangedError, BusyError):
        return  # decided or checked at this moment: the next run sees what has become of it
