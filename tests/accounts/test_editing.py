"""An account's settings, changed by its admins."""

import json
from typing import Any

import pytest

from chalicelib.accounts import store
from chalicelib.accounts.account import Role
from chalicelib.capture.switch import switch_capture
from chalicelib.clock import utc_now
from chalicelib.http import etag
from chalicelib.table import commit
from tests.builders import a_member, an_account, stored_account
from tests.crashes import Meanwhile, run
from tests.deployment import Api, Reply
from tests.state import rows

pytestmark = pytest.mark.usefixtures("aws")

PATH = f"/v1/accounts/{an_account().id}"


@pytest.fixture(autouse=True)
def _an_account(aws: None) -> None:
    stored_account()


def changed(api: Api, version: int = 1, as_: str = "admin-1", **fields: Any) -> Reply:
    return api("PATCH", PATH, fields, as_=as_, If_Match=etag(version))


def test_settings_are_changed_one_by_one_and_told_without_their_values(api: Api) -> None:
    wanted: dict[str, Any] = {"name": "Kopi Pagi", "time_zone": "Asia/Makassar", "retention_days": 90}
    contacts: dict[str, Any] = {
        "own_phones": ["+62 811-0000-2222", "+6281100002222"],
        "own_emails": ["Halo@Pagi.example"],
    }
    done = changed(api, **wanted, **contacts)
    assert (done.status, done.headers["etag"]) == (200, '"2"')
    assert done.json == api("GET", PATH).json
    assert {name: done.json[name] for name in wanted} == wanted
    assert (done.json["own_phones"], done.json["own_emails"]) == (["+6281100002222"], ["halo@pagi.example"])
    (change,) = rows("changes")
    assert (change["types"], change["version"], change["actor"]) == ("account.updated.v1", 2, a_member("admin-1").id)
    assert json.loads(change["body"]) == {"fields": ["name", "own_emails", "own_phones", "retention_days", "time_zone"]}
    only = changed(api, 2, own_phones=[])
    assert (only.json["own_phones"], only.json["name"]) == ([], "Kopi Pagi")


def test_the_same_again_changes_nothing(api: Api) -> None:
    same: dict[str, Any] = {"name": an_account().name, "own_phones": ["+6281100001111"]}
    for fields in ({}, same):
        assert changed(api, **fields).headers["etag"] == '"1"'
    assert rows("changes") == []


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"name": "", "time_zone": "Mars/Base", "retention_days": 29, "market": "SG"},
         {"/name", "/time_zone", "/retention_days", "/market"}),
        ({"retention_days": 3_651, "own_phones": ["+6281100001111", "0811"], "own_emails": ["a@b@c"]},
         {"/retention_days", "/own_phones/1", "/own_emails/0"}),
        ({"name": None, "own_phones": None}, {"/name", "/own_phones"}),
        ({"own_emails": [f"a{number}@b.example" for number in range(21)]}, {"/own_emails"}),
    ],
)  # fmt: skip
def test_every_fault_is_told_at_once(api: Api, fields: dict[str, Any], pointers: set[str]) -> None:
    refused = changed(api, **fields)
    assert refused.status == 422
    assert {one["pointer"] for one in refused.json["errors"]} == pointers


def test_a_change_names_the_state_it_knows(api: Api) -> None:
    assert api("PATCH", PATH, {"name": "x"}).json["code"] == "version_required"
    changed(api, name="Kopi Pagi")
    assert changed(api, name="Kopi Malam").json["code"] == "stale"


def test_a_change_in_between_is_not_overwritten(api: Api) -> None:
    def switch() -> None:
        account = store.get(an_account().id)
        assert account is not None
        switch_capture(account, is_on=False, by="x", now=utc_now())

    replies: list[Reply] = []
    run(lambda: replies.append(changed(api, name="Kopi Pagi")), [Meanwhile(2, switch)])
    assert (replies[0].status, replies[0].json["code"]) == (409, "changed_meanwhile")
    account = store.get(an_account().id)
    assert account is not None
    assert (account.capture.is_on, account.name) == (False, "Kopi Senja")


def test_only_admins_change_settings(api: Api) -> None:
    commit(store.add_member(a_member("operator-1", Role.OPERATOR)))
    assert changed(api, as_="operator-1", name="x").status == 403
    assert changed(api, as_="stranger", name="x").status == 404
