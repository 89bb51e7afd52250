"""Catching up: the events of an account after a given one, for who was away or lost some.

An index answers, and a transaction takes its time between the moment it bears and its commit; so what happened in the
last `SETTLED` is left for the next call. Thus whoever reads page after page misses nothing.
"""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.clock import written
from chalicelib.events import store
from chalicelib.events.change import events_of
from chalicelib.ids import time_of

SETTLED = timedelta(seconds=70)  # longer than any function that commits a change may run (60 s)
KEPT = timedelta(days=30)


class EventUnknownError(Exception):
    """The id to go on from is none of ours."""


class EventExpiredError(Exception):
    """The event to go on from is older than those kept for catching up: some between may be lost."""


def list_events(account_id: str, after: str | None, limit: int, now: datetime) -> tuple[list[dict[str, Any]], bool]:
    """Up to `limit` events after the one of this id (or the oldest kept), and whether there are more already.

    **Errors**: EventUnknownError, EventExpiredError.
    """
    change_id, number = _parsed(after) if after else ("", -1)
    since = time_of(change_id) if after else now - KEPT
    if since < now - KEPT:
        raise EventExpiredError
    first, last = f"{written(since)}#{change_id}", f"{written(now - SETTLED)}#~"
    if first > last:  # the event is of the last moments: what follows it is for the next call
        return [], False
    found: list[dict[str, Any]] = []
    for change in store.list_of_account(account_id, first, last, limit):
        seen = number + 1 if change.id == change_id else 0
        found += events_of(change)[seen:]
        if len(found) > limit:
            break
    return found[:limit], len(found) > limit


def _parsed(event_id: str) -> tuple[str, int]:
    change_id, _, number = event_id.rpartition("-")
    try:
        time_of(change_id)
        return change_id, int(number)
    except (ValueError, OverflowError, OSError) as error:
        raise EventUnknownError from error
