"""The deployed stack on MiniStack, and a small client of it: what a caller, the platform and an integrator can do."""

import hashlib
import hmac
import http.client
import json
import os
import re
import secrets
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import boto3
import botocore.session
from botocore.config import Config

from infra.console import StopError
from infra.deploy import NAME, deploy, outputs_of
from infra.ministack import ACCESS_KEY, HOST, REGION, MiniStack, running
from infra.native import for_this_machine
from infra.package import package

STACK = f"{NAME}-local"
BUCKET = f"{NAME}-package"
REVIEW_DELAY_SECONDS = 2
CALL_SECONDS = 60
POLL_SECONDS = 0.2
BATCH = 10  # messages of one SendMessageBatch: the documented maximum


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an HTTP request was answered with; `body` is the decoded JSON, or the text if it is none."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass(slots=True)
class Stack:
    """A client of everything the stack offers, with its outputs."""

    ministack: MiniStack
    outputs: dict[str, str]
    calls: list[str] = field(default_factory=list)  # `GET /v1/accounts/{account_id}`, in the order they were made
    _clients: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return STACK

    @property
    def api_path(self) -> str:
        return f"/restapis/{self.outputs['RestAPIId']}/prod/_user_request_"

    @property
    def api_url(self) -> str:
        return self.ministack.url + self.api_path

    def client(self, service: str) -> Any:
        """A boto3 client with all rights, as the owner of the AWS account has them."""
        if service not in self._clients:
            self._clients[service] = local_session().client(service, endpoint_url=self.ministack.url, config=_CONFIG)
        return self._clients[service]

    def api(
        self,
        method: str,
        path: str,
        token: str | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A call of the HTTP API, `path` from `/v1` on."""
        self.calls.append(f"{method} {_route(path)}")
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if json is None:
            return request(self.ministack, method, self.api_path + path, None, sent)
        return request(self.ministack, method, self.api_path + path, _json(json), sent | _JSON_BODY)

    def webhook(self, event: str, content: Mapping[str, Any], business_id: str) -> Answer:
        """A webhook of the platform, signed as the platform signs."""
        now = int(time.time())
        envelope = {
            "client_key": "demo",
            "event": event,
            "create_time": now,
            "user_openid": business_id,
            "content": _json(content).decode(),
        }
        body = _json(envelope)
        signature = hmac.new(self._webhook_secret().encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
        return self._webhook("/tiktok/messages", body, {"TikTok-Signature": f"t={now},s={signature}"})

    def lead_webhook(self, *entries: Mapping[str, Any]) -> Answer:
        """A webhook that tells of form entries, signed as the platform signs those."""
        body = _json({"object": 1, "time": int(time.time()), "request_id": 0, "entry": list(entries)})
        signature = hmac.new(self._webhook_secret().encode(), body, hashlib.sha256).hexdigest()
        return self._webhook("/tiktok/leads", body, {"X-Open-Signature": signature})

    def _webhook(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.calls.append(f"POST {path}")
        host = {"Host": urllib.parse.urlsplit(self.outputs["WebhookUrl"]).netloc}
        return request(self.ministack, "POST", path, body, {**host, **headers, **_JSON_BODY})

    def _webhook_secret(self) -> str:
        found = self.client("secretsmanager").get_secret_value(SecretId=self.outputs["WebhookSecretsArn"])
        return str(found["SecretString"])

    def send(self, *messages: Mapping[str, Any]) -> list[str]:
        """SQS's ids of the native messages, which lie on the queue when the call returns."""
        ids = []
        for start in range(0, len(messages), BATCH):
            entries = [_entry(str(place), one) for place, one in enumerate(messages[start : start + BATCH])]
            answer = self.client("sqs").send_message_batch(QueueUrl=self.outputs["InboundQueueUrl"], Entries=entries)
            if answer.get("Failed"):
                raise StopError(f"The queue refused {len(answer['Failed'])} messages: {answer['Failed'][0]['Code']}.")
            ids += [one["MessageId"] for one in sorted(answer["Successful"], key=lambda one: int(one["Id"]))]
        return ids

    def wait_for(self, found: Callable[[], T | None], seconds: float = 60, what: str = "what a test waits for") -> T:
        """What `found` answers once that is true. Raises StopError when it is not within the time."""
        return wait_for(found, seconds, what)

    def token_of(self, user: str, *groups: str) -> str:
        """An access token of a person of the pool by e-mail address, who is made, and put in the groups, if missing."""
        cognito, pool = self.client("cognito-idp"), self.outputs["UserPoolId"]
        password = f"Aa1-{secrets.token_urlsafe(24)}"
        with suppress(cognito.exceptions.UsernameExistsException):  # of an earlier run: only the password is new
            cognito.admin_create_user(UserPoolId=pool, Username=user, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(UserPoolId=pool, Username=user, Password=password, Permanent=True)
        for group in groups:
            cognito.admin_add_user_to_group(UserPoolId=pool, Username=user, GroupName=group)
        answer = cognito.admin_initiate_auth(
            UserPoolId=pool,
            ClientId=self.outputs["UserClientId"],
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": user, "PASSWORD": password},
        )
        return str(answer["AuthenticationResult"]["AccessToken"])


# The beginnings of our ids, as the routes name them.
_NAMES = {
    "acc": "account_id",
    "app": "application_id",
    "cnv": "conversation_id",
    "con": "contact_id",
    "idn": "identity_id",
    "led": "lead_id",
    "mem": "member_id",
    "nte": "note_id",
    "ntf": "notification_id",
}


def _route(path: str) -> str:
    """The path as the API's description has it: without query, with names in the place of ids."""
    return re.sub(r"/([a-z]{3})_[a-z0-9]{32}", lambda id_: f"/{{{_NAMES.get(id_[1], 'id')}}}", path.partition("?")[0])


_JSON_BODY = {"Content-Type": "application/json"}
_CONFIG = Config(proxies={}, connect_timeout=5, read_timeout=CALL_SECONDS)


def _json(value: Any) -> bytes:
    """Escaped to ASCII: SQS takes no control characters, and no half of an emoji has bytes."""
    return json.dumps(value, separators=(",", ":")).encode()


def _entry(place: str, message: Mapping[str, Any]) -> dict[str, Any]:
    return {"Id": place, "MessageBody": _json(message).decode(), "MessageGroupId": _group(message)}


def _group(message: Mapping[str, Any]) -> str:
    return str(message.get("channel_account", {}).get("business_id", "unknown"))[:128]


def request(ministack: MiniStack, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    """One HTTP request to MiniStack, whatever proxies the environment names."""
    connection = http.client.HTTPConnection(HOST, ministack.port, timeout=CALL_SECONDS)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    except OSError as error:
        raise StopError(
            f"MiniStack does not answer any more ({error}). Its log may say why; then start again."
        ) from error
    finally:
        connection.close()
    try:
        decoded = json.loads(text)
    except ValueError:
        decoded = text
    return Answer(answer.status, decoded, {name.lower(): value for name, value in answer.getheaders()})


def upload(stack: Stack, form: Mapping[str, Any], content: bytes) -> None:
    """The content, uploaded with a presigned form: its fields first, then the file, as S3 wants them."""
    edge = secrets.token_hex(16)
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form["fields"].items()
    ]
    parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="policy"\r\n\r\n')
    body = "".join(parts).encode() + content + f"\r\n--{edge}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    answer = request(stack.ministack, "POST", urllib.parse.urlsplit(form["url"]).path, body, headers)
    if answer.status != 204:
        raise StopError(f"The object storage refused the policy with status {answer.status}.")


def local_session() -> Any:
    """A session that knows nothing of this machine's own AWS configuration and credentials."""
    nowhere: Any = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    core = botocore.session.Session(session_vars=nowhere)
    keys = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": ACCESS_KEY}
    return boto3.Session(botocore_session=core, region_name=REGION, **keys)


@contextmanager
def local_stack(folder: Path, port: int | None = None, parameters: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """The package of this checkout, deployed on a MiniStack of its own that ends with the context."""
    made = for_this_machine(package())
    with running(folder, port) as ministack:
        session = local_session()
        values = {"ReviewDelaySeconds": str(REVIEW_DELAY_SECONDS), **(parameters or {})}
        cloudformation = session.client("cloudformation", endpoint_url=ministack.url, config=_CONFIG)
        outputs = outputs_of(cloudformation, STACK) or deploy(made, STACK, BUCKET, values, session, ministack.url)
        # The pool's keys are where MiniStack is, although its tokens name AWS's address as their issuer. So the stack
        # is told once the pool is known, and again whenever the port is another one.
        values["JwksUrl"] = f"{ministack.url}/{outputs['UserPoolId']}/.well-known/jwks.json"
        yield Stack(ministack, deploy(made, STACK, BUCKET, values, session, ministack.url))


def wait_for(found: Callable[[], T | None], seconds: float, what: str) -> T:
    """What `found` answers once that is true. Raises StopError when it is not within the time."""
    deadline = time.monotonic() + seconds
    while True:
        value = found()
        if value:
            return value
        if time.monotonic() > deadline:
            raise StopError(f"Waited {seconds:.0f} seconds in vain for {what}. The log may say why, then start again.")
        time.sleep(POLL_SECONDS)
