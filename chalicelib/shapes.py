"""Kinds of fields that the shapes of several features share, and how a time leaves the system."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from chalicelib.clock import written

NO_CONTROLS = r"^[^\x00-\x1f\x7f]+\Z"

Time = Annotated[str, Meta(description="RFC 3339, UTC", extra_json_schema={"format": "date-time"})]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_CONTROLS)]
Id = Annotated[str, Meta(pattern=r"^[a-z]{3}_[a-z0-9]{32}\Z")]


def time_or_none(at: datetime | None) -> str | None:
    return written(at) if at else None
