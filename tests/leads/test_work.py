"""Working on leads: marking one in a conversation, moving its status, and reading what happened to it."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Capture, Role
from chalicelib.capture.intake import conversation_id_of, take_in
from chalicelib.capture.message import Customer, Referral
from chalicelib.clock import utc_now
from chalicelib.leads import store as leads
from chalicelib.leads.lead import lead_id_of
from chalicelib.leads.marking import mark_as_lead
from chalicelib.table import commit
from tests.builders import NOON, a_dm, a_member, an_account, stored_account
from tests.crashes import Disturbance, Meanwhile, count_calls, cuts, run
from tests.deployment import Api, Reply
from tests.state import clear_tables, rows

pytestmark = pytest.mark.usefixtures("aws")

ACCOUNT = f"/v1/accounts/{an_account().id}"
CONVERSATION_ID = conversation_id_of(an_account().id, "tiktok", "chat-1")
CONVERSATION = f"{ACCOUNT}/conversations/{CONVERSATION_ID}"
LEAD_ID = lead_id_of(an_account().id, "tiktok", "customer-1")
LEAD = f"{ACCOUNT}/leads/{LEAD_ID}"
ADMIN_ID = a_member("admin-1").id


def wrote(text: str = "halo kak", *, number: int = 1, **changes: Any) -> None:
    take_in(a_dm(text, number=number, **changes), an_account(), NOON + timedelta(minutes=number))


def marked(api: Api, path: str = CONVERSATION, **headers: str) -> Reply:
    return api("POST", f"{path}/lead", **headers)


def moved(api: Api, status: str, version: int, **body: Any) -> Reply:
    return api("PUT", f"{LEAD}/status", {"status": status} | body, If_Match=f'"{version}"')


def activities(api: Api, path: str = CONVERSATION) -> list[dict[str, Any]]:
    """The activities of a thread, newest first."""
    found = api("GET", f"{path}/messages?limit=100").json["messages"]
    return [one for one in found if one["direction"] == "activity"]


def shown() -> list[dict[str, Any]]:
    """The activities of all threads as they are stored, oldest first."""
    entries = [row for row in rows("conversations") if row.get("direction") == "activity"]
    return sorted(entries, key=lambda row: row["sk"])


def history(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api("GET", f"{LEAD}/activity").json["activities"]
    return found


def told() -> list[str]:
    changes = [row for row in rows("changes") if row["subject"] == LEAD_ID]
    return [row["types"] for row in sorted(changes, key=lambda row: row["sk"])]


def test_marking_makes_a_raw_lead_and_shows_in_the_thread(api: Api) -> None:
    stored_account()
    wrote()
    reply = marked(api)
    assert reply.status == 201
    assert reply.headers["etag"] == '"1"'
    assert reply.headers["location"] == LEAD
    assert reply.json | {"status_since": ""} == {
        "id": LEAD_ID, "status": "raw", "status_since": "", "source": "organic", "channel": "direct_message",
        "assignee": None, "version": 1, "conversation_id": CONVERSATION_ID,
    }  # fmt: skip
    (entry,) = activities(api)
    assert (entry["message_type"], entry["lead_id"]) == ("lead.marked", LEAD_ID)
    assert api("GET", CONVERSATION).json["lead_id"] == LEAD_ID
    assert [one["id"] for one in api("GET", f"{ACCOUNT}/leads").json["leads"]] == [LEAD_ID]
    assert told() == ["lead.created.v1"]


def test_marking_again_answers_the_lead_unchanged(api: Api) -> None:
    stored_account()
    wrote()
    marked(api)
    moved(api, "qualified", 1)
    again = marked(api)
    assert (again.status, again.json["status"], again.json["version"]) == (200, "qualified", 2)
    assert [one["message_type"] for one in activities(api)] == ["lead.status_changed", "lead.marked"]
    assert told() == ["lead.created.v1", "lead.status_changed.v1"]


@pytest.mark.parametrize("capture", [Capture(), Capture(is_on=True), an_account().capture.switched(NOON, is_on=False)])
def test_a_conversation_is_marked_whether_or_not_capture_is_approved_and_on(api: Api, capture: Capture) -> None:
    account = stored_account(capture=capture)
    take_in(a_dm("0812-8834-5571"), account, NOON)
    assert marked(api).status == 201
    card = leads.get_card(account.id, LEAD_ID)
    assert card.lead is not None
    assert card.contacts == {}


def test_a_captured_lead_is_answered_as_it_is(api: Api) -> None:
    stored_account()
    wrote("WA 0812-8834-5571")
    reply = marked(api)
    assert (reply.status, reply.json["version"]) == (200, 1)
    assert shown() == []


def test_another_conversation_of_the_same_customer_comes_to_name_the_same_lead(api: Api) -> None:
    stored_account()
    wrote("halo", number=200, conversation="chat-2")
    wrote("WA 0812-8834-5571", number=1)
    other = f"{ACCOUNT}/conversations/{conversation_id_of(an_account().id, 'tiktok', 'chat-2')}"
    assert api("GET", other).json["lead_id"] is None
    reply = marked(api, other)
    assert (reply.status, reply.json["id"], reply.json["version"]) == (200, LEAD_ID, 1)
    assert api("GET", other).json["lead_id"] == LEAD_ID
    lead = leads.get_card(an_account().id, LEAD_ID).lead
    assert lead is not None
    assert lead.activity == "2026-11-20T15"
    assert told() == ["lead.created.v1 lead.contact_captured.v1"]


def test_a_conversation_whose_customer_is_unknown_is_not_marked(api: Api) -> None:
    stored_account()
    echo = a_dm("halo", direction="outbound")
    unnamed = type(echo)(**{name: getattr(echo, name) for name in echo.__struct_fields__} | {"customer": None})
    take_in(unnamed, an_account(), NOON)
    reply = marked(api, Idempotency_Key="k-1")
    assert (reply.status, reply.json["code"]) == (409, "customer_unknown")
    assert rows("leads") == []
    assert api("GET", f"{CONVERSATION}/lead").status == 404
    wrote(number=2)
    assert marked(api, Idempotency_Key="k-1").status == 201


def test_an_ad_that_came_before_makes_the_marked_lead_paid(api: Api) -> None:
    stored_account()
    wrote("promo?", referral=Referral("ad", advertiser_id="adv-1", ad_id="ad-7"))
    assert marked(api).json["source"] == "paid"
    lead = leads.get_card(an_account().id, LEAD_ID).lead
    assert lead is not None
    assert lead.first_touch is not None


def test_of_an_expired_lead_only_what_a_member_decided_outlives_it(api: Api) -> None:
    account = stored_account()
    wrote("WA 0812-8834-5571 budi@pelanggan.example")
    removed, _ = leads.get_card(account.id, LEAD_ID).contacts.values()
    commit([leads.save_contact(account.id, LEAD_ID, dataclasses.replace(removed, is_removed=True))])
    key = {"pk": {"S": f"{account.id}#{LEAD_ID}"}, "sk": {"S": "LEAD"}}
    boto3.client("dynamodb").delete_item(TableName="leads", Key=key)
    assert api("GET", f"{CONVERSATION}/lead").status == 404
    assert marked(api).status == 201
    card = leads.get_card(account.id, LEAD_ID)
    assert [one.is_removed for one in card.contacts.values()] == [True]
    assert card.lead is not None
    assert (card.lead.phone, card.lead.email) == (None, None)


def test_a_customer_whose_expired_lead_had_many_contacts_is_marked_again(api: Api) -> None:
    account = stored_account()
    for number in range(1, 7):
        wrote(" ".join(f"a{number}b{one}@pelanggan.example" for one in range(20)), number=number)
    assert len(leads.get_card(account.id, LEAD_ID).contacts) == 120
    key = {"pk": {"S": f"{account.id}#{LEAD_ID}"}, "sk": {"S": "LEAD"}}
    boto3.client("dynamodb").delete_item(TableName="leads", Key=key)
    assert marked(api).status == 201
    assert leads.get_card(account.id, LEAD_ID).contacts == {}
    wrote("WA 0812-8834-5571", number=9)
    card = leads.get_card(account.id, LEAD_ID)
    assert [one.value for one in card.contacts.values()] == ["+6281288345571"]


def test_an_expired_lead_that_still_stands_is_replaced_by_the_marked_one(api: Api) -> None:
    account = stored_account(retention_days=30)
    now = utc_now()
    old = now - timedelta(days=31, hours=2)
    take_in(a_dm("WA 0812-8834-5571", at=old), account, old)
    moved(api, "converted", 1)
    take_in(a_dm("halo", at=now, message_id="later"), account, now)
    assert api("GET", LEAD).status == 404
    assert api("GET", f"{CONVERSATION}/lead").status == 404
    reply = marked(api)
    assert (reply.status, reply.json["status"], reply.json["version"]) == (201, "raw", 2)
    assert api("GET", LEAD).json["contacts"] == []
    assert api("GET", LEAD).json["phone"] is None
    assert marked(api).status == 200


def test_an_expired_conversation_is_none(api: Api) -> None:
    stored_account(retention_days=1)
    take_in(a_dm(), an_account(retention_days=1), NOON)
    assert marked(api).status == 404
    assert api("GET", f"{CONVERSATION}/lead").status == 404
    assert rows("leads") == []


def test_the_thread_page_reads_the_state_of_the_conversations_lead(api: Api) -> None:
    stored_account()
    wrote()
    assert api("GET", f"{CONVERSATION}/lead").status == 404
    marked(api)
    moved(api, "contacted", 1)
    reply = api("GET", f"{CONVERSATION}/lead")
    assert (reply.json["status"], reply.headers["etag"]) == ("contacted", '"2"')


def test_marking_under_one_idempotency_key_is_answered_alike(api: Api) -> None:
    stored_account()
    wrote()
    first, second = (marked(api, Idempotency_Key="k-1") for _ in range(2))
    assert (first.status, second.status) == (201, 201)
    assert first.json == second.json
    assert len(shown()) == 1
    assert marked(api, Idempotency_Key="k-2").status == 200


def test_a_key_of_a_lead_that_is_gone_makes_no_new_one(api: Api) -> None:
    account = stored_account()
    wrote()
    marked(api, Idempotency_Key="k-1")
    key = {"pk": {"S": f"{account.id}#{LEAD_ID}"}, "sk": {"S": "LEAD"}}
    boto3.client("dynamodb").delete_item(TableName="leads", Key=key)
    assert marked(api, Idempotency_Key="k-1").status == 404
    assert rows("leads") == []


def marking() -> None:
    mark_as_lead(an_account(), CONVERSATION_ID, by=ADMIN_ID, now=utc_now())


def ends() -> tuple[list[str], list[str], list[str], str | None]:
    """Leads, activities, changes, and what the head names."""
    (head,) = [row for row in rows("conversations") if row["kind"] == "conversation"]
    kinds = [row["message_type"] for row in shown()]
    return [row["pk"] for row in rows("leads") if row["kind"] == "lead"], kinds, told(), head.get("lead_id")


def test_marking_cut_off_at_any_call_and_repeated_ends_with_one_of_each() -> None:
    wrote()
    calls = count_calls(marking)
    undisturbed = ends()
    assert undisturbed == ([f"{an_account().id}#{LEAD_ID}"], ["lead.marked"], ["lead.created.v1"], LEAD_ID)
    for cut in cuts(calls):
        clear_tables()
        wrote()
        run(marking, [cut])
        assert ends() == undisturbed, cut


def test_two_members_marking_at_once_make_one_lead() -> None:
    wrote()
    calls = count_calls(marking)
    for call in range(calls):
        clear_tables()
        wrote()
        run(marking, [Meanwhile(call, marking)])
        assert ends()[:3] == ([f"{an_account().id}#{LEAD_ID}"], ["lead.marked"], ["lead.created.v1"]), call


RIVALS: dict[str, Callable[[], None]] = {
    "a contact": lambda: wrote("WA 0812-8834-5571", number=2),
    "an ordinary message": lambda: wrote("makasih", number=2),
    "an ordinary message of a new hour": lambda: wrote("makasih", number=90),
    "a contact in another conversation": lambda: wrote("WA 0812-8834-5571", number=2, conversation="chat-2"),
}


@pytest.mark.parametrize("name", RIVALS)
def test_marking_races_a_message_and_keeps_both_effects(name: str) -> None:
    rival = RIVALS[name]
    has_contact = "contact" in name
    wrote()
    calls = count_calls(marking)
    for work, other in ((marking, rival), (rival, marking)):
        for call in range(max(calls, 6)):
            clear_tables()
            wrote()
            plan: list[Disturbance] = [Meanwhile(call, other)]
            if not run(work, plan):
                continue
            card = leads.get_card(an_account().id, LEAD_ID)
            assert card.lead is not None, call
            assert len(card.contacts) == has_contact, call
            heads = [row for row in rows("conversations") if row["kind"] == "conversation"]
            assert {row.get("lead_id") for row in heads} == {LEAD_ID}, call
            stored = [row for row in rows("conversations") if row.get("direction") == "inbound"]
            assert len(stored) == 2, call
            assert card.lead.version == len(told()), call
            assert sum("lead.created.v1" in one for one in told()) == 1, call
            assert sum("lead.contact_captured.v1" in one for one in told()) == has_contact, call
            if name == "an ordinary message of a new hour":
                assert card.lead.activity == "2026-11-20T13", call


def test_a_contact_after_marking_joins_the_marked_lead_and_keeps_its_status(api: Api) -> None:
    stored_account()
    wrote()
    marked(api)
    moved(api, "converted", 1)
    wrote("WA 0812-8834-5571", number=2)
    card = leads.get_card(an_account().id, LEAD_ID)
    assert card.lead is not None
    assert (card.lead.status, card.lead.phone) == ("converted", "+6281288345571")
    assert sorted(told()) == ["lead.contact_captured.v1", "lead.created.v1", "lead.status_changed.v1"]


def test_any_status_follows_any_other_and_tells_how_long_the_former_stood(api: Api) -> None:
    stored_account()
    wrote("WA 0812-8834-5571")
    path = ["contacted", "raw", "converted", "unqualified", "qualified", "raw"]
    for version, status in enumerate(path, start=1):
        reply = moved(api, status, version)
        assert (reply.status, reply.json["status"], reply.headers["etag"]) == (200, status, f'"{version + 1}"')
    entries = history(api)
    assert [(one["details"]["from"], one["details"]["to"]) for one in reversed(entries[:-1])] == list(
        zip(["raw", *path[:-1]], path, strict=True)
    )
    first = entries[-2]["details"]  # raw since it was captured, a minute past noon
    assert first["seconds"] == pytest.approx((utc_now() - NOON).total_seconds() - 60, abs=60)
    assert entries[0]["details"]["seconds"] <= 60


def test_the_same_status_again_changes_nothing(api: Api) -> None:
    stored_account()
    wrote("WA 0812-8834-5571")
    reply = moved(api, "raw", 1, conversation_id=CONVERSATION_ID)
    assert (reply.status, reply.headers["etag"]) == (200, '"1"')
    assert shown() == []
    assert len(told()) == 1


def test_a_status_from_the_list_shows_in_the_leads_latest_thread(api: Api) -> None:
    stored_account()
    wrote("WA 0812-8834-5571", number=1)
    wrote("email budi@pelanggan.example", number=2, conversation="chat-2")
    other = f"{ACCOUNT}/conversations/{conversation_id_of(an_account().id, 'tiktok', 'chat-2')}"
    moved(api, "contacted", 2)
    assert (len(activities(api)), len(activities(api, other))) == (0, 1)
    wrote("masih ada?", number=3)
    moved(api, "qualified", 3)
    assert (len(activities(api)), len(activities(api, other))) == (1, 1)


def test_a_status_from_a_thread_shows_in_that_thread(api: Api) -> None:
    stored_account()
    wrote("WA 0812-8834-5571", number=1)
    wrote("halo", number=30, conversation="chat-2")
    assert moved(api, "contacted", 1, conversation_id=CONVERSATION_ID).status == 200
    (entry,) = activities(api)
    assert (entry["message_type"], entry["direction"]) == ("lead.status_changed", "activity")
    (stored,) = shown()
    assert '"by"' in stored["details"]
    assert ADMIN_ID in stored["details"]
    assert history(api)[0]["details"] == {
        "from": "raw",
        "to": "contacted",
        "seconds": pytest.approx((utc_now() - NOON).total_seconds() - 60, abs=60),
        "conversation_id": CONVERSATION_ID,
    }


def test_a_thread_that_is_not_the_leads_is_a_fault(api: Api) -> None:
    stored_account()
    wrote("WA 0812-8834-5571")
    wrote("halo", number=2, conversation="chat-9", customer=Customer("customer-9"))
    foreign = conversation_id_of("acc_" + "9" * 32, "tiktok", "chat-1")
    strange = conversation_id_of(an_account().id, "tiktok", "chat-9")
    for conversation in (foreign, strange, "cnv_" + "0" * 32):
        reply = moved(api, "contacted", 1, conversation_id=conversation)
        assert (reply.status, reply.json["code"]) == (422, "invalid")
        assert [one["pointer"] for one in reply.json["errors"]] == ["/conversation_id"]
    assert told() == ["lead.created.v1 lead.contact_captured.v1"]


def test_every_fault_of_a_status_is_told_at_once(api: Api) -> None:
    stored_account()
    wrote("WA 0812-8834-5571")
    reply = api("PUT", f"{LEAD}/status", {"status": "hot", "conversation_id": "x", "more": 1}, If_Match='"1"')
    assert reply.status == 422
    assert {one["pointer"] for one in reply.json["errors"]} == {"/status", "/conversation_id", "/more"}


def test_a_lead_without_a_thread_changes_status_without_an_activity(api: Api) -> None:
    account = stored_account()
    wrote("WA 0812-8834-5571")
    lead = leads.get_card(account.id, LEAD_ID).lead
    assert lead is not None
    typed = dataclasses.replace(
        lead, id="led_" + "5" * 32, conversation_id=None, customer_id=None, platform=None, version=1
    )
    commit([leads.add_lead(typed, account.retention_days)])
    reply = api("PUT", f"{ACCOUNT}/leads/{typed.id}/status", {"status": "contacted"}, If_Match='"1"')
    assert reply.status == 200
    assert shown() == []


def test_the_second_of_two_who_edit_at_once_is_told(api: Api) -> None:
    stored_account()
    commit(accounts.add_member(a_member("operator-1", Role.OPERATOR)))
    wrote("WA 0812-8834-5571")
    assert moved(api, "contacted", 1).status == 200
    stale = api("PUT", f"{LEAD}/status", {"status": "converted"}, as_="operator-1", If_Match='"1"')
    assert (stale.status, stale.json["code"]) == (412, "stale")
    without = api("PUT", f"{LEAD}/status", {"status": "converted"}, as_="operator-1")
    assert (without.status, without.json["code"]) == (428, "version_required")
    again = api("PUT", f"{LEAD}/status", {"status": "converted"}, as_="operator-1", If_Match='"2"')
    assert again.json["status"] == "converted"
    assert len(shown()) == 2


def test_a_change_that_comes_while_another_is_being_made_is_told_so(api: Api) -> None:
    stored_account()
    wrote("WA 0812-8834-5571")
    replies: list[Reply] = []
    rival: list[Reply] = []
    calls = count_calls(lambda: replies.append(moved(api, "raw", 1)))
    for call in range(calls + 2):
        clear_tables()
        stored_account()
        wrote("WA 0812-8834-5571")
        replies.clear()
        rival.clear()
        plan: list[Disturbance] = [Meanwhile(call, lambda: rival.append(moved(api, "unqualified", 1)))]
        if not run(lambda: replies.append(moved(api, "contacted", 1)), plan):
            continue
        assert sorted((rival[0].status, replies[0].status)) == [200, 412], call
        assert len(shown()) == 1, call


def test_an_activity_moves_neither_window_nor_last_message(api: Api) -> None:
    stored_account()
    now = utc_now()
    take_in(a_dm("WA 0812-8834-5571", at=now - timedelta(hours=1)), an_account(), now)
    out = a_dm("siap", at=now - timedelta(minutes=50), direction="outbound", message_id="out-1")
    take_in(out, an_account(), now)
    before = api("GET", CONVERSATION).json
    for version, status in enumerate(["contacted", "qualified", "converted"], start=1):
        moved(api, status, version)
    assert len(activities(api)) == 3
    after = api("GET", CONVERSATION).json
    assert after == before
    assert after["reply_window"]["replies_left"] == 9
    assert after["last_message"]["message_id"] == "out-1"


def test_history_tells_who_did_what_newest_first_page_by_page(api: Api) -> None:
    stored_account()
    wrote("WA 0812-8834-5571")
    for version, status in enumerate(["contacted", "qualified", "converted"], start=1):
        moved(api, status, version)
    seen, cursor = [], ""
    while True:
        page = api("GET", f"{LEAD}/activity?limit=3{cursor}").json
        seen += page["activities"]
        if "cursor" not in page:
            break
        cursor = f"&cursor={page['cursor']}"
    assert [one["version"] for one in seen] == [4, 3, 2, 1]
    assert [one["actor"] for one in seen] == [ADMIN_ID] * 3 + ["system"]
    assert seen[-1]["kinds"] == ["lead.created", "lead.contact_captured"]
    assert seen[-1]["details"]["contacts"] == [{"kind": "phone", "masked": "+62•••••5571"}]
    assert "8834" not in str(seen)
    assert api("GET", f"{CONVERSATION}/messages?{cursor[1:]}").json["code"] == "invalid_cursor"


def test_an_analyst_reads_state_and_history_and_changes_nothing(api: Api) -> None:
    stored_account()
    commit(accounts.add_member(a_member("analyst-1", Role.ANALYST)))
    wrote("WA 0812-8834-5571")
    assert api("GET", f"{CONVERSATION}/lead", as_="analyst-1").status == 200
    read = api("GET", f"{LEAD}/activity", as_="analyst-1")
    assert read.status == 200
    assert "8834" not in str(read.json)
    assert api("POST", f"{CONVERSATION}/lead", as_="analyst-1").status == 403
    assert api("PUT", f"{LEAD}/status", {"status": "raw"}, as_="analyst-1", If_Match='"1"').status == 403


def test_an_operator_works_on_leads(api: Api) -> None:
    stored_account()
    commit(accounts.add_member(a_member("operator-1", Role.OPERATOR)))
    wrote()
    assert api("POST", f"{CONVERSATION}/lead", as_="operator-1").status == 201
    assert api("PUT", f"{LEAD}/status", {"status": "contacted"}, as_="operator-1", If_Match='"1"').status == 200


def test_the_leads_and_conversations_of_another_account_are_none(api: Api) -> None:
    stored_account()
    wrote("WA 0812-8834-5571")
    other = api("POST", "/v1/accounts", {"name": "Lain", "market": "ID"}, as_="other").json["id"]
    missing = "0" * 32
    for account, cnv, led in (
        (other, CONVERSATION_ID, LEAD_ID),
        (an_account().id, CONVERSATION_ID, LEAD_ID),
        (other, f"cnv_{missing}", f"led_{missing}"),
        (other, "cnv", "led"),
    ):
        base = f"/v1/accounts/{account}"
        replies = [
            api("POST", f"{base}/conversations/{cnv}/lead", as_="other"),
            api("GET", f"{base}/conversations/{cnv}/lead", as_="other"),
            api("PUT", f"{base}/leads/{led}/status", {"status": "contacted"}, as_="other", If_Match="*"),
            api("GET", f"{base}/leads/{led}/activity", as_="other"),
        ]
        assert {(one.status, one.json["code"]) for one in replies} == {(404, "not_found")}
    assert api("POST", f"{CONVERSATION}/lead", as_=None).status == 401
    assert told() == ["lead.created.v1 lead.contact_captured.v1"]


def test_an_expired_lead_is_neither_changed_nor_told_of(api: Api) -> None:
    stored_account(retention_days=1)
    take_in(a_dm("WA 0812-8834-5571"), an_account(retention_days=1), NOON)
    assert moved(api, "contacted", 1).status == 404
    assert api("GET", f"{LEAD}/activity").status == 404


def test_the_history_of_a_lead_that_expired_is_none_of_the_new_one(api: Api) -> None:
    account = stored_account()
    wrote("WA 0812-8834-5571")
    key = {"pk": {"S": f"{account.id}#{LEAD_ID}"}, "sk": {"S": "LEAD"}}
    boto3.client("dynamodb").delete_item(TableName="leads", Key=key)
    marked(api)
    assert len(told()) == 2
    (entry,) = history(api)
    assert (entry["kinds"], entry["actor"]) == (["lead.created"], ADMIN_ID)
