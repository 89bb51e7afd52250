"""What reviewers see and decide: one verdict, one inbox entry and one event, whoever comes second or is cut off."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.accounts import membership
from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Role
from chalicelib.clock import written
from chalicelib.ids import new_id
from chalicelib.review import verdict, waiting
from chalicelib.review.application import Application, Ruling, State
from chalicelib.review.decisions import AlreadyDecidedError, decide, revoke, withdraw
from chalicelib.review.overdue import tell_overdue
from chalicelib.table import commit
from tests.builders import ADMIN, NOON, a_member
from tests.crashes import Meanwhile, count_calls, cuts, run
from tests.deployment import Api
from tests.review.applications import (
    GOOD,
    INCOMPLETE,
    LATER,
    UNREADABLE,
    account_of,
    applied,
    as_it_is,
    end_state,
    ended_waits,
    stored_applicant,
    submitted,
)
from tests.state import change_types, clear_tables, rows

pytestmark = pytest.mark.usefixtures("aws")

ONE, OTHER = "reviewer-1 reviewers", "reviewer-2 reviewers"
APPROVAL = {"verdict": "approved"}
REJECTION = {"verdict": "rejected", "reasons": ["rights_missing"], "note": "No word of rights, spoke to Dewi."}


def path_of(application: Application, below: str = "") -> str:
    return f"/v1/reviews/{application.id}{below}"


# The queue


def test_the_queue_is_oldest_first_page_by_page(api: Api) -> None:
    made = [submitted(number=n, at=NOON + timedelta(minutes=9 - n)) for n in range(5)]
    seen: list[dict[str, Any]] = []
    cursor, pages = "", 0
    while True:
        page = api("GET", f"/v1/reviews?limit=2{cursor}", as_=ONE).json
        seen, pages = seen + page["reviews"], pages + 1
        if "cursor" not in page:
            break
        cursor = f"&cursor={page['cursor']}"
    assert [one["id"] for one in seen] == [one.id for one in made[::-1]]
    assert pages == 3
    assert seen[0] == {
        "id": made[4].id,
        "account_id": made[4].account_id,
        "legal_name": "PT Kopi Senja Nusantara",
        "market": "ID",
        "submitted_at": written(NOON + timedelta(minutes=5)),
        "needs_reviewer": False,
        "is_overdue": False,
    }
    assert api("GET", f"/v1/reviews?limit=2{cursor}", as_=OTHER).json["code"] == "invalid_cursor"


def test_the_queue_holds_only_what_is_in_review(api: Api) -> None:
    approved, gone, left = (submitted(number=number) for number in range(3))
    verdict.check(approved.account_id, approved.id, LATER)
    withdraw(gone.account_id, gone.id, by="mem_1", now=LATER)
    assert [one["id"] for one in api("GET", "/v1/reviews", as_=ONE).json["reviews"]] == [left.id]


def test_the_queue_can_be_of_those_the_checks_could_not_decide(api: Api) -> None:
    made = [submitted(UNREADABLE if n % 2 else GOOD, number=n, at=NOON + timedelta(minutes=n)) for n in range(5)]
    for one in made[1::2]:
        verdict.check(one.account_id, one.id, LATER)
    first = api("GET", "/v1/reviews?needs_reviewer=true&limit=1", as_=ONE).json
    assert [one["id"] for one in first["reviews"]] == [made[1].id]
    second = api("GET", f"/v1/reviews?needs_reviewer=true&limit=1&cursor={first['cursor']}", as_=ONE).json
    assert [one["id"] for one in second["reviews"]] == [made[3].id]
    others = api("GET", "/v1/reviews?needs_reviewer=false", as_=ONE).json
    assert [one["id"] for one in others["reviews"]] == [one.id for one in made[::2]]
    assert api("GET", "/v1/reviews?needs_reviewer=perhaps", as_=ONE).status == 422


# Who sees what


ROUTES = [("GET", "", None), ("GET", "/document", None), ("POST", "/decision", APPROVAL),
          ("POST", "/revocation", {"reasons": ["complaint"]})]  # fmt: skip


@pytest.mark.parametrize(("method", "below", "body"), ROUTES)
def test_only_reviewers_and_only_what_was_submitted(api: Api, method: str, below: str, body: Any) -> None:
    application = submitted()
    for stranger in (ADMIN, "someone", "someone deployers"):
        assert api(method, path_of(application, below), body, as_=stranger).status == 403
    assert api("GET", "/v1/reviews", as_="someone deployers").status == 403
    assert api(method, path_of(application, below), body, as_=None).status == 401
    for id_ in (new_id("app"), application.account_id, "app_x", "x" * 5_000):
        assert api(method, f"/v1/reviews/{id_}{below}", body, as_=ONE).status == 404
    assert as_it_is(application).state is State.IN_REVIEW


def test_a_reviewer_sees_the_application_and_nothing_else_of_the_account(api: Api) -> None:
    application = submitted(UNREADABLE)
    verdict.check(application.account_id, application.id, LATER)
    read = api("GET", path_of(application), as_=ONE)
    assert read.status == 200
    assert read.json["company"]["contact_email"] == "privasi@kopisenja.example"
    assert (read.json["needs_reviewer"], read.json["is_own_account"]) == (True, False)
    assert read.json["reason"] == as_it_is(application).reason
    assert len(read.json["findings"]) == len(as_it_is(application).findings) > 0
    assert api("GET", f"/v1/accounts/{application.account_id}", as_=ONE).status == 404
    assert "Kopi Senja" not in str({name: one for name, one in read.json.items() if name != "company"})


def test_the_document_is_the_very_version_that_was_submitted_and_comes_as_a_file(api: Api) -> None:
    application = submitted()
    link = api("GET", path_of(application, "/document"), as_=ONE).json
    asked = parse_qs(urlsplit(link["url"]).query)
    assert asked["versionId"] == [application.document.version_id]
    assert asked["X-Amz-Expires"] == ["300"]
    assert asked["response-content-disposition"] == ['attachment; filename="policy.md"']
    assert asked["response-content-type"] == ["application/octet-stream"]
    assert urlsplit(link["url"]).path.endswith(application.document.key)
    assert (link["sha256"], link["filename"]) == (application.document.sha256, "policy.md")
    assert link["size"] == GOOD.stat().st_size


# Deciding


def test_a_reviewer_may_approve_before_the_delay_is_over(api: Api) -> None:
    application = submitted()
    waiting.hold(application.account_id, application.id, "token-1", NOON)
    with ended_waits() as tokens:
        decided = api("POST", path_of(application, "/decision"), APPROVAL, as_=ONE)
    assert (decided.status, decided.json["state"], decided.json["decided_by"]) == (200, "approved", "reviewer")
    assert (decided.json["findings"], decided.json["rule_set"]) == ([], "none")
    assert tokens == ["token-1"]
    capture = account_of(application).capture
    assert (capture.approved_application, capture.policy_sha256) == (application.id, application.document.sha256)
    assert capture.rule_set == "none"
    assert verdict.check(application.account_id, application.id, LATER) == "approved"
    assert end_state(application) == [
        "approved", True, 1, [("application.approved", ())], ["application.submitted.v1", "application.approved.v1"],
    ]  # fmt: skip
    assert as_it_is(application).decided_by == "reviewer-1"


def test_a_rejection_tells_its_reasons_and_keeps_its_note_and_author_to_the_reviewers(api: Api) -> None:
    application = submitted()
    assert api("POST", path_of(application, "/decision"), REJECTION, as_=ONE).json["state"] == "rejected"
    read = api("GET", f"/v1/accounts/{application.account_id}/capture/applications/{application.id}").json
    assert (read["reasons"], read["decided_by"]) == (["rights_missing"], "reviewer")
    (entry,) = api("GET", f"/v1/accounts/{application.account_id}/notifications").json["notifications"]
    assert (entry["code"], entry["reasons"]) == ("application.rejected", ["rights_missing"])
    told = [row for row in rows("changes") if row["types"] == "application.rejected.v1"]
    assert told[0]["actor"] == "reviewer"
    for out in (read, entry, told):
        assert "spoke to" not in str(out)
        assert "reviewer-1" not in str(out)
    assert api("GET", path_of(application), as_=OTHER).json["note"] == REJECTION["note"]
    assert not account_of(application).capture.is_approved


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"verdict": "rejected"}, "/reasons"),
        ({"verdict": "rejected", "reasons": []}, "/reasons"),
        ({"verdict": "rejected", "reasons": ["Rights!"]}, "/reasons/0"),
        ({"verdict": "rejected", "reasons": ["rights_missing", "we_do_not_like_it"]}, "/reasons/1"),
        ({"verdict": "rejected", "reasons": ["rights\n"]}, "/reasons/0"),
        ({"verdict": "rejected", "reasons": ["r"] * 31}, "/reasons"),
        ({"verdict": "rejected", "reasons": ["r" * 61]}, "/reasons/0"),
        ({"verdict": "withdrawn"}, "/verdict"),
        ({"verdict": "approved", "note": "x" * 2_001}, "/note"),
        ({"verdict": "approved", "state": "revoked"}, "/state"),
        ({"verdict": "approved", "allow_capture_from": "yes"}, "/allow_capture_from"),
        ({}, "/verdict"),
    ],
)
def test_a_decision_that_is_none_is_refused(api: Api, body: Any, pointer: str) -> None:
    application = submitted()
    refused = api("POST", path_of(application, "/decision"), body, as_=ONE)
    assert (refused.status, [one["pointer"] for one in refused.json["errors"]]) == (422, [pointer])
    assert as_it_is(application).state is State.IN_REVIEW


def test_the_same_decision_again_is_answered_and_any_other_refused(api: Api) -> None:
    application = submitted()
    path = path_of(application, "/decision")
    first = api("POST", path, REJECTION, as_=ONE)
    assert api("POST", path, REJECTION, as_=ONE).json == first.json
    keyed = [api("POST", path, REJECTION, as_=ONE, Idempotency_Key="k") for _ in "ab"]
    assert [(one.status, one.json) for one in keyed] == [(200, first.json)] * 2
    others = [
        (APPROVAL, ONE),
        (REJECTION | {"reasons": ["contact_missing"]}, ONE),
        (REJECTION, OTHER),
        (APPROVAL, OTHER),
    ]
    for body, reviewer in others:
        refused = api("POST", path, body, as_=reviewer)
        assert (refused.status, refused.json["code"]) == (409, "already_decided")
    assert end_state(application)[3:] == [
        [("application.rejected", ("rights_missing",))], ["application.submitted.v1", "application.rejected.v1"],
    ]  # fmt: skip


def test_what_the_checks_or_the_account_have_ended_is_not_decided(api: Api) -> None:
    rejected, gone = submitted(INCOMPLETE, number=1), submitted(number=2)
    verdict.check(rejected.account_id, rejected.id, LATER)
    withdraw(gone.account_id, gone.id, by="mem_1", now=LATER)
    for one in (rejected, gone):
        assert api("POST", path_of(one, "/decision"), APPROVAL, as_=ONE).json["code"] == "already_decided"
        assert not account_of(one).capture.is_approved


def test_what_needed_a_reviewer_is_decided_by_their_reasons_alone(api: Api) -> None:
    application = submitted(UNREADABLE)
    verdict.check(application.account_id, application.id, LATER)
    found = as_it_is(application)
    decided = api("POST", path_of(application, "/decision"), APPROVAL | {"reasons": ["read_by_eye"] * 2}, as_=ONE).json
    assert (decided["needs_reviewer"], decided["reasons"]) == (False, ["read_by_eye"])
    assert (decided["rule_set"], decided["reason"]) == (found.rule_set, found.reason)
    assert account_of(application).capture.rule_set == found.rule_set


def test_a_member_of_the_account_does_not_decide_about_it(api: Api) -> None:
    application = submitted()
    for role in Role:
        commit(accounts.add_member(a_member(f"both-{role}", role)))
        me = f"both-{role} reviewers"
        for below, body in (("/decision", APPROVAL), ("/revocation", {"reasons": ["complaint"]})):
            refused = api("POST", path_of(application, below), body, as_=me)
            assert (refused.status, refused.json["code"]) == (403, "own_account")
        assert api("GET", path_of(application), as_=me).json["is_own_account"] is True
    assert as_it_is(application).state is State.IN_REVIEW
    api("POST", path_of(application, "/decision"), REJECTION, as_=ONE)
    assert api("GET", path_of(application), as_="both-admin reviewers").json["note"] is None


def test_who_has_left_the_account_does_not_decide_about_it_and_a_machine_keeps_nobody_out(api: Api) -> None:
    application = submitted()
    commit(accounts.add_member(a_member("crm", Role.OPERATOR, is_machine=True)))
    left = a_member("left", Role.ADMIN)
    commit(accounts.add_member(left))
    membership.remove_member(
        account_of(application), left.id, hand_to=None, require_version=lambda _v: None, by="x", now=NOON
    )
    refused = api("POST", path_of(application, "/decision"), APPROVAL, as_="left reviewers")
    assert (refused.status, refused.json["code"]) == (403, "own_account")
    assert api("GET", path_of(application), as_="crm reviewers").json["is_own_account"] is False


@pytest.mark.parametrize("is_allowed", [True, False])
def test_capture_begins_as_early_as_asked_only_if_the_verdict_allows_it(api: Api, is_allowed: bool) -> None:  # noqa: FBT001
    early = NOON - timedelta(days=3)
    application = applied(stored_applicant(), capture_from=early)
    api("POST", path_of(application, "/decision"), APPROVAL | {"allow_capture_from": is_allowed}, as_=ONE)
    assert account_of(application).capture.reads(early) is is_allowed


def test_rejecting_a_new_policy_leaves_the_old_approval(api: Api) -> None:
    first = submitted()
    verdict.check(first.account_id, first.id, LATER)
    second = applied(account_of(first), at=LATER)
    api("POST", path_of(second, "/decision"), REJECTION, as_=ONE)
    assert account_of(first).capture.approved_application == first.id
    assert account_of(first).capture.reads(LATER)


# Two at once, and cut off


def approving(application: Application, by: str = "reviewer-1") -> Callable[[], None]:
    return lambda: _settled(decide, application, State.APPROVED, Ruling(), by)


def rejecting(application: Application, by: str = "reviewer-2") -> Callable[[], None]:
    return lambda: _settled(decide, application, State.REJECTED, Ruling(("rights_missing",)), by)


def _settled(work: Callable[..., Any], application: Application, state: State, ruling: Ruling, by: str) -> None:
    try:
        work(application.account_id, application.id, state, ruling, by=by, now=LATER)
    except AlreadyDecidedError:
        assert as_it_is(application).decided_by != by


def test_of_two_reviewers_at_once_one_decides_and_the_other_is_told() -> None:
    application = submitted()
    for call in range(count_calls(approving(application))):
        clear_tables()
        application = submitted()
        run(approving(application), [Meanwhile(call, rejecting(application))])
        (state, is_approved, _, entries, changes) = end_state(application)
        assert is_approved == (state is State.APPROVED)
        assert [code for code, _ in entries] == [f"application.{state.value}"]
        assert changes == ["application.submitted.v1", f"application.{state.value}.v1"]


def test_of_a_reviewer_and_the_checks_at_once_one_decides() -> None:
    application = submitted(INCOMPLETE)

    def check() -> None:
        verdict.check(application.account_id, application.id, LATER)

    calls = {True: count_calls(check), False: 5}
    for is_check_first, count in calls.items():
        for call in range(count):
            clear_tables()
            application = submitted(INCOMPLETE)
            first, second = (check, approving(application)) if is_check_first else (approving(application), check)
            run(first, [Meanwhile(call, second)])
            (state, is_approved, _, entries, changes) = end_state(application)
            assert is_approved == (state is State.APPROVED)
            assert len(entries) == 1
            assert changes == ["application.submitted.v1", f"application.{state.value}.v1"]


def test_wherever_deciding_is_cut_off_there_is_one_verdict_one_entry_and_one_event() -> None:
    def prepared() -> Application:
        clear_tables()
        application = submitted()
        waiting.hold(application.account_id, application.id, "token-1", NOON)
        return application

    application = prepared()
    calls = count_calls(approving(application))
    undisturbed = end_state(application)
    for cut in cuts(calls):
        application = prepared()
        run(approving(application), [cut])
        assert end_state(application) == undisturbed, cut
        assert verdict.check(application.account_id, application.id, LATER) == "approved"


# The end of the wait


def test_a_token_that_comes_after_the_decision_ends_the_wait_itself() -> None:
    for number, end in enumerate((approving, rejecting, withdrawing, None)):
        application = submitted(number=number)
        if end:
            end(application)()
        with ended_waits() as tokens:
            waiting.hold(application.account_id, application.id, "token-2", LATER)
        assert tokens == (["token-2"] if end else [])
    with ended_waits() as tokens:
        waiting.hold(new_id("acc"), new_id("app"), "token-3", LATER)
    assert tokens == ["token-3"]


def withdrawing(application: Application) -> Callable[[], Application]:
    return lambda: withdraw(application.account_id, application.id, by="mem_1", now=LATER)


def test_whenever_the_decision_comes_between_two_calls_the_wait_is_ended() -> None:
    application = submitted()

    def holding() -> None:
        waiting.hold(application.account_id, application.id, "token-1", LATER)

    for call in range(count_calls(holding)):
        clear_tables()
        application = submitted()
        with ended_waits() as tokens:
            run(holding, [Meanwhile(call, approving(application))])
        assert "token-1" in tokens
    clear_tables()
    application = submitted()
    for call in range(count_calls(approving(application))):
        clear_tables()
        application = submitted()
        with ended_waits() as tokens:
            run(approving(application), [Meanwhile(call, holding)])
        assert tokens, call


@pytest.mark.parametrize("error", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken", "ThrottlingException"])
def test_a_decision_stands_whatever_the_machine_answers_and_no_token_is_logged(
    api: Api, capsys: pytest.CaptureFixture[str], error: str
) -> None:
    application = submitted()
    waiting.hold(application.account_id, application.id, "secret-token", NOON)
    with ended_waits(error) as tokens:
        assert api("POST", path_of(application, "/decision"), APPROVAL, as_=ONE).status == 200
    assert tokens
    said = capsys.readouterr().out
    assert "secret-token" not in said
    assert ("waits_not_ended" in said) == (error == "ThrottlingException")


# Revoking


def revoked(api: Api, application: Application, reviewer: str = ONE) -> Any:
    return api("POST", path_of(application, "/revocation"), {"reasons": ["complaint_upheld"]}, as_=reviewer)


def test_a_revoked_approval_ends_capture_and_is_told(api: Api) -> None:
    application = submitted()
    api("POST", path_of(application, "/decision"), APPROVAL, as_=ONE)
    begun = account_of(application).capture.intervals[0].start
    answer = revoked(api, application, OTHER)
    assert (answer.status, answer.json["state"], answer.json["reasons"]) == (200, "revoked", ["complaint_upheld"])
    assert revoked(api, application).json == answer.json
    capture = account_of(application).capture
    assert (capture.is_approved, capture.policy_sha256, capture.rule_set) == (False, None, None)
    assert capture.intervals[0].end is not None
    assert capture.is_on
    assert not capture.reads(begun)  # what was sent before and comes now is not read either: no policy covers it
    entries = list(accounts.list_notifications(application.account_id, 10, None))
    assert [(one.code, one.reasons) for one in entries] == [
        ("application.revoked", ("complaint_upheld",)), ("application.approved", ()),
    ]  # fmt: skip
    assert change_types()[-1] == "application.revoked.v1"
    read = api("GET", f"/v1/accounts/{application.account_id}/capture/applications/{application.id}").json
    assert (read["state"], read["decided_by"]) == ("revoked", "reviewer")
    assert read["revoked_at"] >= read["decided_at"]
    assert verdict.check(application.account_id, application.id, LATER) == "revoked"


def test_after_a_revocation_a_better_policy_begins_a_new_interval(api: Api) -> None:
    first = submitted()
    verdict.check(first.account_id, first.id, LATER)
    revoke(first.account_id, first.id, ("complaint_upheld",), by="reviewer-1", now=LATER + timedelta(hours=1))
    second = applied(account_of(first), at=LATER + timedelta(hours=2))
    assert verdict.check(second.account_id, second.id, LATER + timedelta(hours=3)) == "approved"
    capture = account_of(first).capture
    assert [(one.start, one.end) for one in capture.intervals] == [
        (LATER, LATER + timedelta(hours=1)), (LATER + timedelta(hours=3), None),
    ]  # fmt: skip
    assert not capture.reads(LATER + timedelta(hours=2))
    assert api("POST", path_of(first, "/revocation"), {"reasons": ["x"]}, as_=ONE).json["state"] == "revoked"
    assert account_of(first).capture.approved_application == second.id


def test_only_the_approval_in_force_is_revoked(api: Api) -> None:
    first = submitted()
    assert revoked(api, first).json["code"] == "not_in_force"
    verdict.check(first.account_id, first.id, LATER)
    second = applied(account_of(first), at=LATER)
    verdict.check(second.account_id, second.id, LATER)
    third = applied(account_of(first), INCOMPLETE, at=LATER)
    for one in (first, third):
        refused = revoked(api, one)
        assert (refused.status, refused.json["code"]) == (409, "not_in_force")
    assert revoked(api, second).status == 200
    assert account_of(first).capture.application_in_review == third.id
    assert api("POST", path_of(second, "/revocation"), {"reasons": []}, as_=ONE).status == 422


def test_wherever_revoking_is_cut_off_it_is_revoked_once() -> None:
    def approved() -> Application:
        clear_tables()
        application = submitted()
        approving(application)()
        return application

    application = approved()

    def revoking() -> None:
        at = LATER + timedelta(hours=1)
        revoke(application.account_id, application.id, ("complaint_upheld",), by="reviewer-1", now=at)

    calls = count_calls(revoking)
    undisturbed = end_state(application)
    for cut in cuts(calls):
        application = approved()
        run(revoking, [cut])
        assert end_state(application) == undisturbed, cut
    for call in range(calls):
        application = approved()
        run(revoking, [Meanwhile(call, revoking)])
        assert end_state(application) == undisturbed, call


# Overdue


def told() -> list[str]:
    return [row["subject"] for row in rows("changes") if row["types"] == "review.overdue.v1"]


def overdue_metric(capsys: pytest.CaptureFixture[str]) -> list[float]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "reviews_overdue" in line]
    return [line["reviews_overdue"][0] for line in lines]


def test_a_review_nobody_decided_within_two_hours_is_told_once(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    late, later = submitted(UNREADABLE, number=1), submitted(number=2, at=LATER)
    verdict.check(late.account_id, late.id, LATER)
    tell_overdue(NOON + timedelta(hours=2))
    assert (told(), overdue_metric(capsys)) == ([], [])
    for _ in range(2):
        tell_overdue(NOON + timedelta(hours=2, seconds=1))
    assert (told(), overdue_metric(capsys)) == ([late.id], [1, 1])
    tell_overdue(NOON + timedelta(days=1))
    assert (told(), overdue_metric(capsys)) == ([late.id, later.id], [2])
    assert all(one["is_overdue"] for one in api("GET", "/v1/reviews", as_=ONE).json["reviews"])
    assert as_it_is(late).state is State.IN_REVIEW
    assert api("POST", path_of(late, "/decision"), APPROVAL, as_=ONE).json["state"] == "approved"
    tell_overdue(NOON + timedelta(days=1))
    assert (len(told()), overdue_metric(capsys)) == (2, [1])


def test_what_is_decided_at_the_same_moment_is_not_told_overdue() -> None:
    application = submitted()

    def telling() -> None:
        tell_overdue(NOON + timedelta(hours=3))

    for call in range(count_calls(telling)):
        clear_tables()
        application = submitted()
        run(telling, [Meanwhile(call, approving(application))])
        assert as_it_is(application).state is State.APPROVED
        assert told() == []
    for call in range(4):
        clear_tables()
        application = submitted()
        run(approving(application), [Meanwhile(call, telling)])
        assert as_it_is(application).state is State.APPROVED
        assert end_state(application)[4].count("application.approved.v1") == 1


def test_wherever_telling_is_cut_off_it_is_told_once() -> None:
    def telling() -> None:
        tell_overdue(NOON + timedelta(hours=3))

    application = submitted()
    for cut in cuts(count_calls(telling)):
        clear_tables()
        application = submitted()
        run(telling, [cut])
        assert told() == [application.id], cut
