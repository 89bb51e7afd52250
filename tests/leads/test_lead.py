"""A card: what stands on it whatever arrives in which order, and what a masked contact shows."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.leads import store
from chalicelib.leads.lead import Contact, Evidence, EvidencePart, Lead, Touch, masked, merged_contact
from chalicelib.table import commit
from tests.builders import NOON


def a_contact(minute: int = 0, *, value: str = "+6281288345571", is_superseded: bool = False) -> Contact:
    part = EvidencePart("cnv_1", f"m-{minute}", NOON + timedelta(minutes=minute), 0, 14, "0812-8834-5571")
    evidence = Evidence((part,), "phone-written", is_region_assumed=True, captured_at=NOON,
                        application_id="app_1", policy_sha256="0" * 64, rule_set="1")  # fmt: skip
    return Contact("phone", value, evidence, is_superseded=is_superseded)


def a_lead(**changes: object) -> Lead:
    values: dict[str, object] = {
        "account_id": "acc_1", "id": "led_1", "platform": "tiktok", "customer_id": "c-1", "customer_username": None,
        "customer_name": None, "conversation_id": "cnv_1", "created_at": NOON, "activity": "2026-11-20T12",
    }  # fmt: skip
    return Lead(**(values | changes))  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=6, unique=True), st.integers())
def test_the_latest_evidence_stands_in_whatever_order_it_comes(minutes: list[int], seed: int) -> None:
    arriving = [a_contact(minute) for minute in minutes]
    random.Random(seed).shuffle(arriving)
    standing: Contact | None = None
    for one in arriving:
        standing = merged_contact(standing, one) or standing
    assert standing == a_contact(max(minutes))


def test_what_a_member_removed_or_touched_stays_as_it_is() -> None:
    for mark in ("is_removed", "is_touched"):
        standing = Contact("phone", "+6281288345571", a_contact().evidence, **{mark: True})
        assert merged_contact(standing, a_contact(9)) is None


def test_a_contact_that_stands_elsewhere_is_not_superseded_by_an_older_place() -> None:
    assert merged_contact(a_contact(9), a_contact(3, is_superseded=True)) is None
    assert merged_contact(a_contact(3, is_superseded=True), a_contact(9)) == a_contact(9)
    assert merged_contact(a_contact(3), a_contact(3, is_superseded=True)) == a_contact(3, is_superseded=True)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "+6281288345571", "+62•••••5571"),
        ("email", "rina@pelanggan.example", "r•••@pelanggan.example"),
        ("name", "Dewi", "D•••"),
    ],
)
def test_a_masked_contact_hides_its_middle(kind: str, value: str, shown: str) -> None:
    assert masked(kind, value) == shown


def test_a_lead_read_back_is_the_lead_that_was_written(aws: None) -> None:
    touch = Touch("2026-11-20T12:00:00.000Z#m", "ad", {"ad_id": "9"})
    lead = a_lead(customer_name="Budi", assignee="admin-1").with_touches([touch]).with_summary([a_contact()])
    commit([
        store.add_lead(lead, 365),
        store.save_contact("acc_1", "led_1", a_contact()),
        store.add_touch("acc_1", "led_1", touch, 2_000_000_000),
    ])  # fmt: skip
    card = store.get_card("acc_1", "led_1")
    assert card == store.Card(lead, {a_contact().id: a_contact()}, (touch,))
