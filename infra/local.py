"""`make run`: the stack on this machine, the story or one's own messages played, and the Leads Center printed.

Reads ONCE, DMS, MARKET, FORMAT and PORT from the environment. Results go to standard output, all else to standard
error.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.markets import served_markets
from infra.console import StopError, ended, say
from infra.demo import Demo, a_demo
from infra.leads_center import as_json_lines, as_table, cards, member_names, results
from infra.memory import alone
from infra.ministack import LOCAL
from infra.own_file import conversations_of, messages_in, play_file
from infra.play import Played
from infra.stack import Stack, local_stack
from infra.story import play_story

FOLDER = LOCAL / "run"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller of `make run` asked for."""

    market: str
    is_once: bool
    is_json: bool
    port: int | None
    messages: tuple[Played, ...] | None  # of a file of one's own; None plays the story


def main() -> int:
    asked = _asked(os.environ)
    with _ended_by_signals(), alone(FOLDER), local_stack(FOLDER, asked.port) as stack:
        try:
            status = _played(stack, asked)
            if not asked.is_once:
                _stay_up(stack)
        except (BotoCoreError, ClientError) as error:
            raise StopError(f"The local AWS refused a call: {error} Its log: {FOLDER / 'ministack.log'}") from error
        return status


def _asked(environment: Mapping[str, str]) -> Asked:
    """Everything is checked before anything is started. Raises StopError with status 2."""
    market = environment.get("MARKET", "").strip().upper() or "ID"
    if market not in served_markets():
        raise StopError(f"MARKET {market} is not served. Served are {', '.join(served_markets())}.", 2)
    form = environment.get("FORMAT", "").strip().lower() or "table"
    if form not in {"table", "json"}:
        raise StopError("FORMAT is json or table.", 2)
    port = environment.get("PORT", "").strip()
    if port and not (port.isascii() and port.isdigit()):
        raise StopError("PORT is a number from 1024 to 65535.", 2)
    is_once = environment.get("ONCE", "").strip().lower() not in {"", "0", "no", "false"}
    path = environment.get("DMS", "").strip()
    return Asked(market, is_once, form == "json", int(port) if port else None, messages_in(path) if path else None)


def _played(stack: Stack, asked: Asked) -> int:
    """The exit status, once all is played and printed."""
    demo = a_demo(stack, asked.market, FOLDER)
    if asked.messages is None:
        came_by, status = play_story(demo), 0
        platform_ids = {ours: ours for ours in came_by}
    else:
        status = play_file(demo, asked.messages)
        platform_ids = conversations_of(asked.messages, demo.account_id)
        came_by = dict.fromkeys(platform_ids, "queue")
    if asked.is_json:
        sys.stdout.write(as_json_lines(results(cards(demo), platform_ids)))
        sys.stdout.flush()
    else:
        print(f"\n{as_table(list(cards(demo)), came_by, member_names(demo))}\n\n{how_to_call(demo)}", flush=True)
    return status


def how_to_call(demo: Demo) -> str:
    """The API's address, a token, and three calls that can be pasted into a shell."""
    leads = demo.call("GET", "/leads?limit=1").body["leads"]
    account = f"{demo.stack.api_url}/v1/accounts/{demo.account_id}"
    paths = ["/leads", f"/leads/{leads[0]['id']}" if leads else "/capture", "/conversations"]
    calls = [f"curl -s -H \"Authorization: Bearer $TOKEN\" '{account}{path}'" for path in paths]
    return "\n".join(
        [
            f"The API is at {demo.stack.api_url}/v1, the account is {demo.account_id}.",
            "Paste this to call it; the token holds for an hour:",
            "",
            f"TOKEN={demo.token}",
            *calls,
        ]
    )


def _stay_up(stack: Stack) -> None:
    say(f"\nUp at {stack.api_url} until Ctrl-C. The log: {FOLDER / 'ministack.log'}")
    try:
        while stack.ministack.is_running():
            time.sleep(1)
    except KeyboardInterrupt:
        say("\nEnding; what was done is kept for the next run.")
        return
    raise StopError(f"MiniStack has ended by itself. Its log may say why: {FOLDER / 'ministack.log'}")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A polite kill ends the program as Ctrl-C does: in order."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    sys.exit(ended(main))
