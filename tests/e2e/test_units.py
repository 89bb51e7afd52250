"""What a DM costs in DynamoDB's units, as the deployed tables on MiniStack tell it (moto's are wrong)."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import config, table
from chalicelib.capture import store
from chalicelib.capture.intake import conversation_id_of, take_in
from chalicelib.capture.message import Customer
from chalicelib.ids import new_id
from infra.stack import Stack
from tests.builders import NOON, a_dm, an_account

TABLES = {
    "ACCOUNTS_TABLE": "AccountsTable",
    "CONVERSATIONS_TABLE": "ConversationsTable",
    "LEADS_TABLE": "LeadsTable",
    "CHANGES_TABLE": "ChangesTable",
}

# The day over which an ordinary DM is averaged: a customer and a business chat in three sittings, 24 messages in all.
DAY = [(hour, place) for hour in (9, 13, 20) for place in range(8)]


@pytest.fixture
def units(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator["Units"]:
    """Our own code on the deployed tables, and what it consumes."""
    cloudformation = stack.client("cloudformation")
    for name, logical_id in TABLES.items():
        found = cloudformation.describe_stack_resource(StackName=stack.name, LogicalResourceId=logical_id)
        monkeypatch.setenv(name, found["StackResourceDetail"]["PhysicalResourceId"])
    for name in {field.upper() for field in config.Settings.__dataclass_fields__} - set(os.environ):
        monkeypatch.setenv(name, "unused")
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack.ministack.url)
    config.settings.cache_clear()
    table._client.cache_clear()
    measured = Units()
    table._client().meta.events.register("after-call.dynamodb", measured.add)
    yield measured
    config.settings.cache_clear()
    table._client.cache_clear()


class Units:
    """Write units as they are told; reads counted by their bytes, for MiniStack tells every read alike."""

    def __init__(self) -> None:
        self.written = 0.0
        self.read = 0.0
        self.calls: Counter[str] = Counter()

    def add(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls[model.name] += 1
        consumed = parsed.get("ConsumedCapacity", [])
        for one in consumed if isinstance(consumed, list) else [consumed]:
            if model.name in {"GetItem", "Query"}:
                self.read += 1  # strongly read, up to 4 KB
            else:
                self.written += float(one["CapacityUnits"])
        if model.name in {"PutItem", "UpdateItem"} and "ConsumedCapacity" not in parsed:
            self.written += 1  # a refused condition is paid like a write of up to 1 KB

    @contextmanager
    def measured(self) -> Iterator["Units"]:
        self.written = self.read = 0.0
        self.calls.clear()
        yield self


def test_an_ordinary_message_costs_two_and_a_half_write_units_at_most(units: Units) -> None:
    account = an_account(id=new_id("acc"))
    with units.measured():
        for hour, place in DAY:
            at = NOON.replace(hour=hour) + timedelta(minutes=place)
            direction = "outbound" if place % 3 == 2 else "inbound"
            take_in(
                a_dm("terima kasih kak, ditunggu ya", at=at, message_id=f"{hour}-{place}", direction=direction),
                account,
                at,
            )
    written, read = units.written / len(DAY), units.read / len(DAY)
    print(f"\nan ordinary DM: {written:.2f} write units, {read:.2f} read units (mean of {len(DAY)} in three sittings)")
    assert written <= 2.5
    assert read + 2 / 10 <= 1  # and the account, read twice for a batch of ten


def test_a_message_that_makes_a_lead_costs_eighteen_and_each_further_contact_four(units: Units) -> None:
    costs = []
    for contacts in (1, 2, 5):
        account = an_account(id=new_id("acc"))
        text = " ; ".join(f"0812-8834-{5570 + number}" for number in range(contacts))
        with units.measured():
            take_in(a_dm(f"WA saya {text}"), account, NOON)
        costs.append(units.written)
    one, two, five = costs
    further = (five - two) / 3
    print(f"\na DM that makes a lead: {one:.0f} write units; each further contact: {two - one:.0f}, {further:.1f}")
    assert one <= 18
    assert two - one <= 4
    assert further <= 4


def test_a_message_costs_the_same_at_the_ten_thousandth_as_at_the_tenth(units: Units) -> None:
    account = an_account(id=new_id("acc"))
    thread = conversation_id_of(account.id, "tiktok", "chat-1")

    def cost(number: int) -> tuple[float, float, dict[str, int]]:
        with units.measured():
            for place in range(4):
                at = NOON + timedelta(seconds=number * 2, milliseconds=place)
                take_in(a_dm("ya", at=at, message_id=f"x-{number}-{place}"), account, at)
        return units.written, units.read, dict(units.calls)

    take_in(a_dm("halo", at=NOON, message_id="first"), account, NOON)
    early = cost(5)
    writes = [
        store.add_message(store_message(thread, account.id, number), account.retention_days) for number in range(1_000)
    ]
    for write in writes:
        table.write_one(write)
    late = cost(20)
    print(f"\nfour DMs at the 10th: {early}, at the 1,000th: {late}")
    assert late == early


def store_message(thread: str, account_id: str, number: int) -> Any:
    from chalicelib.capture.intake import _message

    at = NOON + timedelta(milliseconds=number)
    dm = a_dm("x", at=at, message_id=f"old-{number}", customer=Customer("customer-1"))
    message = _message(dm, an_account(id=account_id))
    assert message.conversation_id == thread
    return message
