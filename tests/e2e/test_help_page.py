"""The original's help page, gone through in its order on the packaged system, and held against the README's table."""

import re
from pathlib import Path
from typing import Any

from infra.demo import Demo, a_demo
from infra.stack import Stack
from infra.story import play_story
from tests.deployment import ROOT

ACCOUNT = "/v1/accounts/{account_id}"


def routes_of_the_table() -> list[str]:
    """The routes of the README's table, row after row: `PUT /v1/accounts/{account_id}/leads/{lead_id}/status`."""
    section = (ROOT / "README.md").read_text().split("## The help page, line by line")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    assert len(rows) >= 14
    routes = [route for row in rows for route in re.findall(r"`([A-Z]+ [^`]+)`", row.split("|")[2])]
    return [re.sub(r"…", ACCOUNT, route) for route in routes]


def test_every_line_of_the_help_page_is_gone_through_in_its_order(stack: Stack, tmp_path: Path) -> None:
    described = stack.api("GET", "/v1/openapi.json").body["paths"]
    start = len(stack.calls)
    demo = a_demo(stack, "MY", tmp_path)
    play_story(demo)
    made, place = stack.calls[start:], 0
    for route in routes_of_the_table():
        method, path = route.split(" ")
        assert path.startswith("/tiktok/") or method.lower() in described[path], route
        assert route in made[place:], f"{route} is not called, or not in the table's order"
        place = made.index(route, place)


def test_the_story_can_be_played_again(stack: Stack, tmp_path: Path) -> None:
    """Again on the same account: nothing of it is done twice."""
    demo = a_demo(stack, "TH", tmp_path)
    play_story(demo)
    members = demo.call("GET", "/members?limit=100").body["members"]
    notes = _notes(demo.call("GET", "/leads?limit=100").body["leads"], demo)
    play_story(demo)
    assert demo.call("GET", "/members?limit=100").body["members"] == members
    assert _notes(demo.call("GET", "/leads?limit=100").body["leads"], demo) == notes
    assert len(demo.call("GET", "/leads?source=paid").body["leads"]) == 1


def _notes(leads: list[dict[str, Any]], demo: Demo) -> int:
    return sum(len(demo.call("GET", f"/leads/{one['id']}/notes").body["notes"]) for one in leads)
