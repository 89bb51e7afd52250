"""A conversation's head: any order of the same messages ends alike, and the reply window follows the customer."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.capture.conversation import Conversation, reply_window
from chalicelib.capture.intake import _message
from chalicelib.capture.message import Customer
from chalicelib.clock import written
from tests.builders import NOON, a_dm, an_account

NAMES = [None, "budi88", "budi_baru"]


@given(st.lists(st.tuples(st.integers(0, 300), st.booleans(), st.sampled_from(NAMES)), max_size=12), st.randoms())
def test_any_order_of_the_same_messages_ends_in_the_same_head(
    told: list[tuple[int, bool, str | None]], rng: object
) -> None:
    dms = [
        a_dm(number=minute, direction="outbound" if is_out else "inbound", message_id=f"m-{place}",
             customer=Customer("customer-1", name))
        for place, (minute, is_out, name) in enumerate(told)
    ]  # fmt: skip
    shuffled = [*dms, *dms[:3]]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    heads = []
    for order in (dms, shuffled):
        head = Conversation("acc", "cnv", "tiktok", "chat-1")
        for dm in order:
            head = head.with_message(_message(dm, an_account()), dm.customer)
        heads.append(head)
    assert heads[0] == heads[1]


def test_the_window_closes_48_hours_after_the_customer_or_with_the_tenth_reply() -> None:
    last = f"{written(NOON)}#m"
    assert reply_window(last, 0, NOON + timedelta(hours=47)).is_open
    assert not reply_window(last, 0, NOON + timedelta(hours=48)).is_open
    assert reply_window(last, 9, NOON).replies_left == 1
    assert not reply_window(last, 10, NOON).is_open


def test_who_never_wrote_can_not_be_answered() -> None:
    assert not reply_window(None, 0, NOON).is_open
