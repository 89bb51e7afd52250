"""The state in which every history of the same messages must end, read from the tables as they are."""

import json
from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from moto.backends import get_backend

TABLES = ("accounts", "conversations", "leads", "changes")
# Not compared (they tell of the way, not of the end): creation times, versions, event ids.
PASSING = {"created_order", "version", "expires_at", "captured_at", "updated_at"}


def rows(table: str) -> list[dict[str, Any]]:
    """Every row of a table, as plain values: out of moto itself, for a scan of each of many histories takes long."""
    read = TypeDeserializer()
    items = (item for partition in _table(table).items.values() for item in partition.values())
    return [{name: read.deserialize(value.to_json()) for name, value in item.attrs.items()} for item in items]


def clear_tables() -> None:
    """Every table empty again."""
    for table in TABLES:
        _table(table).items.clear()


def _table(name: str) -> Any:
    return get_backend("dynamodb")["123456789012"]["us-east-1"].tables[name]


def final_state() -> dict[str, Any]:
    """Messages, conversations and leads with their contacts, by key, without what may differ."""
    return {
        f"{row['pk']} {row['sk']}": {name: _settled(value) for name, value in row.items() if name not in PASSING}
        for table in ("conversations", "leads")
        for row in rows(table)
    }


def _settled(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("{"):
        return {name: one for name, one in json.loads(value).items() if name not in PASSING}
    return value


def change_types() -> list[str]:
    """The types of every change there is, in order of their subject and time."""
    return [row["types"] for row in sorted(rows("changes"), key=lambda row: (row["pk"], row["sk"]))]
