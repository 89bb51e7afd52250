"""Reading a file of one's own messages: what is a line, which id and time it gets, and what is refused."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.capture.message import parse_direct_message
from infra.play import MOST_FAULTS, WAVE, MalformedError, Played, in_waves, native, read_lines, stamped

NOW = datetime(2026, 11, 22, 12, 0, 0, 123_456, tzinfo=UTC)
LINE = {"conversation_id": "c1", "from": "u1", "text": "halo"}


def read(*lines: Any) -> list[Played]:
    return read_lines(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)


def faults_of(*lines: Any) -> dict[int, str]:
    with pytest.raises(MalformedError) as raised:
        read(*lines)
    return dict(raised.value.faults)


def test_a_line_is_a_message_of_the_customer() -> None:
    [played] = read(LINE | {"sent_at": "2026-11-22T10:00:00.1239+07:00", "message_id": "m1"})
    assert played == Played("c1", "u1", "halo", "inbound", "m1", datetime(2026, 11, 22, 3, 0, 0, 123_000, tzinfo=UTC))


@pytest.mark.parametrize("sender", ["shop", 7, None])
def test_on_an_outbound_line_from_is_ignored(sender: Any) -> None:
    [played] = read(LINE | {"direction": "outbound", "from": sender})
    assert played.customer_id is None
    assert "customer" not in native(stamped([played], {}, NOW)[0], "b1")


def test_a_message_is_what_the_queue_takes() -> None:
    [played] = stamped(read(LINE), {}, NOW)
    taken = parse_direct_message(json.loads(json.dumps(native(played, "b1"))))
    assert (taken.channel_account.business_id, taken.conversation_id, taken.text) == ("b1", "c1", "halo")


def test_empty_lines_a_byte_order_mark_and_windows_ends_are_let_go() -> None:
    plain = json.dumps(LINE).encode()
    assert len(read(b"\xef\xbb\xbf" + plain + b"\r\n", b"\n", b"  \r\n", plain)) == 2


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"halo", "is no JSON object"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b"[]", "Expected `object`"),
        (b"\xff\xfe{}", "is not UTF-8"),
        (LINE | {"phone": "1"}, "unknown field `phone`"),
        ({"from": "u1", "text": "x"}, "`conversation_id`"),
        ({"conversation_id": "c1", "text": "x"}, "needs `from`"),
        (LINE | {"from": 7}, "$.from"),
        (LINE | {"from": ""}, "$.from"),
        (LINE | {"text": None}, "$.text"),
        (LINE | {"text": "x" * 6_001}, "$.text"),
        (LINE | {"conversation_id": "a\nb"}, "$.conversation_id"),
        (LINE | {"sent_at": "yesterday"}, "$.sent_at"),
        (LINE | {"sent_at": "2026-11-22T10:00:00"}, "$.sent_at"),
        (LINE | {"sent_at": 1_700_000_000}, "$.sent_at"),
        (LINE | {"direction": "sideways"}, "$.direction"),
        (LINE | {"message_id": ""}, "$.message_id"),
    ],
)
def test_a_malformed_line_is_told_by_its_number(line: Any, fault: str) -> None:
    found = faults_of(LINE, b"\n", line, LINE)
    assert list(found) == [3]
    assert fault in found[3]


def test_all_faults_are_counted_and_the_first_ones_told() -> None:
    with pytest.raises(MalformedError) as raised:
        read(*[b"secret words"] * 50)
    assert len(raised.value.faults) == 50
    assert len(str(raised.value).splitlines()) == MOST_FAULTS
    assert "secret" not in str(raised.value)


def test_the_same_line_twice_is_two_messages_and_any_difference_another_one() -> None:
    others = [LINE | {"text": "hai"}, LINE | {"from": "u2"}, LINE | {"sent_at": "2026-11-22T10:00:00Z"}]
    ids = [one.message_id for one in read(LINE, LINE, *others)]
    assert len(set(ids)) == 5


@given(st.lists(st.sampled_from([LINE, LINE | {"text": "hai"}, LINE | {"conversation_id": "c2"}])), st.randoms())
def test_any_order_gives_the_same_ids(lines: list[dict[str, str]], order: random.Random) -> None:
    mixed = [dict(line) for line in lines]
    order.shuffle(mixed)
    assert sorted(one.message_id for one in read(*lines)) == sorted(one.message_id for one in read(*mixed))


def test_times_that_are_missing_are_a_second_apart_and_end_now() -> None:
    played = stamped(read(LINE, LINE | {"text": "hai"}, LINE | {"text": "ya"}), {}, NOW)
    assert [one.sent_at for one in played] == [
        NOW.replace(microsecond=123_000) - timedelta(seconds=s) for s in (2, 1, 0)
    ]


def test_a_time_once_given_stays_in_whatever_order_the_lines_come() -> None:
    remembered: dict[str, str] = {}
    lines = [LINE | {"text": str(number)} for number in range(5)]
    first = {one.message_id: one.sent_at for one in stamped(read(*lines), remembered, NOW)}
    later = NOW + timedelta(days=1)
    assert {one.message_id: one.sent_at for one in stamped(read(*lines[::-1]), remembered, later)} == first
    [new] = stamped(read(*lines, LINE | {"text": "new"}), remembered, later)[5:]
    assert new.sent_at == later.replace(microsecond=123_000)


def test_what_is_remembered_holds_no_text_and_no_id() -> None:
    remembered: dict[str, str] = {}
    stamped(read(LINE | {"text": "0812-3456-7801", "conversation_id": "secret"}), remembered, NOW)
    assert "0812" not in str(remembered)
    assert "secret" not in str(remembered)


def test_a_time_of_its_own_is_kept() -> None:
    [played] = stamped(read(LINE | {"sent_at": "2026-11-22T10:00:00Z"}), {}, NOW)
    assert played.sent_at == datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_a_wave_holds_ten_messages_of_a_conversation_side_by_side() -> None:
    lines = [LINE | {"conversation_id": f"c{number % 3}", "text": str(number)} for number in range(3 * WAVE + 4)]
    played = read(*lines)
    waves = list(in_waves(played))
    assert [len(wave) for wave in waves] == [3 * WAVE, 4]
    assert [one.conversation_id for one in waves[0]] == ["c0"] * WAVE + ["c1"] * WAVE + ["c2"] * WAVE
    assert sorted(one.message_id for wave in waves for one in wave) == sorted(one.message_id for one in played)
