"""A hostile file as a row of a table: how it is built, its name, and the reason it has to end with."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HostileFile:
    """`reason` is None where any documented reason will do: what it ends with is the vocabulary's business."""

    build: Callable[[], bytes]
    reason: str | None
    name: str


def hostile(build: Callable[[], bytes], reason: str | None = None, name: str = "policy.md") -> HostileFile:
    return HostileFile(build, reason, name)
