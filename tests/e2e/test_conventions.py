"""What holds for every route, on the packaged API: entity tags, idempotency keys, cursors, tenants, strict bodies."""

import base64
import hashlib
import secrets
import time
from typing import Any

import pytest
from cryptography.fernet import Fernet

from chalicelib.cursor import LIFETIME_SECONDS
from infra.demo import Demo
from infra.stack import Answer, Stack

REGISTRATION = {"name": "Warung Bu Tini", "market": "ID"}


@pytest.fixture(scope="module")
def stranger(stack: Stack) -> str:
    """A token of somebody who is in no account."""
    return stack.token_of("stranger@elsewhere.example")


@pytest.fixture(scope="module")
def account(stack: Stack, demo: Demo) -> str:
    """An account of the demo's admin, for tests that change things."""
    made = stack.api("POST", "/v1/accounts", demo.token, REGISTRATION)
    assert made.status == 201, made.body
    return f"/v1/accounts/{made.body['id']}"


def a_lead(stack: Stack, demo: Demo, account: str) -> Answer:
    asked = {"name": "Ibu Sari", "contacts": [{"kind": "phone", "value": "0812-3456-7802"}]}
    made = stack.api("POST", f"{account}/leads", demo.token, asked)
    assert made.status == 201, made.body
    return made


def refused(answer: Answer, status: int, code: str) -> dict[str, Any]:
    """The problem details, checked."""
    assert (answer.status, answer.body.get("code")) == (status, code), answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["status"] == status
    assert answer.body["detail"]
    assert answer.headers["x-request-id"] == answer.body["request_id"]
    problem: dict[str, Any] = answer.body
    return problem


def test_a_change_needs_the_tag_of_what_was_read(stack: Stack, demo: Demo, account: str) -> None:
    lead = a_lead(stack, demo, account)
    path = f"{account}/leads/{lead.body['id']}"
    tag = stack.api("GET", path, demo.token).headers["etag"]
    refused(stack.api("PUT", f"{path}/status", demo.token, {"status": "contacted"}), 428, "version_required")
    moved = stack.api("PUT", f"{path}/status", demo.token, {"status": "contacted"}, {"If-Match": tag})
    assert moved.status == 200
    assert moved.headers["etag"] != tag
    stale = stack.api("PATCH", path, demo.token, {"company": "Toko Sari"}, {"If-Match": tag})
    refused(stale, 412, "stale")
    fresh = stack.api("PATCH", path, demo.token, {"company": "Toko Sari"}, {"If-Match": moved.headers["etag"]})
    assert fresh.status == 200


def test_a_post_under_the_same_key_is_done_once(stack: Stack, demo: Demo, account: str) -> None:
    lead = a_lead(stack, demo, account)
    path, key = f"{account}/leads/{lead.body['id']}/notes", {"Idempotency-Key": secrets.token_hex(8)}
    first = stack.api("POST", path, demo.token, {"text": "Telepon besok"}, key)
    again = stack.api("POST", path, demo.token, {"text": "Telepon besok"}, key)
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert len(stack.api("GET", path, demo.token).body["notes"]) == 1
    altered = stack.api("POST", path, demo.token, {"text": "Telepon lusa"}, key)
    refused(altered, 422, "idempotency_key_reused")


def test_a_cursor_is_sealed_for_its_caller_its_list_and_a_day(stack: Stack, demo: Demo, account: str) -> None:
    for _ in range(3):
        a_lead(stack, demo, account)
    page = stack.api("GET", f"{account}/leads?limit=1", demo.token).body
    cursor = page["cursor"]
    assert page["leads"][0]["id"] not in base64.urlsafe_b64decode(cursor + "===").decode("latin-1")
    second = stack.api("GET", f"{account}/leads?limit=1&cursor={cursor}", demo.token)
    assert second.body["leads"][0]["id"] != page["leads"][0]["id"]
    forged = cursor[:-4] + ("AAAA" if cursor[-4:] != "AAAA" else "BBBB")
    refused(stack.api("GET", f"{account}/leads?cursor={forged}", demo.token), 400, "invalid_cursor")
    refused(stack.api("GET", f"{account}/leads?order=activity&cursor={cursor}", demo.token), 400, "invalid_cursor")
    refused(stack.api("GET", f"{account}/conversations?cursor={cursor}", demo.token), 400, "invalid_cursor")
    colleague = stack.token_of("colleague@kopisenja.example")
    invited = stack.api("POST", f"{account}/members", demo.token, {"role": "operator"}).body
    accepted = stack.api("POST", "/v1/invitations/accept", colleague, {"token": invited["invitation"]})
    assert accepted.status == 200, accepted.body
    refused(stack.api("GET", f"{account}/leads?limit=1&cursor={cursor}", colleague), 400, "invalid_cursor")
    refused(stack.api("GET", f"{account}/leads?cursor={_aged(stack, cursor)}", demo.token), 400, "invalid_cursor")


