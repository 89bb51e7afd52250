"""A lead form's entry: one lead of it, however often and by whatever way it comes, with the contacts in its answers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.capture.message import FormAd, FormField, LeadForm, LeadFormSubmission, SentInFutureError
from chalicelib.leads import store
from chalicelib.leads.forms import take_in_form
from chalicelib.leads.lead import Channel, Lead, Origin, Source, Status, form_lead_id_of
from tests.builders import ADVERTISER_ID, NOON, a_form, an_account
from tests.crashes import Disturbance, Meanwhile, count_calls, cuts, run, single_and_double_cuts
from tests.state import change_types, clear_tables, final_state, rows

pytestmark = pytest.mark.usefixtures("aws")

AD = FormAd(campaign_id="1", campaign_name="Kopi", adgroup_id="2", adgroup_name="Jakarta", ad_id="3", ad_name="Video")


def taken_in(submission: LeadFormSubmission, **account: Any) -> Lead:
    assert take_in_form(submission, an_account(**account), NOON)
    lead = store.get_card(an_account().id, form_lead_id_of(an_account().id, "tiktok", submission.lead_id)).lead
    assert lead is not None
    return lead


def contacts() -> set[tuple[str, str]]:
    return {(row["contact_kind"], row["value"]) for row in rows("leads") if row["kind"] == "contact"}


def with_fields(*fields: tuple[str, str], **changes: Any) -> LeadFormSubmission:
    answers = [FormField(*one) for one in fields]
    return msgspec.structs.replace(a_form(), fields=answers, **changes)


def test_an_entry_makes_a_raw_lead_with_its_answers_and_contacts() -> None:
    lead = taken_in(a_form(phone_number="0812-8834-5571", email=" Budi@Pelanggan.example", warna="merah"))
    assert (lead.status, lead.source, lead.channel) == (Status.RAW, Source.ORGANIC, Channel.LEAD_FORM)
    assert (lead.phone, lead.email, lead.name) == ("+6281288345571", "budi@pelanggan.example", None)
    assert (lead.customer_id, lead.conversation_id, lead.activity) == (None, None, "2026-11-20T12")
    assert lead.form is not None
    assert (lead.form.lead_id, lead.form.form_id, lead.form.form_name) == ("7126711421177430274", "55", "Promo kopi")
    assert lead.form.submitted_at == NOON
    assert [(one.field, one.value) for one in lead.form.answers] == [
        ("phone_number", "0812-8834-5571"),
        ("email", " Budi@Pelanggan.example"),
        ("warna", "merah"),
    ]
    card = store.get_card(an_account().id, lead.id)
    assert {(one.origin, one.added_at, one.places) for one in card.contacts.values()} == {(Origin.FORM, NOON, ())}
    assert change_types() == ["lead.created.v1"]


def test_the_event_carries_contacts_masked_and_no_answer() -> None:
    taken_in(a_form(ad=AD))
    (change,) = rows("changes")
    assert '"is_test": false' in change["body"]
    for secret in ("8834", "Budi", "Santoso", "budi@", "Promo"):
        assert secret not in change["body"]


def test_an_entry_again_changes_nothing_whatever_it_says() -> None:
    taken_in(a_form())
    before = final_state()
    assert not take_in_form(a_form(), an_account(), NOON + timedelta(hours=1))
    assert not take_in_form(a_form(phone_number="0812-8834-9999", ad=AD), an_account(), NOON)
    assert final_state() == before
    assert change_types() == ["lead.created.v1"]


def test_entries_of_two_accounts_with_one_id_are_two_leads() -> None:
    other = an_account(id="acc_" + "2" * 32)
    assert take_in_form(a_form(), an_account(), NOON)
    assert take_in_form(a_form(), other, NOON)
    assert len({row["pk"] for row in rows("leads")}) == 2


def test_an_ad_makes_it_paid_with_its_ids_as_first_and_last_touch() -> None:
    lead = taken_in(a_form(ad=AD))
    assert lead.source is Source.PAID
    assert lead.first_touch == lead.last_touch
    assert lead.first_touch is not None
    assert lead.first_touch.details == {
        "advertiser_id": ADVERTISER_ID, "campaign_id": "1", "campaign_name": "Kopi", "adgroup_id": "2",
        "adgroup_name": "Jakarta", "ad_id": "3", "ad_name": "Video",
    }  # fmt: skip
    assert store.get_card(an_account().id, lead.id).touches == (lead.first_touch,)


@pytest.mark.parametrize("ad", [None, FormAd(), FormAd(ad_id="0", campaign_id=""), FormAd(ad_name="Video")])
def test_without_an_ads_id_it_is_organic(ad: FormAd | None) -> None:
    lead = taken_in(a_form(ad=ad))
    assert (lead.source, lead.first_touch) == (Source.ORGANIC, None)
    assert store.get_card(an_account().id, lead.id).touches == ()


def test_the_lead_of_a_chat_is_of_the_channel_direct_message() -> None:
    dm_lead = msgspec.structs.replace(a_form(), lead_source="DIRECT_MESSAGE", form=LeadForm())
    lead = taken_in(dm_lead)
    assert lead.channel is Channel.DIRECT_MESSAGE
    assert lead.form is not None
    assert lead.form.form_id == ""


CONTACTS: dict[str, tuple[LeadFormSubmission, set[tuple[str, str]]]] = {
    "a number with its country": (a_form(phone="+65 9123 4567"), {("phone", "+6591234567")}),
    "a number with its country but no plus": (a_form(phone_number="6281288345571"), {("phone", "+6281288345571")}),
    "a number in full-width digits": (a_form(phone_number="０８１２８８３４５５７１"), {("phone", "+6281288345571")}),
    "a number that is none": (a_form(phone_number="0812"), set()),
    "a word for a number": (a_form(phone_number="later"), set()),
    "a number without end": (a_form(phone_number="0812-8834-5571" + "1" * 1_900), set()),
    "the account's own number": (a_form(phone_number="0811 0000 1111"), set()),
    "the account's own address": (a_form(email="HALO@kopisenja.example"), set()),
    "an address that is none": (a_form(email="budi at pelanggan"), set()),
    "a name over two fields": (a_form(last_name="Santoso", first_name="Budi"), {("name", "Budi Santoso")}),
    "a first name alone": (a_form(first_name=" Budi "), {("name", "Budi")}),
    "a name before its parts": (a_form(name="Budi S.", first_name="Budi"), {("name", "Budi S.")}),
    "a name of digits": (a_form(full_name="12345"), set()),
    "a name with a control character": (a_form(full_name="Bu\x00di"), set()),
    "a name without end": (a_form(name="B" * 300), set()),
    "nothing filled in": (a_form(phone_number="", email="", name=" "), set()),
    "a field in other letters": (with_fields(("Phone Number", "081288345571")), {("phone", "+6281288345571")}),
    "a number in another field": (a_form(alamat="0812-8834-5571"), set()),
    "the same twice": (
        with_fields(("phone", "081288345571"), ("phone_number", "+6281288345571")),
        {("phone", "+6281288345571")},
    ),
    "no field at all": (with_fields(), set()),
}


@pytest.mark.parametrize("kind", CONTACTS)
def test_what_is_valid_becomes_a_contact_and_all_stays_an_answer(kind: str) -> None:
    submission, expected = CONTACTS[kind]
    lead = taken_in(submission)
    assert contacts() == expected
    assert lead.form is not None
    assert [(one.field, one.value) for one in lead.form.answers] == [
        (one.field, one.value) for one in submission.fields
    ]


def test_a_hundred_numbers_give_twenty_contacts_in_one_transaction() -> None:
    taken_in(with_fields(*(("phone", f"0812-8834-{number:04d}") for number in range(1000, 1100)), ad=AD))
    assert len(contacts()) == 20


def test_the_longest_answers_a_form_may_have_can_be_stored() -> None:
    lead = taken_in(with_fields(*(("cerita", "ก" * 1_900) for _ in range(17))))
    assert lead.form is not None
    assert len(lead.form.answers) == 17


@pytest.mark.parametrize(
    ("submission", "is_test"),
    [
        (a_form(email="<test lead: dummy data for email>", name="<test lead: dummy data for name>"), True),
        (msgspec.structs.replace(a_form(), is_test=True), True),
        (a_form(email="<test lead: dummy data for email>", phone_number="0812-8834-5571"), False),
        (with_fields(), False),
    ],
)
def test_a_test_lead_is_stored_as_such(submission: LeadFormSubmission, *, is_test: bool) -> None:
    lead = taken_in(submission)
    assert lead.form is not None
    assert lead.form.is_test is is_test
    assert not any(value.startswith("<") for _, value in contacts())


def test_capture_need_not_be_approved() -> None:
    from chalicelib.accounts.account import Capture

    assert taken_in(a_form(), capture=Capture()).phone == "+6281288345571"


def test_an_entry_from_the_future_is_refused() -> None:
    ahead = msgspec.structs.replace(a_form(), submitted_at=NOON + timedelta(minutes=6))
    with pytest.raises(SentInFutureError):
        take_in_form(ahead, an_account(), NOON)
    assert rows("leads") == []
    assert take_in_form(msgspec.structs.replace(ahead, submitted_at=NOON + timedelta(minutes=4)), an_account(), NOON)


def test_a_record_and_back_is_the_same_form() -> None:
    submission = a_form(ad=AD)
    lead = taken_in(submission)
    again = store.get_card(an_account().id, lead.id).lead
    assert again == lead


# Cut off at any call


def plans(calls: int, *others: LeadFormSubmission) -> Iterator[list[Disturbance]]:
    yield from single_and_double_cuts(calls)
    for other in others:
        for call in range(calls):
            meanwhile = Meanwhile(call, lambda other=other: taking_in(other))  # type: ignore[misc]
            yield [meanwhile]
            yield from ([meanwhile, cut] for cut in cuts(call + 2) if cut.call > call)
            yield from ([cut, meanwhile] for cut in cuts(calls))


def taking_in(submission: LeadFormSubmission) -> None:
    take_in_form(submission, an_account(), NOON)


def test_wherever_it_is_cut_off_and_whoever_does_the_same_there_is_one_lead_and_one_change() -> None:
    submission = a_form(ad=AD)
    taking_in(submission)
    undisturbed = final_state()
    clear_tables()
    calls = count_calls(lambda: taking_in(submission))
    count = 0
    for plan in plans(calls, submission):
        clear_tables()
        run(lambda: taking_in(submission), plan)
        assert final_state() == undisturbed, plan
        assert change_types() == ["lead.created.v1"], plan
        count += 1
    print(f"\n{calls} AWS calls, {count} plans, 0 lost, 0 doubled, 0 diverging")


def test_of_two_versions_of_one_entry_at_once_one_stands_whole() -> None:
    ours, rival = a_form(ad=AD), a_form(phone_number="0812-8834-9999", warna="merah")
    ends = []
    for one in (ours, rival):
        clear_tables()
        taking_in(one)
        ends.append(final_state())
    for plan in plans(1, rival):
        clear_tables()
        run(lambda: taking_in(ours), plan)
        assert final_state() in ends, plan
        assert change_types() == ["lead.created.v1"], plan
