"""A deployment on moto: its environment, the tables of infra/resources.yaml, queues, topic and bucket; and its API."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import yaml
from chalice.test import Client

from app import app
from chalicelib import auth, config, cursor, table
from chalicelib import aws as clients
from chalicelib.capture import webhook
from tests.issuer import Issuer

ROOT = Path(__file__).parent.parent
REGION = "us-east-1"
TABLES = {
    "AccountsTable": "accounts",
    "ConversationsTable": "conversations",
    "LeadsTable": "leads",
    "ChangesTable": "changes",
}
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",  # moto's streams need it
    "ACCOUNTS_TABLE": "accounts",
    "CONVERSATIONS_TABLE": "conversations",
    "LEADS_TABLE": "leads",
    "CHANGES_TABLE": "changes",
    "DOCUMENTS_BUCKET": "documents",
    "REVIEW_MACHINE_ARN": f"arn:aws:states:{REGION}:123456789012:stateMachine:review",
    "ISSUER": "https://issuer.example",
    "JWKS_URL": "http://127.0.0.1:9/jwks.json",  # the discard port: nothing answers there
    "CLIENT_IDS": "leads-center,mobile-app,crm,crm-client",
    "AUDIENCE": "",
    "WEBHOOK_MAX_AGE_SECONDS": "259500",
    "ALLOWED_ORIGINS": "https://leads.example",
}


class Tagged(yaml.SafeLoader):
    """Reads CloudFormation's short forms (`!Ref x`) as plain values: tests want the tables, not the references."""


def _plain(loader: yaml.SafeLoader, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)
    return loader.construct_mapping(node, deep=True)


Tagged.add_multi_constructor("!", _plain)


def read_resources() -> dict[str, Any]:
    """The resources of the deployment, as infra/resources.yaml has them."""
    template = yaml.load((ROOT / "infra" / "resources.yaml").read_text(), Loader=Tagged)  # noqa: S506 - a SafeLoader
    resources: dict[str, Any] = template["Resources"]
    return resources


@dataclass
class Api:
    """The API in this process: a request as API Gateway hands it on, and the answer with its JSON."""

    issuer: Issuer

    def __call__(
        self, method: str, path: str, body: Any = None, *, as_: str | None = "admin-1", **headers: str
    ) -> "Reply":
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if as_ is not None:
            subject, *groups = as_.split()
            sent.setdefault("Authorization", f"Bearer {self.issuer.token(subject, *groups)}")
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        with Client(app, stage_name="prod") as client:
            got = client.http.request(method, path, headers=sent, body=raw)
        answered = json.loads(got.body) if got.body else None
        return Reply(got.status_code, answered, {name.lower(): one for name, one in got.headers.items()})


@dataclass
class Reply:
    status: int
    json: Any
    headers: dict[str, str]


def make_tables() -> None:
    dynamodb = boto3.client("dynamodb", REGION)
    resources = read_resources()
    for logical_id, name in TABLES.items():
        wanted = resources[logical_id]["Properties"]
        options: dict[str, Any] = {
            key: wanted[key] for key in ("KeySchema", "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes")
        }
        if "StreamSpecification" in wanted:
            options["StreamSpecification"] = {"StreamEnabled": True, **wanted["StreamSpecification"]}
        dynamodb.create_table(TableName=name, **options)


def make_the_rest() -> dict[str, str]:
    sqs, sns = boto3.client("sqs", REGION), boto3.client("sns", REGION)
    queues = {
        name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("inbound", "dead", "events-dead", "heard")
    }
    topic = sns.create_topic(Name="events")["TopicArn"]
    heard = sqs.get_queue_attributes(QueueUrl=queues["heard"], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=heard, Attributes={"RawMessageDelivery": "true"})
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="documents")
    s3.put_bucket_versioning(Bucket="documents", VersioningConfiguration={"Status": "Enabled"})
    secrets = boto3.client("secretsmanager", REGION)
    return {
        "INBOUND_QUEUE_URL": queues["inbound"],
        "INBOUND_DEAD_LETTERS_URL": queues["dead"],
        "EVENTS_DEAD_LETTERS_URL": queues["events-dead"],
        "HEARD_QUEUE_URL": queues["heard"],
        "EVENTS_TOPIC_ARN": topic,
        "CURSOR_SECRET_ARN": secrets.create_secret(Name="cursor", SecretString="c" * 64)["ARN"],
        "WEBHOOK_SECRETS_ARN": secrets.create_secret(Name="webhook", SecretString="w" * 64)["ARN"],
    }


def _forget_connections(row: Any) -> None:
    row._connection = None
    for below in row.__subclasses__():
        _forget_connections(below)


def forget_clients() -> None:
    """Settings, clients and connections are made anew at their next use."""
    for cache in (
        config.settings,
        clients.client,
        table._client,
        cursor._fernet,
        webhook._secrets_read,
        auth._issuer_keys,
    ):
        cache.cache_clear()
    _forget_connections(table.Keyed)
