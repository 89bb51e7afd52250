"""Taking a DM in: what stands in the tables afterwards."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import boto3
import pytest

from chalicelib.accounts.account import Capture
from chalicelib.capture import store
from chalicelib.capture.intake import conversation_id_of, take_in
from chalicelib.capture.message import Customer, DirectMessage, Referral, SentInFutureError
from chalicelib.leads import note_store
from chalicelib.leads import store as leads
from chalicelib.leads.lead import Contact, Note, lead_id_of
from chalicelib.table import commit
from tests.builders import NOON, a_dm, an_account
from tests.crashes import Disturbance, Meanwhile, count_calls, cuts, run
from tests.state import change_types, clear_tables, final_state, rows

pytestmark = pytest.mark.usefixtures("aws")

LEAD_ID = lead_id_of(an_account().id, "tiktok", "customer-1")
CONVERSATION_ID = conversation_id_of(an_account().id, "tiktok", "chat-1")


def contacts(customer: str = "customer-1") -> dict[str, Contact]:
    """The standing contacts of a customer's card by value."""
    card = leads.get_card(an_account().id, lead_id_of(an_account().id, "tiktok", customer))
    return {one.value: one for one in card.contacts.values() if one.stands}


def test_an_ordinary_message_is_stored_and_its_conversation_knows_it() -> None:
    take_in(a_dm("halo kak"), an_account(), NOON)
    head = store.find_conversation(an_account().id, CONVERSATION_ID)
    assert head is not None
    assert (head.customer_id, head.customer_username) == ("customer-1", "budi88")
    assert head.last_message == "2026-11-20T12:01:00.000Z#message-1"
    assert [row["text"] for row in rows("conversations") if row["kind"] == "message"] == ["halo kak"]
    assert rows("leads") == []


def test_a_message_with_a_phone_number_makes_a_lead_with_evidence() -> None:
    take_in(a_dm("WA saya 0812-8834-5571 ya"), an_account(), NOON)
    card = leads.get_card(an_account().id, LEAD_ID)
    assert card.lead is not None
    assert (card.lead.status, card.lead.source, card.lead.channel) == ("raw", "organic", "direct_message")
    assert card.lead.phone == "+6281288345571"
    (contact,) = card.contacts.values()
    assert contact.evidence is not None
    (part,) = contact.evidence.parts
    assert (part.message_id, part.text) == ("message-1", "0812-8834-5571")
    assert contact.evidence.policy_sha256 == an_account().capture.policy_sha256
    stored = store.find_message(an_account().id, CONVERSATION_ID, a_dm_order())
    assert stored is not None
    assert stored.lead_id == LEAD_ID
    assert change_types() == ["lead.created.v1 lead.contact_captured.v1"]


def a_dm_order(number: int = 1) -> str:
    return f"2026-11-20T12:{number:02d}:00.000Z#message-{number}"


def test_a_second_contact_joins_the_same_card() -> None:
    take_in(a_dm("0812-8834-5571", number=1), an_account(), NOON)
    take_in(a_dm("email budi@kopisenja-pelanggan.example", number=30), an_account(), NOON + timedelta(minutes=30))
    assert set(contacts()) == {"+6281288345571", "budi@kopisenja-pelanggan.example"}
    assert change_types() == ["lead.created.v1 lead.contact_captured.v1", "lead.contact_captured.v1"]


def test_the_same_contact_again_only_renews_its_evidence() -> None:
    take_in(a_dm("0812-8834-5571", number=1), an_account(), NOON)
    take_in(a_dm("nomor saya 081288345571", number=40), an_account(), NOON + timedelta(hours=1))
    evidence = contacts()["+6281288345571"].evidence
    assert evidence is not None
    assert evidence.parts[0].message_id == "message-40"
    assert change_types() == ["lead.created.v1 lead.contact_captured.v1", "lead.updated.v1"]


def test_a_contact_split_over_two_messages_stands_with_both_parts() -> None:
    take_in(a_dm("nomor saya 0812 8834", number=1), an_account(), NOON)
    take_in(a_dm("5571", number=2), an_account(), NOON)
    evidence = contacts()["+6281288345571"].evidence
    assert evidence is not None
    assert [(part.message_id, part.text) for part in evidence.parts] == [
        ("message-1", "0812 8834"),
        ("message-2", "5571"),
    ]
    for number in (1, 2):
        stored = store.find_message(an_account().id, CONVERSATION_ID, a_dm_order(number))
        assert stored is not None
        assert stored.lead_id == LEAD_ID


