"""Rows and transactions: what every store shares, and the only file beside the stores that knows DynamoDB.

A store reads, and returns the writes it wants; `commit` makes a list of them from any stores one transaction, so that a
use case can join what two features write. docs/decisions/0001-keys.md has the tables, keys and indexes.
"""

import functools
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import DiscriminatorAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection, TableConnection
from pynamodb.exceptions import PynamoDBConnectionError, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib.config import settings

# How often a transaction that met another one is tried again, with full jitter. The SDK does not retry a
# TransactionConflict; a queue's retry would come only after the visibility timeout.
CONFLICT_TRIES = 6
CONFLICT_BASE_SECONDS = 0.02


class ChangedError(Exception):
    """What was read has changed since, or exists already: read again and decide anew."""


class BusyError(Exception):
    """The same rows were in other transactions at every try; nothing was written."""


class TableName:
    """A table's name out of the settings at the moment it is asked for, never at import."""

    def __init__(self, setting: str) -> None:
        self._setting = setting

    def __get__(self, _instance: object, _owner: type) -> str:
        return str(getattr(settings(), self._setting))


@functools.cache
def _client() -> Any:
    """The one client all tables share: made anew for each, it would cost every cold start.

    PynamoDB's own time-outs can hold one call for two minutes; a table answers in milliseconds or not at all.
    """
    return Connection(connect_timeout_seconds=1, read_timeout_seconds=3, max_retry_attempts=4).client


class SharedConnection(Connection):
    """A connection that knows its own tables and indexes and speaks through the shared client."""

    @property
    def client(self) -> Any:
        return _client()


class Keyed(Model):
    """What every item has. Asked through an index of keys only, an item is no more than this."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)

    @classmethod
    def _get_connection(cls) -> TableConnection:
        """PynamoDB's own hook. A class must not inherit its parent's connection, which lacks the class's indexes."""
        if "_connection" not in cls.__dict__:
            cls._connection = None
        of_table = super()._get_connection()
        if not isinstance(of_table.connection, SharedConnection):
            shared = SharedConnection()
            shared.add_meta_table(of_table.get_meta_table())
            of_table.connection = shared
        return of_table


class Row(Keyed):
    """An item of one of the tables. Each table has a subclass with its name, each kind of item one below that."""

    kind = DiscriminatorAttribute()
    expires_at = NumberAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Put:
    """Write the whole row, if the condition holds."""

    row: Row
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Change a row by actions, if the condition holds."""

    row: Row
    actions: Sequence[Action]
    condition: Condition


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a row, if it is there and the condition holds."""

    row: Row
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing, but let the others happen only if the condition holds of this row."""

    row: Row
    condition: Condition


Write = Put | Update | Delete | Check


def commit(writes: Iterable[Write]) -> None:
    """All of the writes happen, or none.

    **Errors**: ChangedError where a condition failed, BusyError after too many conflicts.

    **Repeats**: the SDK sends a lost request again under the same token, so it counts once. When the process itself
    repeats, its conditions fail: the caller reads again, and finds its own work done.
    """
    wanted = list(writes)
    for attempt in range(CONFLICT_TRIES):
        try:
            _commit_once(wanted)
        except TransactWriteError as error:
            codes = {reason.code for reason in error.cancellation_reasons if reason}
            if "ConditionalCheckFailed" in codes:
                raise ChangedError from error
            # A conflict with another transaction, or the same token still in flight; all else is a fault.
            if error.cause_response_code != "TransactionInProgressException" and "TransactionConflict" not in codes:
                raise
            time.sleep(random.uniform(0, CONFLICT_BASE_SECONDS * 2**attempt))
        else:
            return
    raise BusyError


def _commit_once(writes: Sequence[Write]) -> None:
    with TransactWrite(connection=SharedConnection()) as transaction:
        for write in writes:
            match write:
                case Put(row, condition):
                    transaction.save(row, condition)
                case Update(row, actions, condition):
                    transaction.update(row, list(actions), condition)
                case Delete(row, condition):
                    transaction.delete(row, condition)
                case Check(row, condition):
                    transaction.condition_check(type(row), row.pk, row.sk, condition)


def write_one(write: Put | Update | Delete) -> bool:
    """One write by itself, for half a transaction's price; answers whether its condition held.

    **Repeats**: after a lost answer the SDK's own repetition may meet our own write and answer False, so False never
    means that nothing was written: the caller goes on as if the row stood there, for it does.
    """
    try:
        match write:
            case Put(row, condition):
                row.save(condition)
            case Update(row, actions, condition):
                row.update(list(actions), condition)
            case Delete(row, condition):
                row.delete(condition)
    except PynamoDBConnectionError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return False
        raise
    return True
