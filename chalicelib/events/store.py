"""The rows of `changes`: written once, in the transaction of the change itself, and never altered.

A subject's history is its partition; the account's events in order are the index `by_account`; the table's stream is
what publishes. So a change cannot be without its event, nor an event without its change.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.clock import parse_written, written
from chalicelib.events.change import Change
from chalicelib.table import Put, Row, TableName


class ByAccount(GlobalSecondaryIndex[Any]):
    """An account's changes in the order they happened; whole rows, for a change never changes."""

    class Meta:
        index_name = "by_account"
        projection = AllProjection()

    account_id = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class ChangeTable(Row):
    class Meta:
        table_name = TableName("changes_table")


class ChangeRow(ChangeTable, discriminator="change"):
    by_account = ByAccount()
    account_id = UnicodeAttribute()
    market = UnicodeAttribute()
    subject = UnicodeAttribute()
    types = UnicodeAttribute()  # with a blank between two, so that a stream's filter can name one
    version = NumberAttribute()
    actor = UnicodeAttribute()
    body = JSONAttribute()


def add(change: Change) -> Put:
    """The write that records a change; it joins the transaction of what has changed."""
    row = ChangeRow(
        f"{change.account_id}#{change.subject}",
        f"{written(change.at)}#{change.id}",
        account_id=change.account_id,
        market=change.market,
        subject=change.subject,
        types=" ".join(change.types),
        version=change.version,
        actor=change.actor,
        body=msgspec.to_builtins(change.body),
    )
    return Put(row, ChangeRow.pk.does_not_exist())


def list_history(account_id: str, subject: str) -> list[Change]:
    """Every change of one subject, oldest first, as of now (strongly read)."""
    return [_change(row) for row in ChangeRow.query(f"{account_id}#{subject}", consistent_read=True)]


def list_history_page(account_id: str, subject: str, limit: int, after: str | None) -> list[Change]:
    """Up to `limit` changes of one subject before the order `after`, `time#id`, newest first, as of now."""
    before = ChangeRow.sk < after if after else None
    rows = ChangeRow.query(
        f"{account_id}#{subject}", before, scan_index_forward=False, limit=limit, consistent_read=True
    )
    return [_change(row) for row in rows]


def list_of_account(account_id: str, first: str, last: str, limit: int) -> Iterator[Change]:
    """The account's changes from one order, `time#id`, to another, both included, oldest first.

    Read page by page as they are asked for, `limit` and a little at a time. Out of an index: what was written in the
    last seconds may be missing.
    """
    within = ChangeRow.sk.between(first, last)
    return (_change(row) for row in ChangeRow.by_account.query(account_id, within, page_size=limit + 2))


def change_in(image: dict[str, Any]) -> Change:
    """The change in a stream record's new image, `{"pk": {"S": …}, …}`."""
    row = ChangeRow()
    row.from_dynamodb_dict(image)
    return _change(row)


def _change(row: ChangeRow) -> Change:
    at, _, change_id = row.sk.partition("#")
    return Change(
        change_id,
        row.account_id,
        row.market,
        row.subject,
        tuple(row.types.split()),
        int(row.version),
        parse_written(at),
        row.actor,
        row.body,
    )
