"""Applying through the API: uploads, checks before, faults, lists, and who may see and do what."""

import re
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Role
from chalicelib.clock import utc_now, written
from chalicelib.review import verdict
from chalicelib.review.decisions import withdraw
from chalicelib.table import commit
from tests.builders import NOON, a_member, stored_account
from tests.deployment import Api
from tests.review.applications import (
    GOOD,
    INCOMPLETE,
    LATER,
    UNREADABLE,
    UPLOAD,
    applied,
    stored_applicant,
    submitted,
    upload,
)
from tests.state import change_types, rows

pytestmark = pytest.mark.usefixtures("aws")

COMPANY_BODY = {
    "legal_name": "PT Kopi Senja Nusantara",
    "country": "ID",
    "address": "Jalan Contoh 1, Jakarta",
    "contact_person": "Dewi",
    "contact_email": "privasi@kopisenja.example",
    "contact_phone": "+6281100001111",
}


def base(account_id: str) -> str:
    return f"/v1/accounts/{account_id}/capture"


def test_the_whole_way_through_the_api(api: Api) -> None:
    account = stored_applicant()
    base = f"/v1/accounts/{account.id}/capture"
    form = api("POST", f"{base}/policy-uploads", {"filename": "policy.md"})
    assert form.status == 201
    assert form.json["fields"]["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    assert form.json["fields"]["key"] == f"policies/{account.id}/{form.json['upload_id']}"
    boto3.client("s3").put_object(Bucket="documents", Key=form.json["fields"]["key"], Body=(GOOD).read_bytes())
    asked = {"upload_id": form.json["upload_id"], "company": COMPANY_BODY, "capture_from": written(NOON)}
    made = api("POST", f"{base}/applications", asked)
    assert (made.status, made.json["state"]) == (201, "in_review")
    assert api("POST", f"{base}/applications", asked).json["code"] == "application_in_review"
    verdict.check(account.id, made.json["id"], LATER)
    read = api("GET", made.headers["location"])
    assert (read.json["state"], read.json["reasons"]) == ("approved", [])
    assert {one["check"] for one in read.json["findings"]} >= {"controller", "contact", "purposes"}
    state = api("GET", base)
    assert (state.json["is_on"], state.json["is_approved"]) == (True, True)
    assert [one["code"] for one in api("GET", f"/v1/accounts/{account.id}/notifications").json["notifications"]] == [
        "application.approved"
    ]


def test_the_toggle_wants_to_know_which_state_it_changes(api: Api) -> None:
    account = stored_account()
    path = f"/v1/accounts/{account.id}/capture"
    assert api("PUT", path, {"is_on": False}).status == 428
    assert api("PUT", path, {"is_on": False}, If_Match='"7"').status == 412
    off = api("PUT", path, {"is_on": False}, If_Match='"1"')
    assert (off.status, off.json["is_on"]) == (200, False)
    assert off.json["intervals"][0]["end"] is not None
    on = api("PUT", path, {"is_on": True}, If_Match=off.headers["etag"])
    assert len(on.json["intervals"]) == 2
    same = api("PUT", path, {"is_on": True}, If_Match=on.headers["etag"])
    assert same.headers["etag"] == on.headers["etag"]
    assert change_types() == ["capture.switched.v1"] * 2


def test_all_faults_of_company_information_are_told_at_once(api: Api) -> None:
    account = stored_applicant()
    company = {
        "legal_name": " ",
        "country": "Indonesia",
        "contact_email": "dewi",
        "contact_phone": "0811",
        "website": "x",
    }
    refused = api("POST", f"/v1/accounts/{account.id}/capture/applications", {"upload_id": "u", "company": company})
    assert refused.status == 422
    assert {one["pointer"] for one in refused.json["errors"]} == {
        "/upload_id", "/company/legal_name", "/company/country", "/company/address", "/company/contact_person",
        "/company/contact_email", "/company/contact_phone", "/company/website",
    }  # fmt: skip


# What the API shows


def test_applications_are_listed_newest_first_page_by_page(api: Api) -> None:
    account = stored_applicant()
    made = []
    for number in range(5):
        made.append(applied(account, at=NOON + timedelta(minutes=number)).id)
        withdraw(account.id, made[-1], by="mem_1", now=NOON + timedelta(minutes=number))
    seen: list[str] = []
    cursor, pages = "", 0
    while True:
        page = api("GET", f"{base(account.id)}/applications?limit=2{cursor}").json
        seen, pages = seen + [one["id"] for one in page["applications"]], pages + 1
        if "cursor" not in page:
            break
        cursor = f"&cursor={page['cursor']}"
    assert (seen, pages) == (made[::-1], 3)
    assert "findings" not in page["applications"][0]
    assert api("GET", f"{base(account.id)}/applications", as_="stranger").status == 404


def test_an_analyst_sees_whom_to_reach_at_the_company_masked(api: Api) -> None:
    application = submitted()
    verdict.check(application.account_id, application.id, LATER)
    commit(accounts.add_member(a_member("analyst-1", Role.ANALYST)))
    path = f"{base(application.account_id)}/applications"
    read = api("GET", f"{path}/{application.id}", as_="analyst-1").json
    assert read["company"]["contact_email"] == "p•••@kopisenja.example"
    assert (read["decided_by"], read["findings"][0]["quote"]) == ("system", None)
    for shown in (read, api("GET", path, as_="analyst-1").json):
        assert not re.search(r"privasi@|\+6281100001111|Dewi", str(shown))
    assert "privasi@" in str(api("GET", f"{path}/{application.id}").json)


def test_the_same_key_answers_the_same_form_key_and_the_same_application(api: Api) -> None:
    account = stored_applicant()
    forms = [
        api("POST", f"{base(account.id)}/policy-uploads", {"filename": "policy.md"}, Idempotency_Key="k") for _ in "ab"
    ]
    assert [one.status for one in forms] == [201, 201]
    assert forms[0].json["upload_id"] == forms[1].json["upload_id"]
    upload_id = forms[0].json["upload_id"]
    boto3.client("s3").put_object(Bucket="documents", Key=forms[1].json["fields"]["key"], Body=GOOD.read_bytes())
    asked = {"upload_id": upload_id, "company": COMPANY_BODY}
    path = f"{base(account.id)}/applications"
    made = [api("POST", path, asked, Idempotency_Key="k") for _ in "ab"]
    assert [one.status for one in made] == [201, 201]
    assert made[0].json == made[1].json
    assert made[0].headers["location"] == made[1].headers["location"] == f"{path}/{made[0].json['id']}"
    withdraw(account.id, made[0].json["id"], by="mem_1", now=utc_now())
    assert api("POST", path, asked, Idempotency_Key="k").json["state"] == "withdrawn"
    assert change_types() == ["application.submitted.v1", "application.withdrawn.v1"]


@pytest.mark.parametrize("filename", ["", ".env", "a\n", 'a".pdf', "a/b.pdf", "ä.pdf", "x" * 101])
def test_a_filename_that_no_header_holds_is_a_fault(api: Api, filename: str) -> None:
    account = stored_account()
    assert api("POST", f"{base(account.id)}/policy-uploads", {"filename": filename}).status == 422


@pytest.mark.parametrize(
    "capture_from",
    ["1999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "in an hour"],
)
def test_capture_from_is_neither_ahead_nor_before_any_message(api: Api, capture_from: str) -> None:
    account = stored_applicant()
    upload(GOOD, account.id)
    if capture_from == "in an hour":
        capture_from = written(utc_now() + timedelta(hours=1))
    asked = {"upload_id": UPLOAD, "company": COMPANY_BODY, "capture_from": capture_from}
    refused = api("POST", f"{base(account.id)}/applications", asked)
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/capture_from")
    assert change_types() == []


# Asking before submitting


@pytest.mark.parametrize(
    ("policy", "expected"), [(GOOD, "approved"), (INCOMPLETE, "rejected"), (UNREADABLE, "needs_reviewer")]
)
def test_the_findings_can_be_had_before_and_nothing_is_kept(api: Api, policy: Any, expected: str) -> None:
    account = stored_applicant()
    upload(policy, account.id)
    before = rows("accounts")
    asked = {"upload_id": UPLOAD, "legal_name": "PT Kopi Senja Nusantara"}
    found = api("POST", f"{base(account.id)}/policy-checks", asked)
    assert (found.status, found.json["verdict"]) == (200, expected)
    assert {one["check"] for one in found.json["findings"]} >= {"controller", "contact", "purposes"}
    assert found.json["document"]["filename"] == "policy.md"
    assert (rows("accounts"), change_types()) == (before, [])


@pytest.mark.parametrize(
    "content", [b"\x00", b"\xff" * 9, b"PK\x03\x04", b"%PDF-1.4\n%%EOF", b"<" * 5_000, b"{" * 5_000, "นโยบาย".encode()]
)
def test_any_document_ends_in_findings(api: Api, content: bytes) -> None:
    account = stored_account()
    upload(content, account.id)
    found = api("POST", f"{base(account.id)}/policy-checks", {"upload_id": UPLOAD, "legal_name": "(((.*"})
    assert found.status == 200
    assert found.json["verdict"] in {"rejected", "needs_reviewer"}


def test_what_is_not_uploaded_or_too_large_is_not_checked_nor_for_other_roles(api: Api) -> None:
    account = stored_account()
    asked = {"upload_id": UPLOAD, "legal_name": "Kopi"}
    path = f"{base(account.id)}/policy-checks"
    assert api("POST", path, asked).json["code"] == "nothing_uploaded"
    upload(b"x" * (5 * 1024 * 1024 + 1), account.id)
    assert (api("POST", path, asked).status, api("POST", path, asked).json["code"]) == (413, "upload_too_large")
    commit(accounts.add_member(a_member("operator-1", Role.OPERATOR)))
    assert api("POST", path, asked, as_="operator-1").status == 403
    other = stored_applicant(9)
    assert api("POST", f"{base(other.id)}/policy-checks", asked).json["code"] == "nothing_uploaded"
