"""`make run` before anything is started, and its processes when it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.console import StopError
from infra.deploy import _with_code
from infra.leads_center import as_table, results
from infra.memory import alone
from infra.ministack import running

ROOT = Path(__file__).parent.parent.parent


def run(**asked: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infra.local"]
    return subprocess.run(  # noqa: S603 - our own program
        command, cwd=ROOT, env={**os.environ, **asked}, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"MARKET": "ZZ"}, "MARKET ZZ is not served. Served are ID, MY, PH, SG, TH, VN."),
        ({"FORMAT": "xml"}, "FORMAT is json or table."),
        ({"PORT": "many"}, "PORT is a number"),
        ({"DMS": "nowhere.jsonl"}, "DMS=nowhere.jsonl can't be read: No such file or directory."),
        ({"DMS": "samples"}, "DMS=samples can't be read: Is a directory."),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence_before_anything_starts(asked: dict[str, str], sentence: str) -> None:
    done = run(**asked)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_malformed_lines_are_told_before_anything_starts(tmp_path: Path) -> None:
    path = tmp_path / "dms.jsonl"
    path.write_text('{"conversation_id": "c", "from": "u", "text": "x"}\nhalo\n')
    done = run(DMS=str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "line 2: is no JSON object" in done.stderr


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "dms.jsonl"
    path.write_text("\n")
    assert run(DMS=str(path)).returncode == 2


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StopError, match=f"Port {port} is taken"), running(tmp_path, port):
            pass


def test_two_runs_at_once_are_told(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(StopError, match="is up in this checkout"), alone(tmp_path):
        pass


def test_ministack_ends_with_whoever_started_it_however_that_ends(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys, time\n"
        "from infra.ministack import running\n"
        "with running(pathlib.Path(sys.argv[1])) as ministack:\n"
        "    print(ministack.port, ministack.process_id, flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:  # noqa: S603
        assert parent.stdout
        port, process_id = map(int, parent.stdout.readline().split())
        os.kill(parent.pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while Path(f"/proc/{process_id}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{process_id}").exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_every_function_is_told_where_its_code_lies(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(
        "Resources:\n  A: {Type: 'AWS::Serverless::Function', Properties: {CodeUri: ./deployment.zip}}\n"
        "  B: {Type: 'AWS::SQS::Queue', Properties: {}}\n"
    )
    assert _with_code(template, "s3://b/k").decode().count("CodeUri: s3://b/k") == 1


def a_card(conversation: str, *contacts: tuple[str, str, str]) -> dict[str, object]:
    return {
        "id": f"led_{conversation}",
        "conversation_id": conversation,
        "customer": {"id": "u1", "username": "budi", "name": None},
        "name": None,
        "assignee": None,
        "status": "raw",
        "source": "organic",
        "channel": "direct_message",
        "contacts": [
            {
                "kind": "phone",
                "value": value,
                "evidence": {"parts": [{"conversation_id": place, "message_id": "m1", "text": text}]},
            }
            for place, value, text in contacts
        ],
    }


def test_a_lead_stands_under_the_conversation_of_its_first_contact_that_is_in_the_file() -> None:
    cards = [a_card("ours-2", ("ours-1", "+65", "x"), ("ours-2", "+66", "y")), a_card("elsewhere")]
    [lead] = results(iter(cards), {"ours-1": "c1", "ours-2": "c2"})
    assert lead["conversation_id"] == "c1"
    assert lead["contacts"][1] == {"kind": "phone", "value": "+66", "message_id": "m1", "text": "y"}


def test_columns_stand_under_each_other_in_any_script() -> None:
    thai = a_card("a", ("a", "+66812345678", "โทร ๐๘๑"))
    thai["customer"] = {"id": "u", "username": None, "name": "สมชาย"}
    lines = as_table([thai, a_card("b", ("b", "+6591234567", "9123 4567"))], {"a": "webhook"}, {}).splitlines()
    assert lines[2].index("+65") == lines[0].index("CONTACT")
    assert lines[1].split() == ["สมชาย", "+66812345678", "raw", "organic", "-", "webhook", "โทร", "๐๘๑"]
    assert lines[2].split()[4:6] == ["-", "-"]
