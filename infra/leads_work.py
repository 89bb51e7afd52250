"""The work on leads, as the help page of the original goes through it: from *See details* to assigning a colleague.

**Repeats**: played again, it finds what it did before and changes no more than a status.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from chalicelib.clock import utc_now
from infra.console import StopError, say
from infra.demo import DEPLOYER, STEP_SECONDS, Demo, expected
from infra.stack import wait_for

PEOPLE = {"operator": "Sales", "pending": "New colleague"}


def work_the_leads(demo: Demo, captured_in: str, unmarked: str) -> None:
    """Every step, in the help page's order; raises StopError at the first that does not do what it should.

    `captured_in` is a conversation in which a contact was captured, `unmarked` one without a contact.
    """
    lead_id = _see_details(demo, captured_in)
    _edit_card(demo, lead_id)
    marked = _mark_as_lead(demo, unmarked)
    _update_status_in_chat(demo, marked, unmarked)
    _receive_paid_lead(demo)
    _list_leads(demo)
    _update_status_in_list(demo, lead_id)
    _assign(demo, lead_id)


def _see_details(demo: Demo, conversation_id: str) -> str:
    thread = demo.call("GET", f"/conversations/{conversation_id}/messages").body["messages"]
    lead_id = next((one["lead_id"] for one in thread if one["lead_id"] and one["direction"] == "inbound"), None)
    _ensure(lead_id is not None, "no message of the conversation names its lead")
    card = demo.call("GET", f"/leads/{lead_id}").body
    _ensure(bool(card["contacts"]), "the card has no contact")
    say(f"See details: the message leads to {_who(card)}'s card with {len(card['contacts'])} contact(s)")
    return str(lead_id)


def _edit_card(demo: Demo, lead_id: str) -> None:
    path = f"/leads/{lead_id}"
    tag = demo.call("GET", path).headers["etag"]
    asked = {"company": "Toko Contoh", "fields": {"size": "L"}}
    card = demo.call("PATCH", path, asked, tag=tag).body
    _ensure(card["company"] == "Toko Contoh", "the card did not keep the company")
    if not demo.call("GET", f"{path}/notes").body["notes"]:
        demo.call("POST", f"{path}/notes", {"text": "Prefers to be called after six."})
    say("Contact card: company and a field of one's own filled in, a note added")


def _mark_as_lead(demo: Demo, conversation_id: str) -> str:
    is_new = demo.tried("GET", f"/conversations/{conversation_id}/lead").status == 404
    lead = demo.call("POST", f"/conversations/{conversation_id}/lead").body
    _ensure(not is_new or lead["status"] == "raw", f"a newly marked lead is {lead['status']}, not raw")
    say(f"Mark as lead: a conversation without a contact is a lead, {'raw' if is_new else 'since an earlier run'}")
    return str(lead["id"])


def _update_status_in_chat(demo: Demo, lead_id: str, conversation_id: str) -> None:
    before, after = _move(demo, lead_id, conversation_id)
    thread = demo.call("GET", f"/conversations/{conversation_id}/messages").body["messages"]
    told = next((one["details"] for one in thread if one["direction"] == "activity"), None)
    details: dict[str, Any] = told or {}
    _ensure((details.get("from"), details.get("to")) == (before, after), "the thread does not tell of the status")
    say(f"Update lead status: {before} → {after}, and the conversation tells of it")


def _move(demo: Demo, lead_id: str, conversation_id: str | None = None) -> tuple[str, str]:
    """The status before and after: contacted, or qualified if it was contacted."""
    read = demo.call("GET", f"/leads/{lead_id}")
    before = str(read.body["status"])
    after = "qualified" if before == "contacted" else "contacted"
    asked = {"status": after} | ({"conversation_id": conversation_id} if conversation_id else {})
    moved = demo.call("PUT", f"/leads/{lead_id}/status", asked, tag=read.headers["etag"]).body
    _ensure(moved["status"] == after, "the status has not changed")
    return before, after


def _receive_paid_lead(demo: Demo) -> None:
    """An entry of an instant form, by the platform's lead webhook; once, however often it comes."""
    advertiser_id = _number(demo.account_id, "advertiser")
    _ensure_advertiser(demo, str(advertiser_id))
    entry = {
        "id": _number(demo.account_id, "entry"),
        "lead_source": "INSTANT_FORM",
        "page_id": 7126711421177430001,
        "page_name": "Price list",
        "advertiser_id": advertiser_id,
        "advertiser_name": "",
        "library_id": 0,
        "campaign_id": 7126711421177430002,
        "campaign_name": "Launch",
        "adgroup_id": 7126711421177430003,
        "adgroup_name": "Near by",
        "ad_id": 7126711421177430004,
        "ad_name": "Video",
        "create_time": int(utc_now().timestamp()),
        "changes": [{"field": name, "value": value} for name, value in demo.sample["form"].items()],
    }
    for _ in range(2):
        expected(demo.stack.lead_webhook(entry))
    wait_for(lambda: _paid(demo), STEP_SECONDS, "the paid lead of the form")
    say("Paid lead: a form entry came by signed webhook, twice, and is one lead")