def _aged(stack: Stack, cursor: str) -> str:
    """The same cursor as it would have been sealed a day and a second ago."""
    arn = stack.outputs["CursorSecretArn"]
    secret = stack.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    box = Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()))
    content = box.decrypt((cursor + "=" * (-len(cursor) % 4)).encode())
    same = box.encrypt_at_time(content, int(time.time())).decode().rstrip("=")
    assert len(same) == len(cursor)
    return box.encrypt_at_time(content, int(time.time()) - LIFETIME_SECONDS - 1).decode().rstrip("=")


def test_what_is_another_tenants_is_not_there(stack: Stack, demo: Demo, account: str, stranger: str) -> None:
    lead = a_lead(stack, demo, account).body["id"]
    own = stack.api("POST", "/v1/accounts", stranger, REGISTRATION).body["id"]
    nothing = "0" * 32
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/leads", None),
        ("GET", f"/leads/{lead}", None),
        ("POST", f"/leads/{lead}/notes", {"text": "x"}),
        ("GET", "/conversations", None),
        ("GET", "/notifications", None),
        ("GET", "/capture", None),
    ):
        foreign = stack.api(method, account + path, stranger, body)
        missing = stack.api(method, f"/v1/accounts/acc_{nothing}{path}", stranger, body)
        assert _without_id(foreign) == _without_id(missing)
        refused(foreign, 404, "not_found")
    through_own = stack.api("GET", f"/v1/accounts/{own}/leads/{lead}", stranger)
    missing = stack.api("GET", f"/v1/accounts/{own}/leads/led_{nothing}", stranger)
    assert _without_id(through_own) == _without_id(missing)


def _without_id(answer: Answer) -> tuple[int, Any]:
    return answer.status, {name: one for name, one in answer.body.items() if name != "request_id"}


def test_every_fault_of_a_body_is_told_at_once_and_no_value(stack: Stack, demo: Demo, account: str) -> None:
    asked = {
        "upload_id": "upl_x",
        "company": {
            "legal_name": "",
            "country": "Indonesia",
            "address": "Jl. Melati 1",
            "contact_email": "not-an-address",
            "contact_phone": "12",
            "favourite_colour": "red",
        },
        "capture_from": "yesterday",
    }
    problem = refused(stack.api("POST", f"{account}/capture/applications", demo.token, asked), 422, "invalid")
    assert {one["pointer"] for one in problem["errors"]} == {
        "/upload_id",
        "/company/legal_name",
        "/company/country",
        "/company/contact_person",
        "/company/contact_email",
        "/company/contact_phone",
        "/company/favourite_colour",
        "/capture_from",
    }
    assert "not-an-address" not in str(problem)


def test_what_is_no_field_or_parameter_is_told(stack: Stack, demo: Demo, account: str) -> None:
    problem = refused(stack.api("GET", f"{account}/leads?statuss=raw", demo.token), 422, "invalid")
    assert problem["errors"] == [{"parameter": "statuss", "detail": "is not a field of this request"}]
    asked = {"is_on": True, "since": "now"}
    tag = {"If-Match": stack.api("GET", f"{account}/capture", demo.token).headers["etag"]}
    problem = refused(stack.api("PUT", f"{account}/capture", demo.token, asked, tag), 422, "invalid")
    assert [one["pointer"] for one in problem["errors"]] == ["/since"]


def test_a_token_that_is_none_is_401_and_a_path_that_is_none_404(stack: Stack, demo: Demo, account: str) -> None:
    for token in (None, "x", demo.token[:-3] + "AAA"):
        answer = stack.api("GET", account, token)
        refused(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"
    refused(stack.api("GET", "/v1/nothing?at=all", demo.token), 404, "not_found")
    assert stack.api("DELETE", "/v1/me", demo.token).status == 404


def test_pages_of_listed_origins_may_call_and_no_others(stack: Stack, demo: Demo, account: str) -> None:
    listed = {"Origin": "https://localhost", "Access-Control-Request-Method": "PATCH"}
    asked = stack.api("OPTIONS", f"{account}/leads/led_{'0' * 32}", headers=listed)
    assert asked.status == 204
    assert asked.headers["access-control-allow-origin"] == "https://localhost"
    assert "PATCH" in asked.headers["access-control-allow-methods"]
    assert "If-Match" in asked.headers["access-control-allow-headers"]
    read = stack.api("GET", account, demo.token, headers={"Origin": "https://localhost"})
    assert read.headers["access-control-allow-origin"] == "https://localhost"
    assert "ETag" in read.headers["access-control-expose-headers"]
    failed = stack.api("GET", account, None, headers={"Origin": "https://localhost"})
    assert failed.headers["access-control-allow-origin"] == "https://localhost"
    other = stack.api("GET", account, demo.token, headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers
