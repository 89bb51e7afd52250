"""Capture intervals: which messages are read, whatever is switched and approved in between."""

from datetime import datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.account import KEPT_INTERVALS, Capture, Interval
from tests.builders import NOON


def at(hours: int) -> datetime:
    return NOON + timedelta(hours=hours)


def approved(capture: Capture, hours: int, capture_from: datetime | None = None) -> Capture:
    return capture.approved("app_1", "0" * 64, "1.test", at(hours), capture_from)


def test_nothing_is_read_before_the_approval() -> None:
    capture = Capture().submitted("app_1")
    assert capture.is_on
    assert not capture.reads(at(1))
    capture = approved(capture, 2)
    assert not capture.reads(at(1))
    assert capture.reads(at(2))


def test_switching_off_ends_the_interval_and_on_opens_another() -> None:
    capture = approved(Capture().submitted("app_1"), 0).switched(at(2), is_on=False)
    assert not capture.reads(at(1))
    capture = capture.switched(at(4), is_on=True)
    assert [capture.reads(at(hours)) for hours in (1, 2, 3, 4, 5)] == [True, False, False, True, True]


def test_approved_while_off_reads_nothing_until_switched_on() -> None:
    capture = approved(Capture().submitted("app_1").switched(at(1), is_on=False), 2)
    assert not capture.reads(at(3))
    assert capture.switched(at(4), is_on=True).reads(at(5))


def test_a_later_approval_may_reach_further_back_but_never_into_a_time_that_was_off() -> None:
    capture = approved(Capture().submitted("app_1"), 0).switched(at(2), is_on=False).switched(at(4), is_on=True)
    capture = approved(capture, 6, capture_from=at(-10))
    assert [capture.reads(at(hours)) for hours in (-11, -10, 1, 3, 5, 7)] == [False, True, True, False, True, True]


def test_only_the_first_application_turns_the_toggle_on() -> None:
    capture = approved(Capture().submitted("app_1"), 0).switched(at(1), is_on=False)
    assert not capture.submitted("app_2").is_on


@given(st.lists(st.sampled_from(["on", "off", "approve", "submit"]), max_size=200))
def test_intervals_stay_in_order_bounded_and_as_stored(steps: list[str]) -> None:
    capture = Capture()
    for hour, step in enumerate(steps):
        if step == "approve":
            capture = approved(capture, hour, at(hour - 3))
        elif step == "submit":
            capture = capture.submitted("app_1")
        else:
            capture = capture.switched(at(hour), is_on=step == "on")
        assert capture.reads(at(hour)) == (capture.is_on and capture.is_approved)
    assert len(capture.intervals) <= KEPT_INTERVALS
    ends = [one.end for one in capture.intervals]
    assert all(end is not None for end in ends[:-1])
    for earlier, later in zip(capture.intervals, capture.intervals[1:], strict=False):
        assert earlier.end is not None
        assert earlier.start <= earlier.end <= later.start
    assert msgspec.convert(msgspec.to_builtins(capture), Capture) == capture


def test_an_interval_has_its_start_and_not_its_end() -> None:
    interval = Interval(at(0), at(1))
    assert interval.has(at(0))
    assert not interval.has(at(1))
