"""Cutting a process off at its AWS calls: before the call leaves, or after it was carried out and before its answer.

A plan says at which call what happens; a process that is cut off comes again, as a queue brings its message again.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.client import BaseClient

MOST_CALLS = 60  # of one plan: more means that it does not end


class CutOffError(BaseException):
    """The process is gone. No code of ours catches it, as none could."""


@dataclass(frozen=True)
class Cut:
    """Cut off at the n-th call since the last cut (from 0), before or after it was carried out."""

    call: int
    is_after: bool


@dataclass(frozen=True)
class Meanwhile:
    """At the n-th call, another process does its whole work first."""

    call: int
    work: Callable[[], None]


Disturbance = Cut | Meanwhile


@dataclass
class Progress:
    """How many calls were made since the last cut, and what of the plan is still to come."""

    remaining: list[Disturbance]
    made: int = 0


@contextmanager
def disturbed(plan: list[Disturbance]) -> Iterator[Progress]:
    """AWS calls inside are disturbed as the plan says, in its order."""
    real = BaseClient._make_api_call
    progress, is_inside = Progress(list(plan)), False

    def call(self: Any, name: str, arguments: Any) -> Any:
        nonlocal is_inside
        if is_inside:
            return real(self, name, arguments)
        place, progress.made = progress.made, progress.made + 1
        assert place < MOST_CALLS
        due = progress.remaining[0] if progress.remaining and progress.remaining[0].call == place else None
        if due is None:
            return real(self, name, arguments)
        progress.remaining.pop(0)
        if isinstance(due, Meanwhile):
            is_inside = True
            try:
                due.work()
            finally:
                is_inside = False
            return real(self, name, arguments)
        progress.made = 0
        if due.is_after:
            real(self, name, arguments)
        raise CutOffError

    BaseClient._make_api_call = call
    try:
        yield progress
    finally:
        BaseClient._make_api_call = real


def run(work: Callable[[], None], plan: list[Disturbance]) -> list[Disturbance]:
    """Do the work under the plan, again after each cut, as a queue would bring it again.

    Answers what of the plan came about: a repetition may make too few calls for the rest.
    """
    with disturbed(plan) as progress:
        for _ in range(len(plan) + 1):
            try:
                work()
            except CutOffError:
                continue
            return plan[: len(plan) - len(progress.remaining)]
    raise AssertionError("more cuts than planned")


def count_calls(work: Callable[[], None]) -> int:
    """How many AWS calls the undisturbed work makes."""
    with disturbed([]) as progress:
        work()
    return progress.made


def cuts(calls: int) -> list[Disturbance]:
    """Every single place at which work of so many calls can be cut off."""
    return [Cut(call, is_after) for call in range(calls) for is_after in (False, True)]


def single_and_double_cuts(calls: int) -> Iterator[list[Disturbance]]:
    """Every plan of one cut, and every pair: the second at any call of the repetition."""
    yield from ([cut] for cut in cuts(calls))
    yield from (list(pair) for pair in itertools.product(cuts(calls), repeat=2))
