"""The queue: what is taken in, what is rejected with which reason, and what comes again."""

import json
from typing import Any

import boto3
import msgspec
import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import IdentityKind
from chalicelib.accounts.identities import approve_link, request_link
from chalicelib.capture.batch import take_in_batch
from chalicelib.capture.redrive import redrive
from tests.builders import BUSINESS_ID, NOON, a_dm, stored_account
from tests.queues import an_sqs_event, heard, letters
from tests.state import rows

pytestmark = pytest.mark.usefixtures("aws")


def native(**changes: Any) -> str:
    """A native message of today as its sender writes it, with fields changed, or left out by None."""
    message = msgspec.to_builtins(a_dm("halo", at=NOON)) | changes
    return json.dumps({name: value for name, value in message.items() if value is not None})


def take_in(*bodies: str) -> list[str]:
    """The places in the batch of the records that are to come again."""
    failures = take_in_batch(an_sqs_event(*bodies))["batchItemFailures"]
    return [one["itemIdentifier"] for one in failures]


def stored_texts() -> list[str]:
    return sorted(row["text"] for row in rows("conversations") if row["kind"] == "message")


UNKNOWN = {"platform": "tiktok", "business_id": "nobody"}


def test_of_a_batch_the_good_land_once_and_the_bad_lie_in_the_dead_letters_with_their_reasons() -> None:
    account = stored_account()
    good = [native(message_id=f"m-{number}", text=f"halo {number}") for number in range(8)]
    stray = native(message_id="m-9", channel_account=UNKNOWN, text="halo 9")
    batch = [*good[:3], "{not json", *good[3:6], stray, *good[6:]]
    assert take_in(*batch) == []
    assert take_in(*good) == []
    assert stored_texts() == [f"halo {number}" for number in range(8)]
    events = heard()
    assert [(one["type"], one["data"]["reason"]) for one in events] == [
        ("message.rejected.v1", "not_json"),
        ("message.rejected.v1", "unknown_account"),
    ]

    identity = request_link(account, "tiktok", IdentityKind.BUSINESS_ID, "nobody", NOON).identity
    approve_link(account.id, identity.id, NOON)
    assert accounts.count_waiting("tiktok", "business_id", "nobody", int(NOON.timestamp())) == 1
    assert redrive("unknown_account") == {"redriven": 1, "left": 1}
    back = [one["body"] for one in letters("INBOUND_QUEUE_URL")]
    assert back == [stray]
    assert take_in(*back) == []
    assert stored_texts() == [*[f"halo {number}" for number in range(8)], "halo 9"]
    assert [one["attributes"]["reason"] for one in letters("INBOUND_DEAD_LETTERS_URL")] == ["not_json"]


REJECTED = {
    "not JSON": ("hello", "not_json"),
    "half an object": ('{"type":', "not_json"),
    "a doubled name": ('{"type": "direct_message", "type": "direct_message"}', "not_json"),
    "nested beyond use": ("[" * 100_000, "not_json"),
    "a list": ("[]", "wrong_schema"),
    "null": ("null", "wrong_schema"),
    "another type": (native(type="postcard"), "unknown_type"),
    "another version": (native(version=2), "unknown_version"),
    "no customer": (native(customer=None), "wrong_schema"),
    "an unknown field": (native(colour="red"), "wrong_schema"),
    "no time": (native(sent_at="yesterday"), "wrong_schema"),
    "a time without offset": (native(sent_at="2026-11-20T12:00:00"), "wrong_schema"),
    "a year to come": (native(sent_at="2999-01-01T00:00:00Z"), "sent_in_future"),
    "an id beyond a key": (native(message_id="🙏" * 256), "wrong_schema"),
    "an id with a line's end": (native(message_id="m\n"), "wrong_schema"),
    "the first year": (native(sent_at="0001-01-01T00:00:00+07:00"), "wrong_schema"),
    "an endless id": (native(message_id="m" * 257), "wrong_schema"),
    "an id with a control character": (native(message_id="m\n1"), "wrong_schema"),
    "a text beyond the platform's": (native(text="x" * 6_001), "wrong_schema"),
    "an unknown account": (native(channel_account=UNKNOWN), "unknown_account"),
    "a webhook that is none": (
        '{"type": "tiktok_webhook", "version": 1, "received_at": "", "body": "{"}',
        "wrong_schema",
    ),
}


@pytest.mark.parametrize("kind", REJECTED)
def test_what_can_never_be_processed_is_rejected_with_its_reason(kind: str) -> None:
    stored_account()
    body, reason = REJECTED[kind]
    assert take_in(body) == []
    (letter,) = letters("INBOUND_DEAD_LETTERS_URL")
    assert letter == {"body": body, "attributes": {"reason": reason, "original_message_id": "sqs-0"}}
    assert stored_texts() == []


def test_a_rejected_message_has_the_same_event_id_when_it_comes_again() -> None:
    take_in("hello")
    take_in("hello")
    first, second = heard()
    assert first["id"] == second["id"]


