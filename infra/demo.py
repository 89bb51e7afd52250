"""One demo account per market, brought to where it captures: registered, linked, its policy approved.

**Repeats**: each step looks first and does what is missing. What MiniStack forgot, because it was killed before it
could save, is made anew.
"""

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.clock import parse_written, utc_now, written
from infra.console import StopError, say
from infra.memory import keep, recall
from infra.stack import Answer, Stack, upload, wait_for

SAMPLES = Path(__file__).parent.parent / "samples"
DEPLOYER = "deployer@deployment.example"
STEP_SECONDS = 120  # generous: the first call of each function unpacks its code
REVIEW_SECONDS = 20  # after that, a review that was under way when MiniStack ended is taken up by hand


@dataclass(slots=True)
class Demo:
    """A market's demo account and its admin."""

    stack: Stack
    market: str
    folder: Path
    sample: dict[str, Any]
    account_id: str = ""
    business_id: str = ""
    _token: str = field(default="", repr=False)

    @property
    def admin(self) -> str:
        return "admin@" + str(self.sample["company"]["contact_email"]).partition("@")[2]

    @property
    def token(self) -> str:
        self._token = self._token or self.stack.token_of(self.admin)
        return self._token

    def call(
        self, method: str, path: str, json: Any = None, *, tag: str | None = None, token: str | None = None
    ) -> Answer:
        """A call below the account, as its admin, `tag` as If-Match. Raises StopError for whatever is no success."""
        return expected(self.tried(method, path, json, tag=tag, token=token))

    def tried(
        self, method: str, path: str, json: Any = None, *, tag: str | None = None, token: str | None = None
    ) -> Answer:
        """The same, whatever comes of it."""
        url, headers = f"/v1/accounts/{self.account_id}{path}", {"If-Match": tag} if tag else None
        return self.stack.api(method, url, token or self._fresh_token(), json, headers)

    def _fresh_token(self) -> str:
        """The token, or a new one shortly before its hour is over."""
        claims = _claims(self.token)
        if claims["exp"] < time.time() + 300:
            self._token = self.stack.token_of(self.admin)
        return self._token


def _claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def expected(answer: Answer) -> Answer:
    """The answer, if it is a success. Raises StopError with the API's own words."""
    if 200 <= answer.status < 300:
        return answer
    detail = answer.body.get("detail") if isinstance(answer.body, dict) else ""
    errors = answer.body.get("errors", "") if isinstance(answer.body, dict) else ""
    raise StopError(f"The API answered {answer.status}. {detail or ''} {errors or ''}".rstrip())


def a_demo(stack: Stack, market: str, folder: Path) -> Demo:
    """The account of the market, linked. It captures once `ensure_approved` has returned."""
    sample = json.loads((SAMPLES / "dms" / f"{market.lower()}.json").read_text())
    demo = Demo(stack, market, folder, sample)
    stack.token_of(DEPLOYER, "deployers")
    expected(stack.api("GET", "/v1/health", demo.token))
    say(f"Signed in: {demo.admin}, the account's admin, and {DEPLOYER}, a deployer")
    _ensure_account(demo)
    _ensure_linked(demo)
    return demo


def _ensure_account(demo: Demo) -> None:
    path = demo.folder / "accounts.json"
    accounts = recall(path)
    known = accounts.get(demo.market)
    if known and demo.stack.api("GET", f"/v1/accounts/{known['account_id']}", demo.token).status == 200:
        demo.account_id, demo.business_id = known["account_id"], known["business_id"]
        say(f"Account {demo.account_id} of an earlier run")
        return
    company = demo.sample["company"]
    asked = {
        "name": company["legal_name"],
        "market": demo.market,
        "own_phones": demo.sample["own_phones"],
        "own_emails": demo.sample["own_emails"],
    }
    demo.account_id = expected(demo.stack.api("POST", "/v1/accounts", demo.token, asked)).body["id"]
    demo.business_id = f"demo-{demo.market.lower()}-{secrets.token_hex(4)}"
    keep(path, {**accounts, demo.market: {"account_id": demo.account_id, "business_id": demo.business_id}})
    say(f"Registered: {company['legal_name']}, account {demo.account_id}")


