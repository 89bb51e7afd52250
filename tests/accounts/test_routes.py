"""Accounts, identities and who may see them, through the API."""

import time
from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.accounts import store
from chalicelib.accounts.account import IdentityKind, MemberState, Notification, Role
from chalicelib.accounts.identities import prove_by_echo, request_link
from chalicelib.capture.inbound import accounts_of_batch
from chalicelib.capture.message import ChannelAccount
from chalicelib.clock import utc_now
from chalicelib.table import commit
from tests.builders import ADMIN, BUSINESS_ID, NOON, a_dm, a_member, stored_account
from tests.deployment import Api
from tests.issuer import Issuer

REGISTRATION = {"name": "Kopi Senja", "market": "ID", "own_phones": ["+6281100001111"]}


def registered(api: Api) -> str:
    return str(api("POST", "/v1/accounts", REGISTRATION).json["id"])


def test_whoever_registers_an_account_is_its_admin(api: Api) -> None:
    made = api("POST", "/v1/accounts", REGISTRATION)
    assert made.status == 201
    assert made.headers["location"] == f"/v1/accounts/{made.json['id']}"
    read = api("GET", made.headers["location"])
    assert read.status == 200
    assert read.json == made.json
    assert read.json["time_zone"] == "Asia/Jakarta"
    assert read.headers["etag"] == '"1"'
    member = store.find_member(made.json["id"], ADMIN)
    assert member is not None
    assert member.role is Role.ADMIN


def test_a_market_not_served_is_refused_naming_those_served(api: Api) -> None:
    refused = api("POST", "/v1/accounts", REGISTRATION | {"market": "DE"})
    assert refused.status == 422
    assert refused.json["errors"] == [
        {"pointer": "/market", "detail": "is not a market served; served are ID, MY, PH, SG, TH, VN"}
    ]


def test_every_fault_of_a_body_is_told_at_once(api: Api) -> None:
    body = {"name": "", "market": "DE", "own_phones": ["0812"], "own_emails": ["a@b@c"], "colour": "red"}
    refused = api("POST", "/v1/accounts", body)
    assert refused.headers["content-type"] == "application/problem+json"
    assert {one["pointer"] for one in refused.json["errors"]} == {
        "/name", "/market", "/own_phones/0", "/own_emails/0", "/colour",
    }  # fmt: skip
    assert "a@b@c" not in str(refused.json)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"{", 400),
        (b'{"name": "a", "name": "b", "market": "ID"}', 400),
        (b'{"name": NaN, "market": "ID"}', 400),
        (b"[" * 50_000, 400),
        (b"\xff\xfe", 400),
        (b"null", 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'"' + b"x" * 3_100_000 + b'"', 413),
    ],
)
def test_a_body_that_is_none_is_refused(api: Api, raw: bytes, status: int) -> None:
    assert api("POST", "/v1/accounts", raw).status == status


def test_a_registration_is_not_replayed_to_who_is_no_member_any_more(api: Api) -> None:
    made = api("POST", "/v1/accounts", REGISTRATION, as_="bob", Idempotency_Key="k-1").json["id"]
    path = f"/v1/accounts/{made}/members"
    token = api("POST", path, {"role": "admin"}, as_="bob").json["invitation"]
    api("POST", "/v1/invitations/accept", {"token": token}, as_="eve")
    bob = next(one for one in api("GET", path, as_="eve").json["members"] if one["subject"] == "bob")
    tag = api("GET", f"{path}/{bob['id']}", as_="eve").headers["etag"]
    assert api("DELETE", f"{path}/{bob['id']}", as_="eve", If_Match=tag).status == 200
    assert api("POST", "/v1/accounts", REGISTRATION, as_="bob", Idempotency_Key="k-1").status == 404


@pytest.mark.parametrize("time", ["253402300800", "1700000000", "12", "2026-11-22", "yesterday"])
def test_a_time_in_a_query_is_written_as_one(api: Api, time: str) -> None:
    ours = registered(api)
    refused = api("GET", f"/v1/accounts/{ours}/leads?created_from={time}")
    assert refused.json["errors"][0]["parameter"] == "created_from"


def test_of_millions_of_faults_the_first_hundred_are_told(api: Api) -> None:
    body = {**REGISTRATION, **{f"x{number}": number for number in range(100_000)}}
    refused = api("POST", "/v1/accounts", body)
    assert (refused.status, len(refused.json["errors"])) == (422, 100)


def test_a_body_of_another_type_is_refused(api: Api) -> None:
    assert api("POST", "/v1/accounts", b"name=x", Content_Type="text/plain").status == 415


def of_another_algorithm(issuer: Issuer) -> str:
    """Signed with an elliptic key under the id of the issuer's own, which is none."""
    return jwt.encode({"sub": "x"}, ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": issuer.key_id})


REFUSED_TOKENS: dict[str, Callable[[Issuer], str | None]] = {
    "none": lambda _issuer: None,
    "no bearer": lambda issuer: f"Basic {issuer.token()}",
    "no token": lambda _issuer: "Bearer x.y.z",
    "expired": lambda issuer: f"Bearer {issuer.token(exp=int(time.time()) - 60)}",
    "without an end": lambda issuer: f"Bearer {issuer.token(exp=None)}",
    "of another issuer": lambda issuer: f"Bearer {issuer.token(iss='https://other.example')}",
    "an id token": lambda issuer: f"Bearer {issuer.token(token_use='id')}",
    "of another client": lambda issuer: f"Bearer {issuer.token(client_id='stranger')}",
    "signed by another key": lambda issuer: f"Bearer {Issuer(issuer.key_id).token()}",
    "of an unknown key": lambda issuer: f"Bearer {issuer.token(key_id='key-9')}",
    "of another algorithm": lambda issuer: f"Bearer {of_another_algorithm(issuer)}",
    "without a subject": lambda issuer: f"Bearer {issuer.token(sub=None)}",
}


@pytest.mark.parametrize("kind", REFUSED_TOKENS)
def test_a_token_that_is_not_valid_is_401(api: Api, issuer: Issuer, kind: str) -> None:
    header = REFUSED_TOKENS[kind](issuer)
    headers = {"Authorization": header} if header else {}
    refused = api("GET", f"/v1/accounts/acc_{'0' * 32}", as_=None, **headers)
    assert refused.status == 401
    assert refused.json["code"] == "unauthorized"
    assert refused.headers["www-authenticate"] == "Bearer"


def test_an_unsigned_token_is_401(api: Api, issuer: Issuer) -> None:
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": issuer.key_id})
    assert api("GET", f"/v1/accounts/acc_{'0' * 32}", as_=None, Authorization=f"Bearer {unsigned}").status == 401


def test_forged_key_ids_do_not_make_us_ask_the_issuer_each_time(api: Api, issuer: Issuer) -> None:
    before = issuer.asked
    for number in range(10):
        header = f"Bearer {issuer.token(key_id=f'key-{number + 10}')}"
        assert api("GET", f"/v1/accounts/acc_{'0' * 32}", as_=None, Authorization=header).status == 401
    assert issuer.asked - before <= 2


def test_a_foreign_and_a_missing_account_are_answered_alike(api: Api) -> None:
    ours = registered(api)
    foreign = api("GET", f"/v1/accounts/{ours}", as_="stranger")
    missing = api("GET", f"/v1/accounts/acc_{'0' * 32}", as_="stranger")
    malformed = api("GET", "/v1/accounts/x", as_="stranger")
    for one in (foreign, missing, malformed):
        assert one.status == 404
        one.json.pop("request_id")
    assert foreign.json == missing.json == malformed.json


def test_a_pending_member_is_a_stranger(api: Api) -> None:
    ours = registered(api)
    commit(store.add_member(a_member("new", account_id=ours, state=MemberState.PENDING)))
    assert api("GET", f"/v1/accounts/{ours}", as_="new").status == 404


def test_a_role_that_may_not_is_403(api: Api) -> None:
    ours = registered(api)
    commit(store.add_member(a_member("analyst-1", Role.ANALYST, account_id=ours)))
    assert api("GET", f"/v1/accounts/{ours}", as_="analyst-1").status == 200
    asked = {"kind": "business_id", "value": "b-1"}
    assert api("POST", f"/v1/accounts/{ours}/identities", asked, as_="analyst-1").status == 403


def test_an_unknown_path_is_404_in_our_words(api: Api) -> None:
    assert api("GET", "/v1/health", as_=None).json == {"status": "ok"}


def linked_account(business_id: str) -> str | None:
    account = accounts_of_batch()(ChannelAccount("tiktok", business_id))
    return account.id if account else None


def test_a_pending_link_routes_nothing_and_a_deployers_approval_links_it(api: Api) -> None:
    ours = registered(api)
    asked = api("POST", f"/v1/accounts/{ours}/identities", {"kind": "business_id", "value": "b-1"})
    assert (asked.status, asked.json["state"]) == (201, "pending")
    assert linked_account("b-1") is None
    path = f"/v1/accounts/{ours}/identities/{asked.json['id']}/approval"
    assert api("POST", path, {}).status == 403
    for _ in range(2):
        approved = api("POST", path, {}, as_="ops deployers")
        assert (approved.status, approved.json["state"]) == (200, "linked")
    assert linked_account("b-1") == ours
    assert [one["state"] for one in api("GET", f"/v1/accounts/{ours}/identities").json["identities"]] == ["linked"]


def test_a_pending_link_blocks_nobody_and_the_first_to_prove_gets_it(api: Api) -> None:
    first, second = registered(api), registered(api)
    ids = [
        api("POST", f"/v1/accounts/{one}/identities", {"kind": "business_id", "value": "b-1"}).json["id"]
        for one in (first, second)
    ]
    assert api("POST", f"/v1/accounts/{second}/identities/{ids[1]}/approval", {}, as_="ops deployers").status == 200
    taken = api("POST", f"/v1/accounts/{first}/identities/{ids[0]}/approval", {}, as_="ops deployers")
    assert (taken.status, taken.json["code"]) == (409, "identity_taken")
    assert linked_account("b-1") == second


def test_an_approval_of_nothing_is_404(api: Api) -> None:
    path = f"/v1/accounts/{registered(api)}/identities/idn_{'a' * 32}/approval"
    assert api("POST", path, {}, as_="ops deployers").status == 404


def test_an_account_has_a_bounded_number_of_identities(api: Api) -> None:
    ours = registered(api)
    answers = [
        api("POST", f"/v1/accounts/{ours}/identities", {"kind": "advertiser_id", "value": str(number)}).status
        for number in range(51)
    ]
    assert answers == [201] * 50 + [409]


def test_a_list_is_paged_by_a_sealed_cursor(api: Api) -> None:
    account = stored_account()
    for number in range(5):
        at = utc_now() + timedelta(seconds=number)
        commit([store.add_notification(Notification(f"ntf_{number:032d}", account.id, "test", "x", at))])
    path = f"/v1/accounts/{account.id}/notifications"
    seen, cursor = [], ""
    while True:
        page = api("GET", f"{path}?limit=2{cursor}").json
        seen += [one["id"][-1] for one in page["notifications"]]
        if "cursor" not in page:
            break
        cursor = f"&cursor={page['cursor']}"
    assert seen == ["4", "3", "2", "1", "0"]
    assert api("GET", f"{path}?cursor=forged").status == 400
    commit(store.add_member(a_member("other")))
    assert api("GET", f"{path}?limit=2{cursor}", as_="other").status == 400
    for limit in ("0", "101", "x", "1.5", "²"):
        assert api("GET", f"{path}?limit={limit}").status == 422


def test_the_code_shown_for_one_identity_proves_no_other(aws: None) -> None:
    account = stored_account()
    code = request_link(account, "tiktok", IdentityKind.BUSINESS_ID, "b-9", NOON).code
    assert code is not None
    assert prove_by_echo("tiktok", "b-8", f"kode {code}", NOON) is None
    assert prove_by_echo("tiktok", "b-9", f"kode {code}", NOON + timedelta(days=8)) is None
    assert prove_by_echo("tiktok", "b-9", f"kode {code}", NOON) == account.id
    assert a_dm().channel_account.business_id == BUSINESS_ID
