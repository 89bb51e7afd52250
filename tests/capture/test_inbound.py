"""The queue: what is taken in, what is rejected with which reason, and what comes again."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import msgspec
import pytest
from moto.backends import get_backend

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import IdentityKind
from chalicelib.accounts.identities import approve_link, request_link
from chalicelib.capture.batch import take_in_batch
from chalicelib.capture.redrive import redrive
from chalicelib.leads.lead import form_lead_id_of
from chalicelib.table import commit
from tests.builders import ADVERTISER_ID, BUSINESS_ID, NOON, a_dm, a_form, an_account, linked, stored_account
from tests.crashes import Disturbance, Meanwhile, count_calls, cuts, run, single_and_double_cuts
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


# Forms


def a_native_form(**changes: Any) -> str:
    form = msgspec.to_builtins(a_form()) | changes
    return json.dumps({name: value for name, value in form.items() if value is not None})


def a_lead_webhook(**changes: Any) -> str:
    entry = {
        "id": 7126711421177430274,
        "lead_source": "INSTANT_FORM",
        "page_id": 55,
        "page_name": "Promo kopi",
        "advertiser_id": int(ADVERTISER_ID),
        "advertiser_name": "Kopi Senja",
        "library_id": 0,
        "campaign_id": 7126711421177430275,
        "campaign_name": "Kopi",
        "adgroup_id": 0,
        "adgroup_name": "",
        "ad_id": 7126711421177430276,
        "ad_name": "Video",
        "create_time": int(NOON.timestamp()),
        "changes": [
            {"field": "phone_number", "value": "0812-8834-5571"},
            {"field": "email", "value": "Budi@Pelanggan.example"},
            {"field": "name", "value": "Budi Santoso"},
        ],
    } | changes
    kept = {name: value for name, value in entry.items() if value is not None}
    return a_webhook({"object": 1, "time": 1614334356, "request_id": 0, "entry": [kept]})


def a_webhook(envelope: Any) -> str:
    return json.dumps({"type": "tiktok_webhook", "version": 1, "received_at": "now", "body": json.dumps(envelope)})


def the_lead() -> dict[str, Any]:
    (lead,) = [row for row in rows("leads") if row["kind"] == "lead"]
    return lead


def contact_values() -> set[str]:
    return {row["value"] for row in rows("leads") if row["kind"] == "contact"}


FORM_CONTACTS = {"+6281288345571", "budi@pelanggan.example", "Budi Santoso"}


def test_one_entry_by_queue_and_webhook_is_one_lead() -> None:
    account = stored_account()
    linked(account, IdentityKind.ADVERTISER_ID, ADVERTISER_ID)
    assert take_in(a_native_form(), a_lead_webhook(), a_native_form(), a_lead_webhook()) == []
    lead = the_lead()
    assert lead["pk"] == f"{account.id}#{form_lead_id_of(account.id, 'tiktok', '7126711421177430274')}"
    assert contact_values() == FORM_CONTACTS
    assert letters("INBOUND_DEAD_LETTERS_URL") == []
    assert len(rows("changes")) == 1


def test_a_lead_webhook_keeps_ids_of_nineteen_digits_exactly_and_none_for_zero() -> None:
    linked(stored_account(), IdentityKind.ADVERTISER_ID, ADVERTISER_ID)
    take_in(a_lead_webhook())
    lead = the_lead()
    form = json.loads(lead["form"])
    assert (form["lead_id"], form["form_id"], form["form_name"]) == ("7126711421177430274", "55", "Promo kopi")
    assert form["submitted_at"] == "2026-11-20T12:00:00Z"
    assert (lead["source"], lead["channel"], lead["phone"]) == ("paid", "lead_form", "+6281288345571")
    assert json.loads(lead["first_touch"])["details"] == {
        "advertiser_id": ADVERTISER_ID, "campaign_id": "7126711421177430275", "campaign_name": "Kopi",
        "ad_id": "7126711421177430276", "ad_name": "Video",
    }  # fmt: skip


def test_a_lead_of_the_platforms_chat_without_form_or_ad_is_organic() -> None:
    linked(stored_account(), IdentityKind.ADVERTISER_ID, ADVERTISER_ID)
    take_in(a_lead_webhook(lead_source="DIRECT_MESSAGE", page_id=0, page_name="", campaign_id=0, ad_id=0, ad_name=""))
    assert (the_lead()["source"], the_lead()["channel"]) == ("organic", "direct_message")


@pytest.mark.parametrize("kind", [IdentityKind.ADVERTISER_ID, IdentityKind.LIBRARY_ID])
def test_the_account_is_found_by_its_advertiser_or_else_its_library(kind: IdentityKind) -> None:
    account = stored_account()
    other = an_account(id="acc_" + "2" * 32)
    commit([accounts.add(other)])
    linked(account, kind, "1")
    if kind is IdentityKind.ADVERTISER_ID:
        linked(other, IdentityKind.LIBRARY_ID, "2")
    channel = {"platform": "tiktok"} | (
        {"advertiser_id": "1", "library_id": "2"}
        if kind is IdentityKind.ADVERTISER_ID
        else {"advertiser_id": "9", "library_id": "1"}
    )
    assert take_in(a_native_form(channel_account=channel)) == []
    assert the_lead()["account_id"] == account.id


def test_a_form_of_an_unknown_account_waits_under_every_id_it_named_until_one_is_linked() -> None:
    account = stored_account()
    form = a_native_form(channel_account={"platform": "tiktok", "advertiser_id": "1", "library_id": "2"})
    take_in(form, form)
    for kind, value in ((IdentityKind.ADVERTISER_ID, "1"), (IdentityKind.LIBRARY_ID, "2")):
        assert accounts.count_waiting("tiktok", kind.value, value, int(NOON.timestamp())) == 1
    assert accounts.count_waiting("tiktok", "business_id", "1", int(NOON.timestamp())) == 0
    linked(account, IdentityKind.LIBRARY_ID, "2")
    assert redrive("unknown_account") == {"redriven": 2, "left": 0}
    assert take_in(*[one["body"] for one in letters("INBOUND_QUEUE_URL")]) == []
    assert the_lead()["account_id"] == account.id


def test_a_business_id_routes_no_form() -> None:
    stored_account()
    take_in(a_native_form(channel_account={"platform": "tiktok", "advertiser_id": BUSINESS_ID}))
    assert rows("leads") == []


HUGE = [{"field": "f", "value": "🙏" * 600} for _ in range(100)]
FORMS_REJECTED = {
    "no account named": (a_native_form(channel_account={"platform": "tiktok"}), "wrong_schema"),
    "another platform": (a_native_form(channel_account={"platform": "x", "advertiser_id": "1"}), "wrong_schema"),
    "an id as a number": (a_native_form(lead_id=7126711421177430274), "wrong_schema"),
    "an id with a line's end": (a_native_form(lead_id="1\n"), "wrong_schema"),
    "an endless id": (a_native_form(lead_id="1" * 201), "wrong_schema"),
    "no id": (a_native_form(lead_id=None), "wrong_schema"),
    "another version": (a_native_form(version=2), "unknown_version"),
    "another source": (a_native_form(lead_source="BILLBOARD"), "wrong_schema"),
    "an unknown field": (a_native_form(colour="red"), "wrong_schema"),
    "a hundred and one fields": (a_native_form(fields=[{"field": "f", "value": ""}] * 101), "wrong_schema"),
    "an answer without end": (a_native_form(fields=[{"field": "f", "value": "x" * 2_001}]), "wrong_schema"),
    "more answers than a row holds": (a_native_form(fields=HUGE), "wrong_schema"),
    "the first year": (a_native_form(submitted_at="0001-01-01T00:00:00+07:00"), "wrong_schema"),
    "a time without offset": (a_native_form(submitted_at="2026-11-20T12:00:00"), "wrong_schema"),
    "a year to come": (a_native_form(submitted_at="9999-12-31T23:59:59-12:00"), "sent_in_future"),
    "an unknown account": (a_native_form(channel_account={"platform": "tiktok", "library_id": "0"}), "unknown_account"),
    "a webhook without entries": (a_webhook({"entry": []}), "wrong_schema"),
    "a webhook with two": (a_webhook({"entry": [{}, {}]}), "wrong_schema"),
    "a webhook whose entries are none": (a_webhook({"entry": "lead"}), "wrong_schema"),
    "an entry that is none": (a_webhook({"entry": [7]}), "wrong_schema"),
    "an entry without id": (a_lead_webhook(id=None), "wrong_schema"),
    "an entry of id zero": (a_lead_webhook(id=0), "wrong_schema"),
    "an entry without owner": (a_lead_webhook(advertiser_id=0), "wrong_schema"),
    "an entry without time": (a_lead_webhook(create_time=None), "wrong_schema"),
    "an entry beyond all time": (a_lead_webhook(create_time=10**18), "wrong_schema"),
    "an entry before all time": (a_lead_webhook(create_time=-(10**18)), "wrong_schema"),
    "an entry of a fraction": (a_lead_webhook(id=7.5), "wrong_schema"),
    "an entry whose id is true": (a_lead_webhook(id=True), "wrong_schema"),
    "answers that are none": (a_lead_webhook(changes={"phone": "1"}), "wrong_schema"),
    "an entry of another owner": (a_lead_webhook(advertiser_id=5), "unknown_account"),
}


@pytest.mark.parametrize("kind", FORMS_REJECTED)
def test_a_form_that_can_never_be_processed_is_rejected_with_its_reason(kind: str) -> None:
    linked(stored_account(), IdentityKind.ADVERTISER_ID, ADVERTISER_ID)
    body, reason = FORMS_REJECTED[kind]
    assert take_in(body, a_native_form(lead_id="9")) == []
    (letter,) = letters("INBOUND_DEAD_LETTERS_URL")
    assert letter == {"body": body, "attributes": {"reason": reason, "original_message_id": "sqs-0"}}
    assert json.loads(the_lead()["form"])["lead_id"] == "9"


def test_an_open_question_of_a_lead_webhook_is_an_empty_answer() -> None:
    linked(stored_account(), IdentityKind.ADVERTISER_ID, ADVERTISER_ID)
    take_in(a_lead_webhook(changes=[{"field": "warna", "value": None}, {"field": "ukuran", "value": 42}]))
    assert json.loads(the_lead()["form"])["answers"] == [
        {"field": "warna", "value": ""}, {"field": "ukuran", "value": "42"},
    ]  # fmt: skip


def test_names_longer_than_ours_are_cut_and_cost_no_lead() -> None:
    linked(stored_account(), IdentityKind.ADVERTISER_ID, ADVERTISER_ID)
    take_in(a_lead_webhook(page_name="k" * 500, ad_name="k" * 500))
    assert len(json.loads(the_lead()["form"])["form_name"]) == 256


def consumed(body: str) -> Callable[[], None]:
    def work() -> None:
        assert take_in(body) == []

    return work


def test_the_consumer_cut_off_anywhere_makes_one_lead_of_an_entry() -> None:
    linked(stored_account(), IdentityKind.ADVERTISER_ID, ADVERTISER_ID)
    by_queue, by_webhook = consumed(a_native_form()), consumed(a_lead_webhook())
    calls = count_calls(by_webhook)
    rivals: list[list[Disturbance]] = [[Meanwhile(call, by_queue)] for call in range(calls)]
    plans = [*single_and_double_cuts(calls), *rivals]
    for plan in plans:
        for table in ("leads", "changes"):
            get_backend("dynamodb")["123456789012"]["us-east-1"].tables[table].items.clear()
        run(by_webhook, plan)
        by_queue()
        assert contact_values() == FORM_CONTACTS, plan
        assert len(rows("changes")) == 1, plan


def test_a_form_rejected_and_cut_off_anywhere_lies_in_the_dead_letters_and_waits_once() -> None:
    stray = a_native_form(channel_account={"platform": "tiktok", "advertiser_id": "1", "library_id": "2"})
    calls = count_calls(consumed(stray))
    for cut in cuts(calls):
        letters("INBOUND_DEAD_LETTERS_URL")
        run(consumed(stray), [cut])
        assert {one["body"] for one in letters("INBOUND_DEAD_LETTERS_URL")} == {stray}, cut
        for kind, value in (("advertiser_id", "1"), ("library_id", "2")):
            assert accounts.count_waiting("tiktok", kind, value, int(NOON.timestamp())) == 1, cut


def test_no_answer_of_a_form_reaches_a_log(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    linked(stored_account(), IdentityKind.ADVERTISER_ID, ADVERTISER_ID)
    boto3.client("dynamodb").delete_table(TableName="leads")
    fields = [{"field": "phone", "value": "0812-8834-5571"}, {"field": "rahasia", "value": "budi@pelanggan.example"}]
    take_in(a_native_form(fields=fields), a_native_form(fields=[*fields, {"field": 7}]))
    told = "".join(capfd.readouterr()) + str([vars(record) for record in caplog.records])
    assert "A message is to come again" in told
    for secret in ("rahasia", "8834", "pelanggan.example"):
        assert secret not in told
