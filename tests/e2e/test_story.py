"""What `make run` does, on the packaged system: the story, played once and again, and a file of one's own."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.demo import Demo, a_demo
from infra.leads_center import as_table, cards, member_names, results
from infra.local import how_to_call
from infra.own_file import conversations_of, messages_in, play_file
from infra.stack import Stack
from infra.story import play_story
from tests.sockets import listening_addresses

LINES = [
    {"conversation_id": "c/1+=", "from": "u1", "text": "Chào shop, số mình 0912 345 678"},
    {"conversation_id": "c/1+=", "from": "x", "text": "Dạ gọi shop 028 3812 3456", "direction": "outbound"},
    {"conversation_id": "c2", "from": "u2", "text": "số 0987 654", "sent_at": "2026-01-20T10:01:00+07:00"},
    {"conversation_id": "c2", "from": "u2", "text": "321 nhé", "sent_at": "2026-01-20T10:02:00+07:00"},
    {"conversation_id": "c2", "from": "u2", "text": "lan@vidu.example", "message_id": "own-id"},
    {"conversation_id": "c3", "from": "u3", "text": "giá 1.250.000đ"},
    {"conversation_id": "c3", "from": "u3", "text": "giá 1.250.000đ"},
]
CONTACTS = {
    "c/1+=": [("phone", "+84912345678", "0912 345 678")],
    "c2": [("phone", "+84987654321", "0987 654"), ("email", "lan@vidu.example", "lan@vidu.example")],
}


def test_every_listening_socket_is_on_the_loopback_address(stack: Stack) -> None:
    assert stack.api("GET", "/v1/health").status == 200  # a function's process is among them now
    addresses = listening_addresses(stack.ministack.process_id)
    assert {host for host, _ in addresses} == {"127.0.0.1"}
    assert stack.ministack.port in {port for _, port in addresses}


def test_the_story_ends_with_its_leads_and_can_be_played_again(demo: Demo) -> None:
    came_by = play_story(demo)
    assert set(came_by.values()) == {"webhook", "queue"}
    first = _leads(demo)
    messages = _message_count(demo)
    play_story(demo)
    again = _leads(demo)
    new = again.keys() - first.keys()
    assert {lead_id: again[lead_id] for lead_id in first} == first
    assert len(new) == 1
    assert _message_count(demo) == messages + 1
    assert "0812-3456-7801" in as_table(list(cards(demo)), came_by, member_names(demo))


def test_a_file_ends_alike_twice_and_reversed(stack: Stack, tmp_path: Path) -> None:
    demo = a_demo(stack, "VN", tmp_path)
    forward = _played(demo, tmp_path, LINES)
    assert {one["conversation_id"]: _contacts(one) for one in forward} == CONTACTS
    assert forward[1]["contacts"][1]["message_id"] == "own-id"
    messages = _message_count(demo)
    assert _played(demo, tmp_path, LINES) == forward
    assert _played(demo, tmp_path, LINES[::-1]) == forward
    assert _message_count(demo) == messages


def test_a_message_from_the_future_is_told_as_a_dead_letter(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = a_demo(stack, "SG", tmp_path)
    lines = [{"conversation_id": "c1", "from": "u1", "text": "my number is 9123 4567"}]
    late = [{"conversation_id": "c2", "from": "u2", "text": "8234 5678", "sent_at": "2999-01-01T00:00:00Z"}]
    path = _written(tmp_path, lines + late)
    assert play_file(demo, messages_in(path)) == 1
    assert "1 of 2 messages ended in the dead letters: 1 sent_in_future" in capsys.readouterr().err
    assert play_file(demo, messages_in(_written(tmp_path, lines))) == 0


@pytest.mark.skipif(shutil.which("curl") is None, reason="the printed calls are curl's")
def test_the_printed_calls_can_be_pasted(demo: Demo) -> None:
    play_story(demo)
    shell = how_to_call(demo)
    token = re.search(r"^TOKEN=.*$", shell, re.MULTILINE)
    calls = re.findall(r"^curl .*$", shell, re.MULTILINE)
    assert token
    answers = [_pasted(f"{token[0]}\n{call}") for call in calls]
    assert [next(iter(answer)) for answer in answers] == ["leads", "id", "conversations"]


def _pasted(script: str) -> dict[str, Any]:
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True)  # noqa: S603 - our own words
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _leads(demo: Demo) -> dict[str, Any]:
    return {
        card["id"]: sorted((one["kind"], one["value"], _part_count(one)) for one in card["contacts"])
        for card in cards(demo)
    }


def _part_count(contact: dict[str, Any]) -> int:
    return len(contact["evidence"]["parts"]) if contact["evidence"] else 0


def _message_count(demo: Demo) -> int:
    """How many messages stand in all threads of the account, what members did aside."""
    threads = demo.call("GET", "/conversations?limit=100").body["conversations"]
    paths = [f"/conversations/{one['id']}/messages?limit=100" for one in threads]
    entries = [one for path in paths for one in demo.call("GET", path).body["messages"]]
    return sum(one["direction"] != "activity" for one in entries)


def _played(demo: Demo, folder: Path, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    messages = messages_in(_written(folder, lines))
    assert play_file(demo, messages) == 0
    return results(cards(demo), conversations_of(messages, demo.account_id))


def _written(folder: Path, lines: list[dict[str, Any]]) -> str:
    path = folder / "dms.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


def _contacts(lead: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["kind"], one["value"], one["text"]) for one in lead["contacts"]]