def _ensure_advertiser(demo: Demo, advertiser_id: str) -> None:
    identity = demo.call("POST", "/identities", {"kind": "advertiser_id", "value": advertiser_id}).body
    if identity["state"] == "pending":
        token = demo.stack.token_of(DEPLOYER, "deployers")
        demo.call("POST", f"/identities/{identity['id']}/approval", {}, token=token)


def _paid(demo: Demo) -> list[dict[str, Any]]:
    leads: list[dict[str, Any]] = demo.call("GET", "/leads?source=paid").body["leads"]
    return leads


def _list_leads(demo: Demo) -> None:
    paid, organic = _paid(demo), demo.call("GET", "/leads?source=organic").body["leads"]
    _ensure(len(paid) == 1 and bool(organic), "the list does not hold paid and organic leads")
    everything = demo.call("GET", "/leads").body["leads"]
    _ensure({"paid", "organic"} == {one["source"] for one in everything}, "the list does not hold both sources")
    say(f"Leads Center: {len(everything)} leads, organic and paid")


def _update_status_in_list(demo: Demo, lead_id: str) -> None:
    before, after = _move(demo, lead_id)
    say(f"Status in the list: {before} → {after}")


def _assign(demo: Demo, lead_id: str) -> None:
    operator, pending = _colleague(demo), _pending_colleague(demo)
    path = f"/leads/{lead_id}/assignee"
    tag = demo.call("GET", f"/leads/{lead_id}").headers["etag"]
    refused = demo.tried("PUT", path, {"member_id": pending}, tag=tag)
    _ensure((refused.status, refused.body["code"]) == (409, "assignee_pending"), "a pending colleague was not refused")
    assigned = demo.call("PUT", path, {"member_id": operator}, tag=tag).body
    _ensure(assigned["assignee"] == operator, "the lead was not assigned")
    say("Assigned to a colleague; one who has not accepted the invitation yet was refused (assignee_pending)")


def _colleague(demo: Demo) -> str:
    """An operator who has accepted the invitation."""
    token = demo.stack.token_of(demo.admin.replace("admin@", "sales@"))
    memberships = expected(demo.stack.api("GET", "/v1/me", token)).body["memberships"]
    known = next((one["member_id"] for one in memberships if one["account_id"] == demo.account_id), None)
    if known is not None:
        return str(known)
    invited = demo.call("POST", "/members", {"role": "operator", "name": PEOPLE["operator"]}).body
    asked = {"token": invited["invitation"]}
    expected(demo.stack.api("POST", "/v1/invitations/accept", token, asked))
    return str(invited["id"])


def _pending_colleague(demo: Demo) -> str:
    members = demo.call("GET", "/members?limit=100").body["members"]
    known = next((one["id"] for one in members if one["state"] == "pending"), None)
    return str(known or demo.call("POST", "/members", {"role": "operator", "name": PEOPLE["pending"]}).body["id"])


def _number(*parts: str) -> int:
    """A number of 19 digits, as the platform's ids are; the same for the same parts."""
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return 7 * 10**18 + int.from_bytes(digest[:7], "big")


def _who(card: Mapping[str, Any]) -> str:
    return str(card["name"] or card["customer"]["name"] or card["customer"]["username"] or "somebody")


def _ensure(is_so: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not is_so:
        raise StopError(f"The story went wrong: {otherwise}.")
