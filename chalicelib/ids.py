"""Ids: opaque, URL-safe, and either new or derived from what they stand for."""

import base64
import hashlib
import uuid
from datetime import UTC, datetime


def new_id(prefix: str) -> str:
    """`acc_5f0c…`: 122 random bits under a prefix that tells a reader what it names."""
    return f"{prefix}_{uuid.uuid4().hex}"


def derived_id(prefix: str, *parts: str) -> str:
    """The same id for the same parts, on every machine and every repetition.

    Each part goes in with its length, so that ("a", "bc") and ("ab", "c") differ. 160 bits of SHA-256, which keeps
    keys short and collisions out of reach.
    """
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(4, "big"))
        digest.update(encoded)
    return f"{prefix}_{base64.b32encode(digest.digest()[:20]).decode().lower()}"


def ordered_id(prefix: str, at: datetime, *parts: str) -> str:
    """`ntf_0199c8…`: begins with the millisecond of `at`, so that text order is time order.

    The other 80 bits are random, or the same for the same parts, on every machine and every repetition.
    """
    rest = hashlib.sha256(derived_id(prefix, *parts).encode()).hexdigest() if parts else uuid.uuid4().hex
    return f"{prefix}_{round(at.timestamp() * 1_000):012x}{rest[:20]}"


def time_of(ordered: str) -> datetime:
    """The time an ordered id begins with. Raises ValueError for an id of another make."""
    return datetime.fromtimestamp(int(ordered.partition("_")[2][:12], 16) / 1_000, UTC)