def test_parts_more_than_fifteen_minutes_apart_are_no_contact() -> None:
    take_in(a_dm("nomor saya 0812 8834", number=1), an_account(), NOON)
    take_in(a_dm("5571", number=17), an_account(), NOON + timedelta(minutes=17))
    assert contacts() == {}


def test_parts_of_two_customers_are_no_contact() -> None:
    take_in(a_dm("nomor saya 0812 8834", number=1), an_account(), NOON)
    take_in(a_dm("5571", number=2, conversation="chat-2", customer=Customer("customer-2")), an_account(), NOON)
    assert contacts() == {} == contacts("customer-2")


def test_the_business_own_messages_are_not_read() -> None:
    take_in(a_dm("hubungi kami di 0812-8834-5571", direction="outbound"), an_account(), NOON)
    assert rows("leads") == []


def test_the_accounts_own_number_is_no_contact() -> None:
    take_in(a_dm("ini nomor toko 0811-0000-1111 kan? saya 0812-8834-5571"), an_account(), NOON)
    assert set(contacts()) == {"+6281288345571"}


@pytest.mark.parametrize("capture", [Capture(), Capture(is_on=True), an_account().capture.switched(NOON, is_on=False)])
def test_nothing_is_captured_before_approval_or_while_off(capture: Capture) -> None:
    take_in(a_dm("0812-8834-5571"), an_account(capture=capture), NOON)
    assert rows("leads") == []
    assert len(rows("conversations")) == 2


def test_what_was_processed_while_off_is_never_captured_later() -> None:
    off = an_account(capture=an_account().capture.switched(NOON, is_on=False))
    take_in(a_dm("0812-8834-5571"), off, NOON)
    take_in(a_dm("0812-8834-5571"), an_account(), NOON + timedelta(hours=1))
    assert rows("leads") == []


def test_a_part_processed_while_off_completes_no_contact() -> None:
    off = an_account(capture=an_account().capture.switched(NOON, is_on=False))
    take_in(a_dm("nomor saya 0812 8834", number=1), off, NOON)
    take_in(a_dm("5571", number=2), an_account(), NOON)
    assert contacts() == {}


def test_a_message_from_the_future_is_refused() -> None:
    with pytest.raises(SentInFutureError):
        take_in(a_dm(at=NOON + timedelta(minutes=6)), an_account(), NOON)
    take_in(a_dm(at=NOON + timedelta(minutes=4)), an_account(), NOON)


AD = Referral("ad", advertiser_id="adv-1", ad_id="ad-7", ad_name="Kopi")


@pytest.mark.parametrize("is_ad_first", [True, False])
def test_an_ad_makes_the_lead_paid_in_whatever_order_it_comes(*, is_ad_first: bool) -> None:
    dms = [a_dm("mau tanya", number=1, referral=AD), a_dm("0812-8834-5571", number=2)]
    for dm in dms if is_ad_first else reversed(dms):
        take_in(dm, an_account(), NOON)
    lead = leads.get_card(an_account().id, LEAD_ID).lead
    assert lead is not None
    assert lead.source == "paid"
    assert lead.first_touch is not None
    assert lead.first_touch.details["ad_id"] == "ad-7"


def test_a_short_link_is_kept_but_makes_no_lead_paid() -> None:
    take_in(a_dm("0812-8834-5571", referral=Referral("short_link", ref="bio")), an_account(), NOON)
    card = leads.get_card(an_account().id, LEAD_ID)
    assert card.lead is not None
    assert card.lead.source == "organic"
    assert [touch.details for touch in card.touches] == [{"ref": "bio"}]


def test_a_message_with_a_hundred_numbers_gives_twenty_contacts_and_is_marked() -> None:
    many = " ; ".join(f"0812-8834-{number:04d}" for number in range(1000, 1100))
    take_in(a_dm(many), an_account(), NOON)
    assert len(contacts()) == 20
    stored = store.find_message(an_account().id, CONVERSATION_ID, a_dm_order())
    assert stored is not None
    assert stored.is_truncated


def test_the_first_message_of_an_hour_moves_the_leads_activity() -> None:
    take_in(a_dm("0812-8834-5571", number=1), an_account(), NOON)
    take_in(a_dm("terima kasih", number=190), an_account(), NOON + timedelta(hours=4))
    lead = leads.get_card(an_account().id, LEAD_ID).lead
    assert lead is not None
    assert lead.activity == "2026-11-20T15"
    assert lead.version == 1