def _ensure_linked(demo: Demo) -> None:
    """The identity, proved by echo: a message out of the business account that carries the code."""
    if _is_linked(demo):
        return
    asked = {"kind": "business_id", "value": demo.business_id}
    code = demo.call("POST", "/identities", asked).body["code"]
    echo = {
        "conversation_id": "ZGVtbzpsaW5r",
        "message_id": f"link-{secrets.token_hex(4)}",
        "timestamp": int(time.time() * 1000),
        "type": "text",
        "from": demo.business_id,
        "to": "admin",
        "from_user": {"id": demo.business_id, "role": "business_account"},
        "to_user": {"id": "demo-admin", "role": "personal_account"},
        "text": {"body": code},
    }
    expected(demo.stack.webhook("im_send_msg", echo, demo.business_id))
    wait_for(lambda: _is_linked(demo), STEP_SECONDS, "the link to be proved by its code")
    say(f"Linked: business_id {demo.business_id}, proved by a message that carried the code")


def _is_linked(demo: Demo) -> bool:
    found = demo.call("GET", "/identities").body["identities"]
    return any(one["value"] == demo.business_id and one["state"] == "linked" for one in found)


def ensure_approved(demo: Demo, capture_from: datetime | None = None) -> None:
    """Capture is approved, and if asked reads from `capture_from` on, or from earlier."""
    _settle_review(demo)
    capture = demo.call("GET", "/capture").body
    if capture["is_approved"] and _reads_from(capture, capture_from or utc_now()):
        say("Capture is approved since an earlier run")
        return
    filename = f"good-{demo.market.lower()}.md"
    form = demo.call("POST", "/capture/policy-uploads", {"filename": filename}).body
    upload(demo.stack, form, (SAMPLES / "policies" / filename).read_bytes())
    asked = {"upload_id": form["upload_id"], "company": demo.sample["company"]}
    if capture_from:
        asked["capture_from"] = written(capture_from)
    application_id = demo.call("POST", "/capture/applications", asked).body["id"]
    since = f", to capture from {written(capture_from)} on" if capture_from else ""
    say(f"Applied with samples/policies/{filename}{since}; the review takes some seconds")
    _turn_on(demo)
    _wait_for_verdict(demo, application_id)


def _turn_on(demo: Demo) -> None:
    """The toggle: on since the first application, and left so if asked once more."""
    tag = demo.call("GET", "/capture").headers["etag"]
    answer = demo.tried("PUT", "/capture", {"is_on": True}, tag=tag)
    if answer.status == 412:  # the verdict has come between
        answer = demo.tried("PUT", "/capture", {"is_on": True}, tag=demo.call("GET", "/capture").headers["etag"])
    if not expected(answer).body["is_on"]:
        raise StopError("Capture should be switched on, and is not.")


def _reads_from(capture: dict[str, Any], at: datetime) -> bool:
    return bool(capture["intervals"]) and parse_written(capture["intervals"][0]["start"]) <= at


def _wait_for_verdict(demo: Demo, application_id: str) -> None:
    """The verdict, as it comes into the account's inbox."""

    def verdict() -> dict[str, Any] | None:
        found: list[dict[str, Any]] = demo.call("GET", "/notifications").body["notifications"]
        return next((one for one in found if one["subject"] == application_id), None)

    code = wait_for(verdict, STEP_SECONDS, "the verdict in the inbox")["code"]
    if code != "application.approved":
        raise StopError(f"The inbox says {code}: the sample policy should have been approved. See the findings.")
    say("Inbox: application.approved")


def _settle_review(demo: Demo) -> None:
    """A review that is under way ends. MiniStack's executions do not survive its end, so the check is run for it."""
    application_id = demo.call("GET", "/capture").body["application_in_review"]
    if application_id is None:
        return
    say("A review of an earlier run is under way")
    deadline = time.monotonic() + REVIEW_SECONDS
    while time.monotonic() < deadline:
        if demo.call("GET", "/capture").body["application_in_review"] is None:
            return
        time.sleep(1)
    found = demo.stack.client("cloudformation").describe_stack_resource(
        StackName=demo.stack.name, LogicalResourceId="CheckApplication"
    )
    asked = {"account_id": demo.account_id, "application_id": application_id}
    demo.stack.client("lambda").invoke(
        FunctionName=found["StackResourceDetail"]["PhysicalResourceId"], Payload=json.dumps(asked)
    )
