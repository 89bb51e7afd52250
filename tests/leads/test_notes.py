"""Notes on a lead: who writes, changes and removes them, and that nobody else reads what they say."""

import functools
import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Role
from chalicelib.clock import utc_now
from chalicelib.events import store as changes
from chalicelib.leads import note_store, notes, store
from chalicelib.leads.lead import Note
from chalicelib.leads.notes import Writer
from chalicelib.table import Delete, commit
from tests.builders import NOON, a_lead, a_member, an_account, stored_account
from tests.crashes import Meanwhile, count_calls, cuts, disturbed, run
from tests.deployment import Api, Reply
from tests.state import rows

pytestmark = pytest.mark.usefixtures("aws")

LEAD_ID = a_lead().id
LEAD = f"/v1/accounts/{an_account().id}/leads/{LEAD_ID}"
NOTES = f"{LEAD}/notes"
TEXT = "Calls back after six.\n\tAsked for 0812-8834-5571"


def a_stored_lead() -> None:
    stored_account()
    commit([store.add_lead(a_lead(), an_account().retention_days)])
    for name, role in (("operator-1", Role.OPERATOR), ("operator-2", Role.OPERATOR), ("analyst-1", Role.ANALYST)):
        commit(accounts.add_member(a_member(name, role)))


def wrote(api: Api, text: str = TEXT, as_: str = "operator-1", **headers: str) -> Reply:
    return api("POST", NOTES, {"text": text}, as_=as_, **headers)


def at(reply: Reply) -> str:
    return f"{NOTES}/{reply.json['id']}"


def told() -> list[tuple[str, str, int]]:
    history = changes.list_history(an_account().id, LEAD_ID)
    assert all(one.types == ("lead.updated.v1",) for one in history)
    return [(one.body["what"], one.body["note_id"], one.version) for one in history]


def test_a_note_is_written_read_changed_and_removed(api: Api) -> None:
    a_stored_lead()
    note = wrote(api)
    assert (note.status, note.headers["etag"], note.headers["location"]) == (201, '"1"', at(note))
    assert note.json | {"id": "", "created_at": ""} == {
        "id": "", "text": TEXT, "author": a_member("operator-1").id, "created_at": "", "edited_at": None, "version": 1,
    }  # fmt: skip
    read = api("GET", at(note))
    assert (read.json, read.headers["etag"]) == (note.json, '"1"')
    changed = api("PATCH", at(note), {"text": "Sold."}, as_="operator-1", If_Match='"1"')
    assert (changed.status, changed.json["text"], changed.headers["etag"]) == (200, "Sold.", '"2"')
    assert changed.json["edited_at"] >= changed.json["created_at"] == note.json["created_at"]
    same = api("PATCH", at(note), {"text": "Sold."}, as_="operator-1", If_Match='"2"')
    assert same.json == changed.json
    assert api("DELETE", at(note), as_="operator-1", If_Match='"2"').status == 204
    assert api("GET", at(note)).json["code"] == "not_found"
    assert api("DELETE", at(note), as_="operator-1", If_Match='"2"').status == 404
    id_ = note.json["id"]
    assert told() == [("note_added", id_, 1), ("note_changed", id_, 1), ("note_removed", id_, 1)]
    assert api("GET", LEAD).headers["etag"] == '"1"'  # a note is no edit of the card


def test_notes_are_listed_newest_first_page_by_page(api: Api) -> None:
    a_stored_lead()
    for number in range(5):
        wrote(api, f"note {number}")
    seen: list[str] = []
    cursor = ""
    while True:
        page = api("GET", f"{NOTES}?limit=2{cursor}").json
        seen += [one["text"] for one in page["notes"]]
        if "cursor" not in page:
            break
        cursor = f"&cursor={page['cursor']}"
    assert sorted(seen) == [f"note {number}" for number in range(5)]
    ids = [one["id"] for one in api("GET", NOTES).json["notes"]]
    assert ids == sorted(ids, reverse=True)
    assert api("GET", LEAD).json["contacts"] == []


@pytest.mark.parametrize("text", ["", " ", "\n", "x" * 5_001, "a\u0000", "a\r\n", "a\u007f", None, 7])
def test_a_text_that_is_none_is_refused(api: Api, text: Any) -> None:
    a_stored_lead()
    refused = api("POST", NOTES, {"text": text})
    assert (refused.status, [one["pointer"] for one in refused.json["errors"]]) == (422, ["/text"])
    assert api("POST", NOTES, {"text": "x", "author": "mem_1"}).status == 422


def test_the_longest_note_is_kept_whole(api: Api) -> None:
    a_stored_lead()
    assert api("GET", at(wrote(api, "ก" * 5_000))).json["text"] == "ก" * 5_000


def test_only_its_author_or_an_admin_changes_or_removes_a_note(api: Api) -> None:
    a_stored_lead()
    note = wrote(api)
    for method, body in (("PATCH", {"text": "mine"}), ("DELETE", None)):
        refused = api(method, at(note), body, as_="operator-2", If_Match='"1"')
        assert (refused.status, refused.json["code"]) == (403, "not_author")
        assert api(method, at(note), body, as_="analyst-1", If_Match='"1"').json["code"] == "forbidden"
    assert wrote(api, as_="analyst-1").json["code"] == "forbidden"
    changed = api("PATCH", at(note), {"text": "by an admin"}, If_Match='"1"')
    assert (changed.status, changed.json["author"]) == (200, a_member("operator-1").id)
    assert api("DELETE", at(note), If_Match='"2"').status == 204


def test_an_analyst_reads_that_there_are_notes_and_not_what_they_say(api: Api) -> None:
    a_stored_lead()
    note = wrote(api)
    (listed,) = api("GET", NOTES, as_="analyst-1").json["notes"]
    assert listed == note.json | {"text": None}
    assert api("GET", at(note), as_="analyst-1").json == listed


