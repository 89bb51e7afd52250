"""Idempotency keys, through the API: a POST sent twice under one key is done once."""

from datetime import timedelta

import pytest

from chalicelib import idempotency
from chalicelib.clock import utc_now
from tests.builders import NOON
from tests.crashes import Cut, CutOffError, Disturbance, disturbed
from tests.deployment import Api
from tests.state import rows

REGISTRATION = {"name": "Kopi Senja", "market": "ID"}


def kept(table: str, kind: str) -> list[str]:
    return [row["pk"] for row in rows(table) if row["kind"] == kind]


def test_a_replay_answers_the_resource_as_it_is(api: Api) -> None:
    first = api("POST", "/v1/accounts", REGISTRATION, Idempotency_Key="k-1")
    again = api("POST", "/v1/accounts", REGISTRATION, Idempotency_Key="k-1")
    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert len(kept("accounts", "account")) == 1
    assert api("POST", "/v1/accounts", REGISTRATION, Idempotency_Key="k-2").json["id"] != first.json["id"]


def test_a_key_is_its_callers_own(api: Api) -> None:
    first = api("POST", "/v1/accounts", REGISTRATION, Idempotency_Key="k-1")
    other = api("POST", "/v1/accounts", REGISTRATION, as_="someone-else", Idempotency_Key="k-1")
    assert first.json["id"] != other.json["id"]


def test_another_body_under_the_same_key_is_refused(api: Api) -> None:
    api("POST", "/v1/accounts", REGISTRATION, Idempotency_Key="k-1")
    refused = api("POST", "/v1/accounts", {**REGISTRATION, "name": "Lain"}, Idempotency_Key="k-1")
    assert (refused.status, refused.json["code"]) == (422, "idempotency_key_reused")


def test_a_refused_request_frees_its_key(api: Api) -> None:
    assert api("POST", "/v1/accounts", {"market": "ID"}, Idempotency_Key="k-1").status == 422
    assert api("POST", "/v1/accounts", REGISTRATION, Idempotency_Key="k-1").status == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "schlüssel"])
def test_a_key_that_is_none_is_a_fault(api: Api, key: str) -> None:
    refused = api("POST", "/v1/accounts", REGISTRATION, Idempotency_Key=key)
    assert refused.status == 422
    assert refused.json["errors"][0]["header"] == "Idempotency-Key"


def test_a_request_that_still_runs_is_waited_for(aws: None) -> None:
    first = idempotency.claim(("caller", "key"), "hash", "acc_1", NOON)
    assert first.is_first
    with pytest.raises(idempotency.StillRunningError):
        idempotency.claim(("caller", "key"), "hash", "acc_2", NOON + timedelta(seconds=10))
    later = idempotency.claim(("caller", "key"), "hash", "acc_3", NOON + timedelta(minutes=1))
    assert (later.is_first, later.resource_id, later.status) == (False, "acc_1", None)
    idempotency.settle(first, 201)  # the first one, late: it has lost its right
    idempotency.settle(later, 200)
    assert idempotency.claim(("caller", "key"), "hash", "acc_4", NOON + timedelta(minutes=2)).status == 200


def test_a_key_holds_for_a_day(aws: None) -> None:
    idempotency.settle(idempotency.claim(("caller", "key"), "hash", "acc_1", NOON), 201)
    anew = idempotency.claim(("caller", "key"), "other", "acc_2", NOON + timedelta(hours=25))
    assert (anew.is_first, anew.resource_id) == (True, "acc_2")


def calls_of_one_request(api: Api) -> int:
    with disturbed([]) as progress:
        api("POST", "/v1/accounts", REGISTRATION, Idempotency_Key="counted")
    return progress.made


def test_cut_off_at_any_call_a_request_that_comes_again_makes_one_account(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = calls_of_one_request(api)
    assert calls >= 3
    before = len(kept("accounts", "account"))
    plans: list[Disturbance] = [Cut(call, is_after) for call in range(calls) for is_after in (False, True)]
    for place, cut in enumerate(plans):
        key = f"k-{place}"
        with disturbed([cut]), pytest.raises(CutOffError):
            api("POST", "/v1/accounts", REGISTRATION, Idempotency_Key=key)
        with monkeypatch.context() as patch:  # the client comes again once the first can't run any more
            patch.setattr("chalicelib.http.utc_now", lambda: utc_now() + timedelta(minutes=1))
            again = api("POST", "/v1/accounts", REGISTRATION, Idempotency_Key=key)
        assert again.status in {200, 201}
        assert len(kept("accounts", "account")) == before + place + 1, cut
