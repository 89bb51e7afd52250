"""Idempotency keys: a POST sent twice under one key is done once.

A row under caller, account, route and key holds for a day the body's hash, the id of the resource to be made and, once
it is made, the status; never the answer. The id is fixed before anything is made, so that whoever comes after a crash
looks for that very resource first.
Source: draft-ietf-httpapi-idempotency-key-header-07 (2025-10).
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.clock import expiry_of
from chalicelib.ids import derived_id
from chalicelib.table import BusyError, Delete, Put, Row, TableName, Update, write_one

LIFETIME_DAYS = 1
LEASE = timedelta(seconds=40)  # longer than the API's function may run: then the first request is gone for certain
TRIES = 4


class IdempotencyError(Exception):
    """The request can't be done under this key."""


class KeyReusedError(IdempotencyError):
    """The key came with another body before."""


class StillRunningError(IdempotencyError):
    """The first request of this key has not ended yet."""


class IdempotencyRow(Row, discriminator="idempotency"):
    class Meta:
        table_name = TableName("accounts_table")

    body_sha256 = UnicodeAttribute()
    resource_id = UnicodeAttribute(null=True)
    attempt = UnicodeAttribute()
    running_until = NumberAttribute()
    status = NumberAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer under a key. Not the first: look for the resource before making it."""

    key: str
    attempt: str
    resource_id: str | None
    is_first: bool
    status: int | None = None  # of the first answer, once there was one


def claim(parts: tuple[str, ...], body_sha256: str, resource_id: str | None, now: datetime) -> Claim:
    """The claim of this request. Raises KeyReusedError, StillRunningError."""
    key, attempt = derived_id("idk", *parts), uuid.uuid4().hex
    row = IdempotencyRow(
        f"IDEMPOTENCY#{key}",
        "IDEMPOTENCY",
        body_sha256=body_sha256,
        resource_id=resource_id,
        attempt=attempt,
        running_until=(now + LEASE).timestamp(),
        expires_at=expiry_of(now, LIFETIME_DAYS),
    )
    is_free = IdempotencyRow.pk.does_not_exist() | (IdempotencyRow.expires_at <= int(now.timestamp()))
    for _ in range(TRIES):
        if write_one(Put(row, is_free)):
            return Claim(key, attempt, resource_id, is_first=True)
        try:
            standing = IdempotencyRow.get(row.pk, row.sk, consistent_read=True)
        except DoesNotExist:  # the first request was refused a moment ago
            continue
        if standing.attempt == attempt:  # our own write, whose answer was lost
            return Claim(key, attempt, resource_id, is_first=True)
        if standing.body_sha256 != body_sha256:
            raise KeyReusedError
        status: float | None = standing.status
        if status is not None:
            return Claim(key, attempt, standing.resource_id, is_first=False, status=int(status))
        if standing.running_until > now.timestamp():
            raise StillRunningError
        actions = [IdempotencyRow.attempt.set(attempt), IdempotencyRow.running_until.set(row.running_until)]
        if write_one(Update(standing, actions, IdempotencyRow.attempt == standing.attempt)):
            return Claim(key, attempt, standing.resource_id, is_first=False)
    raise BusyError


def settle(claim: Claim, status: int) -> None:
    """The request was done, and answered with this status."""
    write_one(Update(_row(claim), [IdempotencyRow.status.set(status)], IdempotencyRow.attempt == claim.attempt))


def release(claim: Claim) -> None:
    """The request was refused and nothing made: the key is free for a better one."""
    write_one(Delete(_row(claim), IdempotencyRow.attempt == claim.attempt))


def leave_open(claim: Claim) -> None:
    """The request failed on our side, perhaps half way: the next one goes on at once, with the same resource's id."""
    write_one(Update(_row(claim), [IdempotencyRow.running_until.set(0)], IdempotencyRow.attempt == claim.attempt))


def _row(claim: Claim) -> IdempotencyRow:
    return IdempotencyRow(f"IDEMPOTENCY#{claim.key}", "IDEMPOTENCY")
