"""A card: what stands on it whatever arrives in which order, and what a masked contact shows."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.clock import hour_of
from chalicelib.leads import store
from chalicelib.leads.captured import MOST_STANDING, change_of_card
from chalicelib.leads.lead import (
    KEPT_PLACES,
    Contact,
    Evidence,
    EvidencePart,
    Lead,
    Place,
    Touch,
    masked,
    merged_contact,
)
from chalicelib.leads.rows import oldest_hour
from chalicelib.table import commit
from tests.builders import NOON


def a_contact(minute: int = 0, *, value: str = "+6281288345571", is_superseded: bool = False) -> Contact:
    part = EvidencePart("cnv_1", f"m-{minute}", NOON + timedelta(minutes=minute), 0, 14, "0812-8834-5571")
    evidence = Evidence((part,), "phone-written", is_region_assumed=True, captured_at=NOON,
                        application_id="app_1", policy_sha256="0" * 64, rule_set="1")  # fmt: skip
    return Contact("phone", value, (Place(evidence, is_superseded),))


def a_lead(**changes: object) -> Lead:
    values: dict[str, object] = {
        "account_id": "acc_1", "id": "led_1", "platform": "tiktok", "customer_id": "c-1", "customer_username": None,
        "customer_name": None, "conversation_id": "cnv_1", "created_at": NOON, "activity": "2026-11-20T12",
        "updated_at": NOON,
    }  # fmt: skip
    return Lead(**(values | changes))  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=6, unique=True), st.integers())
def test_the_latest_evidence_stands_in_whatever_order_it_comes(minutes: list[int], seed: int) -> None:
    arriving = [a_contact(minute) for minute in minutes]
    random.Random(seed).shuffle(arriving)
    standing: Contact | None = None
    for one in arriving:
        standing = merged_contact(standing, one) or standing
    assert standing is not None
    assert standing.evidence == a_contact(max(minutes)).evidence
    assert len(standing.places) == min(len(minutes), KEPT_PLACES)


def test_what_a_member_removed_or_touched_stays_as_it_is() -> None:
    for standing in (replace(a_contact(), is_removed=True), replace(a_contact(), is_touched=True)):
        assert merged_contact(standing, a_contact(9)) is None


@given(st.permutations([(1, False), (60, False), (60, True), (61, False), (61, True)]))
def test_what_is_superseded_in_one_place_stands_in_another_whatever_came_first(told: list[tuple[int, bool]]) -> None:
    """A place is told superseded only after it was told at all, or at once."""
    standing: Contact | None = None
    superseded: set[int] = set()
    for minute, is_superseded in told:
        superseded |= {minute} if is_superseded else set()
        found = a_contact(minute, is_superseded=minute in superseded)
        standing = merged_contact(standing, found) or standing
    assert standing is not None
    assert standing.stands
    assert standing.evidence == a_contact(1).evidence


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "+6281288345571", "+62•••••5571"),
        ("email", "rina@pelanggan.example", "r•••@pelanggan.example"),
        ("email", '"a@b"@pelanggan.example', '"•••@pelanggan.example'),
        ("email", "rina", "r•••"),
        ("name", "Dewi", "D•••"),
        ("name", "Dewi @+6281288345571", "D•••"),
        ("name", "@081288345571", "@•••"),
        ("name", "rina@pelanggan.example", "r•••"),
        ("name", "", "•••"),
    ],
)
def test_a_masked_contact_hides_its_middle(kind: str, value: str, shown: str) -> None:
    assert masked(kind, value) == shown


def captured(standing: list[Contact], found: list[Contact]) -> dict[str, Contact]:
    """The standing contacts of a card after these were found."""
    contacts = {one.id: one for one in standing}
    change = change_of_card(
        a_lead(), contacts, found=found, touches=(), unborn=a_lead(), hour="2026-11-20T12", now=NOON
    )
    after = contacts | ({one.id: one for one in change.contacts} if change else {})
    return {key: one for key, one in after.items() if one.stands}


def numbers(count: int, first: int = 0) -> list[Contact]:
    return [a_contact(value=f"+62812{number:08}") for number in range(first, first + count)]


def test_capture_adds_to_a_card_until_two_hundred_contacts_stand() -> None:
    nearly = numbers(MOST_STANDING - 1)
    assert set(captured(nearly, numbers(20, 500))) == {one.id for one in (*nearly, *numbers(1, 500))}
    full = numbers(MOST_STANDING)
    assert set(captured(full, numbers(20, 500))) == {one.id for one in full}
    again = captured(full, [a_contact(9, value=full[0].value)])
    assert again[full[0].id].evidence == a_contact(9).evidence


def test_a_full_card_takes_what_members_have_made_room_for() -> None:
    full = numbers(MOST_STANDING)
    removed = [replace(full[0], is_removed=True), *full[1:]]
    assert set(captured(removed, [*numbers(2, 500), full[0]])) == {one.id for one in (*full[1:], *numbers(1, 500))}


def test_on_a_full_card_a_longer_contact_takes_the_place_of_its_piece() -> None:
    full = numbers(MOST_STANDING)
    (longer,) = numbers(1, 500)
    piece = a_contact(value=full[0].value, is_superseded=True)
    assert set(captured(full, [longer, piece])) == {one.id for one in (*full[1:], longer)}


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(30, 3_650),
    st.integers(-3, 3),
)
def test_the_oldest_hour_is_the_first_that_is_not_expired(now: datetime, days: int, hours: int) -> None:
    for at in (now, now.replace(minute=59, second=58, microsecond=999_999), now.replace(minute=59, second=59)):
        hour = hour_of(at - timedelta(days=days) + timedelta(hours=hours))
        assert store.is_expired(a_lead(activity=hour), days, at) == (hour < oldest_hour(days, at))


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
