"""A second look at a policy: beside its text, beside the application before, and after the rules have changed."""

from datetime import timedelta

import pytest

from chalicelib.review import policy, verdict
from chalicelib.review.application import Application, State
from chalicelib.review.comparing import differences
from chalicelib.table import commit
from tests.deployment import Api
from tests.review.applications import (
    GOOD,
    INCOMPLETE,
    LATER,
    UNREADABLE,
    account_of,
    applied,
    as_it_is,
    stored_applicant,
    submitted,
)

pytestmark = pytest.mark.usefixtures("aws")

ONE = "reviewer-1 reviewers"
OLDER, NEWER = "1.00000000", "9.ffffffff"


def checked(application: Application) -> Application:
    verdict.check(application.account_id, application.id, LATER)
    return as_it_is(application)


def approved_under(rule_set: str, number: int) -> Application:
    """An approval that some other rule set gave."""
    account = stored_applicant(number)
    application = applied(account)
    standing = account_of(application)
    after = application.decided(State.APPROVED, (), rule_set, None, by="system", at=LATER)
    commit(verdict.writes_of(standing, after, LATER))
    return as_it_is(application)


def test_a_reviewer_reads_the_text_beside_findings_whose_quotes_stand_where_they_say(api: Api) -> None:
    application = checked(submitted(INCOMPLETE))
    read = api("GET", f"/v1/reviews/{application.id}/text", as_=ONE)
    assert read.status == 200
    quoted = [one for one in read.json["findings"] if one["quote"]]
    assert len(quoted) > 3
    for finding in quoted:
        assert read.json["text"][finding["place"]["start"] : finding["place"]["end"]] == finding["quote"]
    assert (read.json["verdict"], read.json["rule_set"], read.json["differences"]) == (
        "rejected",
        policy.rule_set(),
        [],
    )
    assert as_it_is(application) == application


def test_a_finding_is_told_in_english_and_in_the_language_of_the_market(api: Api) -> None:
    application = checked(submitted(INCOMPLETE))
    findings = api("GET", f"/v1/reviews/{application.id}", as_=ONE).json["findings"]
    (missing,) = [one for one in findings if f"{one['check']}_missing" in application.reasons][:1]
    assert missing["sentence"].startswith("The policy does not say ")
    assert missing["local_sentence"].startswith("Kebijakan ini tidak menyebutkan ")
    assert missing["local_advice"]
    assert missing["local_advice"] != missing["advice"]


def test_a_document_without_text_has_its_reason(api: Api) -> None:
    read = api("GET", f"/v1/reviews/{submitted(UNREADABLE).id}/text", as_=ONE).json
    assert read["text"] is None
    assert read["verdict"] == "needs_reviewer"
    assert read["reason"]


def test_what_a_new_application_says_that_the_last_did_not_is_told(api: Api) -> None:
    first = checked(submitted(INCOMPLETE))
    second = checked(applied(account_of(first), GOOD, at=LATER))
    expected = {
        "application_id": first.id,
        "differences": [
            {"check": one.check, "before": one.status, "after": "stated"}
            for one in first.findings
            if one.status != "stated"
        ],
    }
    assert expected["differences"]
    assert api("GET", f"/v1/reviews/{second.id}", as_=ONE).json["compared_to"] == expected
    path = f"/v1/accounts/{second.account_id}/capture/applications"
    assert api("GET", f"{path}/{second.id}").json["compared_to"] == expected
    assert api("GET", f"{path}/{first.id}").json["compared_to"] is None


def test_a_check_that_only_one_side_knows_is_no_difference() -> None:
    findings = checked(submitted(INCOMPLETE)).findings
    assert differences(findings[1:], findings) == ()
    assert differences(findings, findings[1:]) == ()


def test_after_a_change_of_the_rules_the_approvals_under_others_are_listed_and_stand(api: Api) -> None:
    older, newer = approved_under(OLDER, 1), approved_under(NEWER, 2)
    present = checked(submitted(GOOD, number=3))
    waiting = submitted(GOOD, number=4)

    first = api("GET", "/v1/approvals?limit=1", as_=ONE).json
    second = api("GET", f"/v1/approvals?limit=1&cursor={first['cursor']}", as_=ONE).json

    assert [one["application_id"] for one in first["approvals"] + second["approvals"]] == [older.id, newer.id]
    assert "cursor" not in second
    assert first["rule_set"] == policy.rule_set() == present.rule_set
    assert first["approvals"][0]["rule_set"] == OLDER
    assert all(account_of(one).capture.is_approved for one in (older, newer))
    assert as_it_is(waiting).rule_set is None


def test_what_no_approval_rests_on_any_more_is_not_listed(api: Api) -> None:
    older = approved_under(OLDER, 1)
    checked(applied(account_of(older), GOOD, at=LATER + timedelta(hours=1)))
    assert api("GET", "/v1/approvals", as_=ONE).json["approvals"] == []

    revoked = approved_under(OLDER, 2)
    assert api("POST", f"/v1/reviews/{revoked.id}/revocation", {"reasons": ["complaint"]}, as_=ONE).status == 200
    listed = [one["application_id"] for one in api("GET", "/v1/approvals", as_=ONE).json["approvals"]]
    assert revoked.id not in listed


@pytest.mark.parametrize("path", ["/v1/approvals", "/v1/reviews/{}/text"])
def test_only_reviewers_take_a_second_look(api: Api, path: str) -> None:
    application = submitted()
    for stranger in ("admin-1", "someone deployers"):
        assert api("GET", path.format(application.id), as_=stranger).status == 403
    assert api("GET", path.format(application.id), as_=None).status == 401
