"""`make re-read`: what it asks of the API, what it prints, and what it refuses before it asks."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.console import StopError
from infra.reread import TRIES, Answer, _page, as_table, gained
from tests.builders import a_dm, an_account, stored_account
from tests.capture.test_rereading import PHONE, REREADINGS, a_crowd, missed
from tests.deployment import Api
from tests.state import rows

ROOT = Path(__file__).parent.parent.parent
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing answers there


def command(**asked: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "infra.reread"],
        cwd=ROOT, env={**os.environ, **asked}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "Say which account"),
        ({"ACCOUNT": "acc_1"}, "export TOKEN="),
        ({"ACCOUNT": "acc_1", "TOKEN": "t"}, "Say where the API is"),
        ({"ACCOUNT": "acc_1", "TOKEN": "t", "API": "http://leads.example"}, "begins with https://"),
        ({"ACCOUNT": "acc_1", "TOKEN": "t", "API": "ftp://127.0.0.1"}, "begins with https://"),
        ({"ACCOUNT": "acc_1", "TOKEN": "t", "API": NOWHERE, "FORMAT": "xml"}, "FORMAT is json or table."),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence_before_anything_is_asked(
    asked: dict[str, str], sentence: str
) -> None:
    done = command(**asked)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr


def test_an_api_that_does_not_answer_is_told_without_the_token() -> None:
    done = command(ACCOUNT="acc_1", TOKEN="sesame", API=NOWHERE)
    assert (done.returncode, done.stdout) == (1, "")
    assert "does not answer" in done.stderr
    assert "sesame" not in done.stderr


def through(api: Api) -> Any:
    def post(body: Mapping[str, Any]) -> Answer:
        reply = api("POST", REREADINGS, dict(body))
        return Answer(reply.status, reply.json)

    return post


def test_every_page_is_asked_for_and_told(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    stored_account()
    wanted = a_crowd(27)
    assert [one["value"] for one in gained(through(api), is_dry_run=True)] == wanted
    assert rows("leads") == []
    found = list(gained(through(api), is_dry_run=False))
    assert [one["value"] for one in found] == wanted
    assert list(gained(through(api), is_dry_run=False)) == []
    told = capsys.readouterr()
    assert told.out == ""
    assert "81 messages in 27 conversations" in told.err
    assert "27 would be added" in told.err
    assert not any(one in told.err for one in wanted)
    assert len(as_table(found).splitlines()) == 28


def test_a_contact_of_two_pages_is_told_once() -> None:
    contact = {"lead_id": "led_1", "kind": "phone", "value": PHONE}
    page = {"would_add": [contact], "read": {"conversations": 1, "messages": 1}, "rule_set": "1"}
    answers = iter([Answer(200, page | {"cursor": "c"}), Answer(200, page)])
    assert list(gained(lambda _body: next(answers), is_dry_run=True)) == [contact]


def test_an_api_that_is_busy_is_asked_again_and_not_for_ever() -> None:
    slept: list[float] = []
    answers = iter([Answer(503, {}, 7.0), Answer(429, None), Answer(200, {"a": 1})])
    assert _page(lambda _body: next(answers), {}, slept.append) == {"a": 1}
    assert slept == [7.0, 2.0]
    with pytest.raises(StopError, match="503"):
        _page(lambda _body: Answer(503, None), {}, slept.append)
    assert len(slept) == 2 + TRIES


def test_a_refusal_is_told_in_the_apis_words(api: Api) -> None:
    stored_account(capture=an_account().capture.revoked(an_account().created_at))
    missed(a_dm("WA 0812-8834-5571"))
    with pytest.raises(StopError, match=r"409\. Nothing is read again while capture is off or not approved\."):
        list(gained(through(api), is_dry_run=True))


def test_the_table_has_a_line_for_each_contact() -> None:
    contact = {
        "lead_id": "led_1", "is_new_lead": True, "kind": "phone", "value": PHONE, "rule": "phone-split",
        "message_ids": ["m-1", "m-2"],
    }  # fmt: skip
    assert as_table([contact]).splitlines() == [
        "LEAD         KIND   VALUE           RULE         MESSAGES",
        "led_1 (new)  phone  +6281288345571  phone-split  m-1 + m-2",
    ]