STORY = [
    a_dm("halo kak", number=1),
    a_dm("nomor saya 0812 8834", number=2),
    a_dm("sebentar ya", number=3),
    a_dm("5571", number=4),
    a_dm("baik kak, ditunggu", number=5, direction="outbound"),
    a_dm("mau tanya promo", number=6, referral=AD),
    a_dm("email budi.santoso@pelanggan.example", number=8),
    a_dm("makasih", number=75),
]


def play(story: Sequence[DirectMessage]) -> dict[str, object]:
    for dm in story:
        take_in(dm, an_account(), NOON + timedelta(hours=2))
    return final_state()


def test_any_order_with_repetitions_ends_in_the_same_state() -> None:
    undisturbed = play(STORY)
    assert len(undisturbed) == len(STORY) + len(["conversation", "lead", "phone", "email", "ad"])
    for seed in range(30):
        clear_tables()
        shuffled = [*STORY, *STORY[: seed % len(STORY)]]
        random.Random(seed).shuffle(shuffled)
        assert play(shuffled) == undisturbed, [dm.message_id for dm in shuffled]


def test_the_number_before_its_correction_keeps_standing() -> None:
    take_in(a_dm("0812-8834-5571", number=1), an_account(), NOON)
    take_in(a_dm("eh salah, 0812-8834-5572", number=2), an_account(), NOON)
    assert set(contacts()) == {"+6281288345571", "+6281288345572"}


def test_an_older_message_of_a_livelier_thread_is_taken_in() -> None:
    take_in(a_dm("halo", number=200, conversation="chat-2"), an_account(), NOON + timedelta(hours=4))
    take_in(a_dm("0812-8834-5571", number=1), an_account(), NOON + timedelta(hours=4))
    take_in(a_dm("ukuran 55", number=5, conversation="chat-2"), an_account(), NOON + timedelta(hours=4))
    assert len([row for row in rows("conversations") if row["kind"] == "message"]) == 3
    lead = leads.get_card(an_account().id, LEAD_ID).lead
    assert lead is not None
    assert lead.activity == "2026-11-20T15"


def test_a_customer_whose_lead_expired_is_a_lead_again() -> None:
    take_in(a_dm("0812-8834-5571 budi@pelanggan.example", number=1), an_account(), NOON)
    expire_lead()
    take_in(a_dm("0812-8834-5571", number=30), an_account(), NOON + timedelta(hours=1))
    assert set(contacts()) == {"+6281288345571"}
    assert change_types() == ["lead.created.v1 lead.contact_captured.v1"] * 2


def test_a_customer_whose_expired_lead_had_many_contacts_is_a_lead_again() -> None:
    for number in range(6):
        take_in(a_dm(" ".join(f"a{number}b{one}@p.example" for one in range(20)), number=number), an_account(), NOON)
    assert len(contacts()) == 120
    expire_lead()
    take_in(a_dm("0812-8834-5571", number=30), an_account(), NOON + timedelta(hours=1))
    assert set(contacts()) == {"+6281288345571"}
    lead = leads.get_card(an_account().id, LEAD_ID).lead
    assert lead is not None
    assert (lead.phone, lead.email, lead.version) == ("+6281288345571", None, 1)


MONTH = an_account(retention_days=30)
LATER = NOON + timedelta(days=31)


def test_an_expired_lead_does_not_come_back_by_an_ordinary_message() -> None:
    take_in(a_dm("0812-8834-5571", number=1), MONTH, NOON)
    for number, text in enumerate(("halo", "makasih")):
        at = LATER + timedelta(hours=number)
        take_in(a_dm(text, at=at, message_id=text), MONTH, at)
    take_in(a_dm("halo", at=LATER, conversation="chat-2", message_id="x"), MONTH, LATER)
    lead = leads.find_lead(MONTH.id, LEAD_ID)
    assert lead is not None
    assert lead.activity == "2026-11-20T12"
    assert change_types() == ["lead.created.v1 lead.contact_captured.v1"]
    head = store.find_conversation(MONTH.id, conversation_id_of(MONTH.id, "tiktok", "chat-2"))
    assert head is not None
    assert head.lead_id is None


@pytest.mark.parametrize("days", [30, 60])
def test_an_ordinary_message_keeps_a_lead_alive_by_the_retention_the_account_has_now(days: int) -> None:
    take_in(a_dm("0812-8834-5571", number=1), an_account(retention_days=90 - days), NOON)
    take_in(a_dm("halo", at=LATER, message_id="later"), an_account(retention_days=days), LATER)
    lead = leads.find_lead(MONTH.id, LEAD_ID)
    assert lead is not None
    assert (lead.activity == "2026-12-21T12") == (days == 60)


