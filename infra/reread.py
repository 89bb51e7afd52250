"""`make re-read`: an account's stored messages read again by its own API, page by page, and what that adds printed.

Reads ACCOUNT, STAGE, REGION, API, APPLY, FORMAT and TOKEN (an admin's; never an argument, which others on the machine
see) from the environment. It has no rights but the token's, so whoever may not do this is refused by the API.
Results go to standard output, all else to standard error. **Repeats**: what was added is not added again, so that a
command that was cut off is simply given again.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.console import StopError, ended, say
from infra.deploy import NAME, outputs_of

CALL_SECONDS = 60
TRIES = 6  # of a page that is refused for now: a thread written by many, or too many requests
WAIT_SECONDS = 2.0  # where the API does not say
LIMIT = 25  # conversations of a page


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said to one page."""

    status: int
    body: Any
    retry_after: float | None = None


Post = Callable[[Mapping[str, Any]], Answer]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller of `make re-read` asked for."""

    account_id: str
    api: str
    token: str
    is_dry_run: bool
    is_json: bool


def main() -> int:
    asked = _asked(os.environ)
    found: list[dict[str, Any]] = []
    try:
        found.extend(gained(_post(asked), is_dry_run=asked.is_dry_run))
    finally:  # what the pages before a failed one have added, has been added
        if asked.is_json:
            sys.stdout.write("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in found))
        elif found:
            print(as_table(found), flush=True)
    if found and asked.is_dry_run:
        say("Nothing was written. Add them with APPLY=1.")
    return 0


def gained(post: Post, *, is_dry_run: bool) -> Iterator[dict[str, Any]]:
    """The contacts of all pages, each of a lead once; how far it is, is said after each page.

    **Errors**: StopError with the API's own words.
    """
    seen: set[tuple[str, str, str]] = set()
    cursor, conversations, messages = None, 0, 0
    while True:
        page = _page(post, {"is_dry_run": is_dry_run, "limit": LIMIT, "cursor": cursor})
        for one in page["would_add" if is_dry_run else "added"]:
            key = one["lead_id"], one["kind"], one["value"]
            if key not in seen:  # a dry run's page does not know what those before it would add
                seen.add(key)
                yield one
        conversations += page["read"]["conversations"]
        messages += page["read"]["messages"]
        cursor = page.get("cursor")
        verb = "would be added" if is_dry_run else "added"
        say(f"{messages} messages in {conversations} conversations read with {page['rule_set']}: {len(seen)} {verb}")
        if cursor is None:
            return


def _page(post: Post, body: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    for _ in range(TRIES):
        answer = post(body)
        if answer.status == 200:
            page: dict[str, Any] = answer.body
            return page
        if answer.status not in {429, 503}:
            break
        sleep(answer.retry_after or WAIT_SECONDS)
    told = answer.body.get("detail") if isinstance(answer.body, dict) else None
    raise StopError(f"The API answered {answer.status}. {told or ''}".rstrip())


def as_table(found: list[dict[str, Any]]) -> str:
    """The contacts as lines and columns."""
    rows = [("LEAD", "KIND", "VALUE", "RULE", "MESSAGES")]
    for one in found:
        lead = f"{one['lead_id']}{' (new)' if one['is_new_lead'] else ''}"
        rows.append((lead, one["kind"], one["value"], one["rule"], " + ".join(one["message_ids"])))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _asked(environment: Mapping[str, str]) -> Asked:
    """Everything is checked before anything is asked. Raises StopError with status 2."""
    given = {name: environment.get(name, "").strip() for name in ("ACCOUNT", "STAGE", "API", "FORMAT", "TOKEN")}
    if not given["ACCOUNT"]:
        raise StopError("Say which account: make re-read ACCOUNT=acc_… STAGE=prod", 2)
    if given["FORMAT"].lower() not in {"", "table", "json"}:
        raise StopError("FORMAT is json or table.", 2)
    if not given["TOKEN"]:
        raise StopError("Put an access token of an admin of the account into the environment: export TOKEN=…", 2)
    if not (given["API"] or given["STAGE"]):
        raise StopError("Say where the API is: STAGE=prod [REGION=…], or API=https://…", 2)
    api = given["API"] or _api_of(given["STAGE"], environment.get("REGION", "").strip())
    return Asked(
        given["ACCOUNT"],
        _checked(api),
        given["TOKEN"],
        is_dry_run=environment.get("APPLY", "").strip().lower() in {"", "0", "no", "false"},
        is_json=given["FORMAT"].lower() == "json",
    )


def _api_of(stage: str, region: str) -> str:
    session: Any = boto3.Session(region_name=region or None)
    if not session.region_name:
        raise StopError("Say where it is deployed: make re-read STAGE=… REGION=…", 2)
    try:
        outputs = outputs_of(session.client("cloudformation"), f"{NAME}-{stage}")
    except (BotoCoreError, ClientError) as error:
        raise StopError(f"AWS refused: {error}") from error
    if "EndpointURL" not in outputs:
        raise StopError(f"There is no stack {NAME}-{stage} in {session.region_name}.", 2)
    return outputs["EndpointURL"]


def _checked(api: str) -> str:
    """The API's address without its `/v1`. A token goes over TLS, or not further than this machine."""
    url = urllib.parse.urlsplit(api)
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname in {"127.0.0.1", "localhost"}):
        raise StopError("API is an address that begins with https://.", 2)
    return api.rstrip("/").removesuffix("/v1")


def _post(asked: Asked) -> Post:
    url = f"{asked.api}/v1/accounts/{urllib.parse.quote(asked.account_id, safe='')}/capture/re-readings"
    headers = {"Authorization": f"Bearer {asked.token}", "Content-Type": "application/json"}

    def post(body: Mapping[str, Any]) -> Answer:
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - https, see _checked
        try:
            with urllib.request.urlopen(request, timeout=CALL_SECONDS) as got:  # noqa: S310
                return Answer(got.status, json.load(got))
        except urllib.error.HTTPError as refused:
            retry = refused.headers.get("Retry-After", "")
            return Answer(refused.code, _json(refused.read()), float(retry) if retry.isdigit() else None)
        except (OSError, ValueError) as error:
            raise StopError(f"The API does not answer ({type(error).__name__}). Give the command again.") from error

    return post


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


if __name__ == "__main__":
    sys.exit(ended(main))
