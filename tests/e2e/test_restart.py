"""What `make run` keeps: a stack that was ended goes on where it was, even on another port."""

import socket
from pathlib import Path

from infra.demo import a_demo, ensure_approved
from infra.leads_center import cards
from infra.stack import local_stack
from infra.story import play_story


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_an_account_and_its_leads_outlive_the_process(tmp_path: Path) -> None:
    with local_stack(tmp_path) as stack:
        before = a_demo(stack, "PH", tmp_path)
        play_story(before)
        found = {card["id"] for card in cards(before)}
        old_port = stack.ministack.port
    with local_stack(tmp_path, a_free_port()) as stack:
        assert stack.ministack.port != old_port
        after = a_demo(stack, "PH", tmp_path)
        assert (after.account_id, after.business_id) == (before.account_id, before.business_id)
        ensure_approved(after)
        play_story(after)
        assert found < {card["id"] for card in cards(after)}