def test_a_contact_after_a_lead_expired_makes_a_new_one_without_what_the_old_one_had() -> None:
    ad = a_dm("promo", number=0, referral=AD)
    for dm in (ad, a_dm("0812-8834-5571 budi@pelanggan.example", number=1)):
        take_in(dm, MONTH, NOON)
    first = leads.find_lead(MONTH.id, LEAD_ID)
    assert first is not None
    removed = next(one for one in contacts().values() if one.kind == "email")
    commit([
        leads.save_contact(MONTH.id, LEAD_ID, replace(removed, is_removed=True)),
        note_store.add(MONTH.id, LEAD_ID, Note("nte_1", "regular", "mem_1", NOON)),
    ])  # fmt: skip
    for _ in range(2):
        dm = a_dm("0812-8834-5572 budi@pelanggan.example", at=LATER, message_id="later")
        take_in(dm, MONTH, LATER)
        assert set(contacts()) == {"+6281288345572"}
    lead = leads.find_lead(MONTH.id, LEAD_ID)
    assert lead is not None
    assert (lead.created_at, lead.version, lead.phone) == (LATER, first.version + 1, "+6281288345572")
    assert (first.source, lead.source) == ("paid", "organic")
    assert note_store.find(MONTH.id, LEAD_ID, "nte_1") is None
    assert change_types() == ["lead.created.v1 lead.contact_captured.v1"] * 2


def test_an_expired_lead_is_replaced_once_wherever_it_is_cut_off_and_whoever_else_writes() -> None:
    dm = a_dm("0812-8834-5572", at=LATER, message_id="later")
    rival = a_dm("budi@pelanggan.example", at=LATER, message_id="rival", conversation="chat-2")

    def begin() -> None:
        clear_tables()
        take_in(a_dm("0812-8834-5571", number=1), MONTH, NOON)

    begin()
    calls = count_calls(lambda: take_in(dm, MONTH, LATER))
    plans: list[list[Disturbance]] = [[cut] for cut in cuts(calls)]
    plans += [[Meanwhile(call, work)] for call in range(calls) for work in (
        lambda: take_in(rival, MONTH, LATER), lambda: take_in(dm, MONTH, LATER), expire_lead,
    )]  # fmt: skip
    for plan in plans:
        begin()
        run(lambda: take_in(dm, MONTH, LATER), plan)
        take_in(rival, MONTH, LATER)
        assert set(contacts()) == {"+6281288345572", "budi@pelanggan.example"}, plan
        assert sum("lead.created.v1" in one for one in change_types()) == 2, plan


def test_a_first_lead_costs_no_call_more_for_what_an_expired_one_might_have_left() -> None:
    take_in(a_dm("halo", number=0), an_account(), NOON)
    assert count_calls(lambda: take_in(a_dm("0812-8834-5571"), an_account(), NOON)) == 6
    assert count_calls(lambda: take_in(a_dm("makasih", number=2), an_account(), NOON)) == 2


def expire_lead() -> None:
    """What DynamoDB does once the lead's time is over."""
    boto3.client("dynamodb").delete_item(
        TableName="leads", Key={"pk": {"S": f"{an_account().id}#{LEAD_ID}"}, "sk": {"S": "LEAD"}}
    )


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_a_number_that_is_a_piece_of_a_longer_one_later_stands_where_it_stood_before(order: Sequence[int]) -> None:
    said = [(1, "0812 3456 789"), (60, "0812 3456 789"), (61, "12"), (62, "makasih")]
    for place in order:
        minute, text = said[place]
        take_in(a_dm(text, number=minute), an_account(), NOON + timedelta(hours=2))
    card = contacts()
    assert set(card) == {"+628123456789", "+62812345678912"}
    evidence = card["+628123456789"].evidence
    assert evidence is not None
    assert evidence.parts[0].message_id == "message-1"


def test_parts_of_two_customers_in_one_conversation_are_no_contact() -> None:
    take_in(a_dm("nomor saya 0812 8834", number=1), an_account(), NOON)
    take_in(a_dm("5571", number=2, customer=Customer("customer-2")), an_account(), NOON)
    assert contacts() == {} == contacts("customer-2")


def test_a_message_with_only_the_accounts_own_number_names_no_lead() -> None:
    take_in(a_dm("0812-8834-5571", number=1), an_account(), NOON)
    take_in(a_dm("nomor toko 0811-0000-1111 kan?", number=30), an_account(), NOON + timedelta(hours=1))
    stored = store.find_message(an_account().id, CONVERSATION_ID, a_dm_order(30))
    assert stored is not None
    assert stored.lead_id is None
