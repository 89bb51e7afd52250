"""The inbox as a member sees it: what is for them, what they have read, and where it leads."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts import store
from chalicelib.accounts.account import EVERYBODY, Notification, Role
from chalicelib.ids import ordered_id
from chalicelib.table import commit, write_one
from tests.builders import ADMIN, NOON, a_member, an_account, stored_account
from tests.deployment import Api, Reply
from tests.state import rows

pytestmark = pytest.mark.usefixtures("aws")

ACCOUNT = an_account().id
INBOX = f"/v1/accounts/{ACCOUNT}/notifications"
ANALYST = a_member("analyst-1", Role.ANALYST)


@pytest.fixture(autouse=True)
def _an_account_with_an_analyst(aws: None) -> None:
    stored_account()
    commit(store.add_member(ANALYST))


def notified(number: int, *, audience: str = EVERYBODY, subject: str = "app_" + "1" * 32, of: str = ACCOUNT) -> str:
    at = NOON + timedelta(minutes=number)
    id_ = ordered_id("ntf", at, of, str(number))
    write_one(store.add_notification(Notification(id_, of, "test", subject, at, ("why",), audience)))
    return id_


def listed(api: Api, query: str = "", as_: str = ADMIN) -> list[dict[str, Any]]:
    """All entries, page by page."""
    seen, cursor = [], ""
    while True:
        page = api("GET", f"{INBOX}?limit=3{query}{cursor}", as_=as_)
        assert page.status == 200
        seen += page.json["notifications"]
        if "cursor" not in page.json:
            return seen
        cursor = f"&cursor={page.json['cursor']}"


def read(api: Api, *ids: str, as_: str = ADMIN) -> Reply:
    return api("POST", f"{INBOX}/read", {"ids": list(ids)}, as_=as_)


def test_a_mark_is_of_one_member_and_may_be_set_again(api: Api) -> None:
    ids = [notified(number) for number in range(4)]
    for _ in range(2):
        marked = read(api, ids[1], ids[3], ids[3])
        assert (marked.status, marked.json) == (200, {"unread": 2})
    assert [one["is_read"] for one in listed(api)] == [True, False, True, False]
    assert [one["is_read"] for one in listed(api, as_="analyst-1")] == [False] * 4
    assert api("GET", INBOX).json["unread"] == 2
    assert api("GET", INBOX, as_="analyst-1").json["unread"] == 4
    assert [one["id"] for one in listed(api, "&unread=true")] == [ids[2], ids[0]]
    assert len([row for row in rows("accounts") if row["kind"] == "read"]) == 2


def test_what_is_for_one_member_is_for_no_other(api: Api) -> None:
    mine = notified(1, audience=ANALYST.id)
    ours = notified(2)
    assert [one["id"] for one in listed(api)] == [ours]
    assert [one["id"] for one in listed(api, as_="analyst-1")] == [ours, mine]
    assert api("GET", INBOX).json["unread"] == 1
    assert api("GET", f"{INBOX}/{mine}").status == 404
    assert api("GET", f"{INBOX}/{mine}", as_="analyst-1").json["id"] == mine
    refused = read(api, ours, mine, "ntf_" + "0" * 32)
    assert refused.status == 422
    assert [one["pointer"] for one in refused.json["errors"]] == ["/ids/1", "/ids/2"]
    assert api("GET", INBOX).json["unread"] == 1


def test_a_notification_of_another_account_is_none(api: Api) -> None:
    other = str(api("POST", "/v1/accounts", {"name": "Lain", "market": "ID"}, as_="other").json["id"])
    theirs = notified(1, of=other)
    assert api("GET", f"{INBOX}/{theirs}").status == 404
    assert read(api, theirs).status == 422
    assert listed(api) == []


@pytest.mark.parametrize(
    ("subject", "link"),
    [
        ("app_" + "1" * 32, "/capture/applications/app_" + "1" * 32),
        ("led_" + "1" * 32, "/leads/led_" + "1" * 32),
        ("mem_" + "1" * 32, "/members/mem_" + "1" * 32),
    ],
)
def test_a_notification_leads_to_its_subject(api: Api, subject: str, link: str) -> None:
    one = api("GET", f"{INBOX}/{notified(1, subject=subject)}").json
    assert one["link"] == f"/v1/accounts/{ACCOUNT}{link}"
    assert one["reasons"] == ["why"]


def test_what_has_no_page_leads_nowhere(api: Api) -> None:
    assert api("GET", f"{INBOX}/{notified(1, subject='x')}").json["link"] is None


@pytest.mark.parametrize(
    "ids", [[], ["ntf_" + "0" * 32] * 101, ["x"], [1], None, ["ntf_" + "A" * 32, "ntf_" + "0" * 32 + "\n"]]
)
def test_faulty_ids_are_refused(api: Api, ids: Any) -> None:
    assert api("POST", f"{INBOX}/read", {"ids": ids}).status == 422


def test_a_hundred_are_marked_at_once(api: Api) -> None:
    ids = [notified(number) for number in range(100)]
    assert read(api, *ids).json == {"unread": 0}
    assert listed(api, "&unread=true") == []


def test_a_page_looks_at_a_bounded_number_and_says_where_it_goes_on(api: Api) -> None:
    oldest = notified(0)
    for number in range(1, 405):
        notified(number, audience=ANALYST.id)
    page = api("GET", f"{INBOX}?unread=true").json
    assert (page["notifications"], page["unread"]) == ([], 0)
    rest = api("GET", f"{INBOX}?unread=true&cursor={page['cursor']}").json
    assert [one["id"] for one in rest["notifications"]] == [oldest]
    assert "cursor" not in rest
    assert api("GET", f"{INBOX}?unread=perhaps").json["errors"][0]["parameter"] == "unread"


def test_a_machine_reads_the_inbox_too(api: Api) -> None:
    commit(store.add_member(a_member("crm", Role.OPERATOR, is_machine=True)))
    one = notified(1)
    assert read(api, one, as_="crm").json == {"unread": 0}
    assert api("GET", INBOX).json["unread"] == 1