def test_half_an_emoji_does_not_cost_the_message() -> None:
    stored_account()
    assert take_in(native().replace("halo", "halo \\ud83d")) == []
    assert stored_texts() == ["halo ?"]


def test_what_fails_this_time_comes_again_and_holds_up_nothing() -> None:
    stored_account()
    take_in(native(message_id="m-0"))
    boto3.client("dynamodb").delete_table(TableName="leads")
    failing = native(message_id="m-2", text="WA 0812-8834-5571")
    assert take_in(native(message_id="m-1"), failing, native(message_id="m-3")) == ["sqs-1"]
    assert stored_texts() == ["halo", "halo", "halo"]


def an_envelope(event: str = "im_receive_msg", business_id: str = BUSINESS_ID, **changes: Any) -> str:
    content = {
        "from": "budi88",
        "to": "kopisenja",
        "unique_identifier": "customer-1",
        "from_user": {"id": "x", "role": "personal_account"},
        "to_user": {"id": "customer-1" if event == "im_send_msg" else "b", "role": "business_account"},
        "conversation_id": "u5Jh+pse/BAho==",
        "message_id": "u5Buqc6lAg==",
        "timestamp": int(NOON.timestamp() * 1_000) + 488,
        "type": "text",
        "text": {"body": "WA 0812-8834-5571"},
        "is_follower": True,
    } | changes
    envelope = {
        "client_key": "k",
        "event": event,
        "create_time": 1,
        "user_openid": business_id,
        "content": json.dumps(content),
    }
    return json.dumps({"type": "tiktok_webhook", "version": 1, "received_at": "now", "body": json.dumps(envelope)})


def test_a_tiktok_message_makes_the_same_lead_as_a_native_one() -> None:
    stored_account()
    assert take_in(an_envelope()) == []
    (lead,) = [row for row in rows("leads") if row["kind"] == "lead"]
    assert (lead["phone"], lead["customer_id"], lead["customer_username"]) == ("+6281288345571", "customer-1", "budi88")
    (head,) = [row for row in rows("conversations") if row["kind"] == "conversation"]
    assert head["platform_conversation_id"] == "u5Jh+pse/BAho=="
    assert head["last_inbound"] == "2026-11-20T12:00:00.488Z#u5Buqc6lAg=="


@pytest.mark.parametrize("event", ["im_mark_read_msg", "im_receive_msg_eu", "im_auto_message_x", "something_new"])
def test_platform_events_that_are_no_messages_are_let_go(event: str) -> None:
    stored_account()
    assert take_in(an_envelope(event)) == []
    assert letters("INBOUND_DEAD_LETTERS_URL") == []
    assert rows("conversations") == []


def test_an_unknown_message_type_is_stored_as_such() -> None:
    stored_account()
    take_in(an_envelope(type="hologram", text=None))
    (message,) = [row for row in rows("conversations") if row["kind"] == "message"]
    assert message["message_type"] == "hologram"


def test_an_ad_referral_of_tiktok_makes_its_lead_paid() -> None:
    stored_account()
    ad = {"source": "ad", "advertiser_id": 7126711421177430274, "ad_id": "9", "ad_name": "Kopi", "new_field": {}}
    take_in(an_envelope("im_referral_msg", referral=ad, message_id="r-1"), an_envelope())
    (lead,) = [row for row in rows("leads") if row["kind"] == "lead"]
    assert lead["source"] == "paid"
    assert json.loads(lead["first_touch"])["details"]["advertiser_id"] == "7126711421177430274"


def test_an_echo_with_the_code_links_its_identity_and_is_stored() -> None:
    account = stored_account()
    code = request_link(account, "tiktok", IdentityKind.BUSINESS_ID, "b-2", NOON).code
    echo = an_envelope("im_send_msg", "b-2", text={"body": f"verifikasi {code}"})
    assert take_in(echo) == []
    assert accounts.find_account_id("tiktok", "business_id", "b-2") == account.id
    assert stored_texts() == [f"verifikasi {code}"]


def test_a_customer_who_sends_the_code_proves_nothing() -> None:
    account = stored_account()
    code = request_link(account, "tiktok", IdentityKind.BUSINESS_ID, "b-2", NOON).code
    take_in(an_envelope("im_receive_msg", "b-2", text={"body": code}))
    assert accounts.find_account_id("tiktok", "business_id", "b-2") is None
    assert [one["attributes"]["reason"] for one in letters("INBOUND_DEAD_LETTERS_URL")] == ["unknown_account"]


def test_no_message_text_or_contact_reaches_a_log(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    stored_account()
    boto3.client("dynamodb").delete_table(TableName="leads")
    take_in(native(text="rahasia 0812-8834-5571 budi@pelanggan.example"), "rahasia {", native(text=7))
    told = "".join(capfd.readouterr()) + str([vars(record) for record in caplog.records])
    assert "A message is to come again" in told
    for secret in ("rahasia", "8834", "pelanggan.example"):
        assert secret not in told
