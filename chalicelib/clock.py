"""Times as they are written and ordered: aware, UTC, milliseconds."""

from datetime import UTC, datetime, timedelta


def utc_now() -> datetime:
    """Now, cut to the millisecond, which is all that is stored."""
    return cut_to_milliseconds(datetime.now(UTC))


def cut_to_milliseconds(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def written(at: datetime) -> str:
    """`2026-11-22T14:05:00.000Z` (RFC 3339, UTC): always 24 characters, so that text order is time order."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def parse_written(text: str) -> datetime:
    """The aware UTC time of an RFC 3339 text. Raises ValueError for a time without an offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time needs its offset from UTC, such as Z")
    return at.astimezone(UTC)


def hour_of(at: datetime) -> str:
    """`2026-11-22T14`: the hour an activity falls in, as every index keeps it."""
    return written(at)[:13]


def expiry_of(at: datetime, retention_days: int) -> int:
    """Seconds since 1970 at which something of `at` is to be gone, as DynamoDB's TTL wants it."""
    return int((at + timedelta(days=retention_days)).timestamp())