def test_whoever_does_not_know_the_note_as_it_is_changes_nothing(api: Api) -> None:
    a_stored_lead()
    note = wrote(api)
    api("PATCH", at(note), {"text": "newer"}, If_Match='"1"')
    for method, body in (("PATCH", {"text": "older"}), ("DELETE", None)):
        assert api(method, at(note), body).json["code"] == "version_required"
        assert api(method, at(note), body, If_Match='"1"').json["code"] == "stale"
    assert api("GET", at(note)).json["text"] == "newer"


def test_who_loses_to_another_edit_is_told(api: Api) -> None:
    a_stored_lead()
    note = wrote(api)
    edits: list[tuple[str, Any]] = [("PATCH", {"text": "second"}), ("DELETE", None)]
    for version, (method, body) in enumerate(edits, 1):
        first = Meanwhile(4, lambda v=version: other_edit(note.json["id"], v))  # type: ignore[misc]
        with disturbed([first]) as progress:
            second = api(method, at(note), body, If_Match=f'"{version}"')
        assert progress.remaining == []
        assert second.json["code"] == "stale"
    assert api("GET", at(note)).json["text"] == "edit 2"


def other_edit(note_id: str, version: int) -> None:
    writer = Writer(a_member("admin-1").id, is_admin=True)
    notes.change_note(
        an_account(), LEAD_ID, note_id, f"edit {version}", require_version=lambda _: None, by=writer, now=utc_now()
    )


def test_a_lead_that_goes_meanwhile_takes_no_note(api: Api) -> None:
    a_stored_lead()

    def gone() -> None:
        commit([Delete(store.add_lead(a_lead(), 365).row)])

    with disturbed([Meanwhile(3, gone)]) as progress:
        assert wrote(api).status == 404
    assert progress.remaining == []
    assert [row for row in rows("leads") if row["kind"] == "note"] == []


def test_a_note_cut_off_anywhere_and_tried_again_is_written_and_told_once(aws: None) -> None:
    a_stored_lead()
    writer = Writer(a_member("operator-1").id, is_admin=False)

    def write(note_id: str) -> None:
        notes.add_note(an_account(), LEAD_ID, note_id, TEXT, by=writer, now=utc_now())

    calls = count_calls(functools.partial(write, "nte_" + "f" * 32))
    for number, cut in enumerate(cuts(calls)):
        assert run(functools.partial(write, f"nte_{number:032}"), [cut]) == [cut]
    written = [row["sk"] for row in rows("leads") if row["kind"] == "note"]
    assert len(written) == len(told()) == 1 + 2 * calls


def test_the_same_key_writes_one_note_and_answers_it_as_it_is(api: Api) -> None:
    a_stored_lead()
    first = wrote(api, Idempotency_Key="k-1")
    api("PATCH", at(first), {"text": "Sold."}, If_Match='"1"')
    again = wrote(api, Idempotency_Key="k-1")
    assert (again.status, again.json["id"], again.json["text"]) == (201, first.json["id"], "Sold.")
    assert wrote(api, "other", Idempotency_Key="k-1").json["code"] == "idempotency_key_reused"
    api("DELETE", at(first), If_Match='"2"')
    assert wrote(api, Idempotency_Key="k-1").status == 404


def test_a_note_of_another_account_or_lead_is_no_note(api: Api) -> None:
    a_stored_lead()
    note = wrote(api)
    commit([store.add_lead(a_lead(2), an_account().retention_days)])
    other = api("POST", "/v1/accounts", {"name": "Lain", "market": "ID"}, as_="other").json["id"]
    elsewhere = [
        (f"/v1/accounts/{other}/leads/{LEAD_ID}/notes", "other"),
        (NOTES, "other"),
        (NOTES.replace(LEAD_ID, a_lead(2).id), "admin-1"),
        (NOTES.replace(LEAD_ID, a_lead(3).id), "admin-1"),
    ]
    for path, caller in elsewhere:
        for method, body in (("GET", None), ("PATCH", {"text": "x"}), ("DELETE", None)):
            refused = api(method, f"{path}/{note.json['id']}", body, as_=caller, If_Match='"1"')
            assert (refused.status, refused.json["code"]) == (404, "not_found")
    assert api("POST", elsewhere[0][0], {"text": "x"}, as_="other").status == 404
    assert api("GET", elsewhere[3][0]).status == 404
    assert api("GET", elsewhere[2][0]).json == {"notes": []}


def test_notes_of_an_expired_lead_are_hidden_also_from_the_next_one_of_its_customer(api: Api) -> None:
    stored_account(retention_days=20_000)
    commit([store.add_lead(a_lead(activity="1970-01-02T00", created_at=NOON), 20_000)])
    assert api("GET", NOTES).status == 404
    assert wrote(api, as_="admin-1").status == 404
    old = Note("nte_" + "0" * 32, "of the one before", "mem_1", NOON - timedelta(days=400))
    commit([note_store.add(an_account().id, a_lead(2).id, old)])
    commit([store.add_lead(a_lead(2), 20_000)])
    path = NOTES.replace(LEAD_ID, a_lead(2).id)
    assert api("GET", path).json == {"notes": []}
    assert api("GET", f"{path}/{old.id}").status == 404


def test_what_a_note_says_stands_in_no_change_and_no_log(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    a_stored_lead()
    note = wrote(api)
    api("PATCH", at(note), {"text": f"{TEXT} again"}, If_Match='"1"')
    api("DELETE", at(note), If_Match='"2"')
    kept = json.dumps(rows("changes"), default=str) + capsys.readouterr().out
    assert "Calls back" not in kept
    assert "8834" not in kept
