"""A package brought into an account: code and template to a bucket, then one stack created or updated.

The same against AWS (`make deploy STAGE=…`) and against MiniStack. **Repeats**: nothing changes where nothing has.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import boto3
import yaml
from botocore.exceptions import BotoCoreError, ClientError

from infra.console import StopError, ended, say
from infra.package import Package, package

NAME = "auto-lead-capture"
POLL_SECONDS = 0.5
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")  # roles of the functions; the serverless transform
GONE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")  # can be deleted, never updated


def deploy(
    made: Package, stack: str, bucket: str, parameters: Mapping[str, str], session: Any, endpoint: str | None = None
) -> dict[str, str]:
    """The outputs of the stack, which has this package and these parameters when the call returns."""
    s3 = session.client("s3", endpoint_url=endpoint)
    cloudformation = session.client("cloudformation", endpoint_url=endpoint)
    _ensure_bucket(s3, bucket, session.region_name)
    code_key = f"{made.digest}/deployment.zip"
    if not _has_object(s3, bucket, code_key):
        say("Uploading the functions …")
        s3.upload_file(str(made.code), bucket, code_key)
    template_key = f"{made.digest}/template.yaml"
    s3.put_object(Bucket=bucket, Key=template_key, Body=_with_code(made.template, f"s3://{bucket}/{code_key}"))
    host = endpoint or f"https://s3.{session.region_name}.amazonaws.com"
    _change_stack(cloudformation, stack, f"{host}/{bucket}/{template_key}", parameters)
    return outputs_of(cloudformation, stack)


def outputs_of(cloudformation: Any, stack: str) -> dict[str, str]:
    """The outputs of a stack by name; none if there is no such stack."""
    found = _describe(cloudformation, stack)
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])} if found else {}


def _with_code(template: Path, uri: str) -> bytes:
    """The template, whose functions' code lies at `uri`."""
    content = yaml.safe_load(template.read_text())
    for resource in content["Resources"].values():
        if resource.get("Type") == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = uri
    return yaml.safe_dump(content, sort_keys=False, width=120, allow_unicode=True).encode()


def _ensure_bucket(s3: Any, bucket: str, region: str) -> None:
    """A bucket nobody else can read, made here if it is missing."""
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchBucket"}:
            raise StopError(f"The bucket {bucket} is not yours to use. Name another one with BUCKET=….") from error
    else:
        return
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **place)
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)


def _has_object(s3: Any, bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        return False
    return True


def _change_stack(cloudformation: Any, stack: str, template_url: str, parameters: Mapping[str, str]) -> None:
    request = {
        "StackName": stack,
        "TemplateURL": template_url,
        "Capabilities": list(CAPABILITIES),
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
    }
    standing = _describe(cloudformation, stack)
    if standing and standing["StackStatus"] in GONE:
        raise StopError(f"The stack {stack} was never made whole: delete it (its tables stay), then deploy again.")
    seen = {event["EventId"] for event in _events(cloudformation, stack)} if standing else set()
    say(f"{'Updating' if standing else 'Creating'} the stack {stack} …")
    try:
        (cloudformation.update_stack if standing else cloudformation.create_stack)(**request)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return
        raise StopError(f"CloudFormation refused the template: {error.response['Error']['Message']}") from error
    _wait(cloudformation, stack, seen)


def _wait(cloudformation: Any, stack: str, seen: set[str]) -> None:
    """Raises StopError with the first failed resource and its reason."""
    failed = ""
    while True:
        found = _describe(cloudformation, stack)
        status = found["StackStatus"] if found else "DELETE_COMPLETE"
        for event in _new_events(cloudformation, stack, seen):
            if event["ResourceStatus"].endswith("_FAILED") and not failed:
                failed = f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
                say(f"  {failed}")
        if not status.endswith("_IN_PROGRESS"):
            break
        time.sleep(POLL_SECONDS)
    if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        why = failed or (found or {}).get("StackStatusReason", "no reason given")
        raise StopError(f"The stack {stack} could not be deployed ({status}). {why}")


def _new_events(cloudformation: Any, stack: str, seen: set[str]) -> list[dict[str, Any]]:
    """What has happened since the last look, oldest first."""
    new = [event for event in _events(cloudformation, stack) if event["EventId"] not in seen]
    seen.update(event["EventId"] for event in new)
    return new[::-1]


def _events(cloudformation: Any, stack: str) -> Iterable[dict[str, Any]]:
    try:
        return list(cloudformation.describe_stack_events(StackName=stack)["StackEvents"])
    except ClientError:
        return []


def _describe(cloudformation: Any, stack: str) -> dict[str, Any] | None:
    try:
        return dict(cloudformation.describe_stacks(StackName=stack)["Stacks"][0])
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make deploy", description="Deploys the package to AWS.")
    parser.add_argument("--stage", required=True, help="names the stack: auto-lead-capture-<stage>")
    parser.add_argument("--region", help="the AWS region; otherwise that of your AWS configuration")
    parser.add_argument("--bucket", help="for code and template; made if missing")
    parser.add_argument("parameters", nargs="*", help="parameters of the stack, such as ReviewDelaySeconds=3600")
    return parser.parse_args()


def main() -> int:
    asked = _arguments()
    wrong = [one for one in asked.parameters if "=" not in one]
    if wrong:
        raise StopError(f"A parameter is Name=Value; {wrong[0]!r} is not.", 2)
    session: Any = boto3.Session(region_name=asked.region)
    if not session.region_name:
        raise StopError("Say where to deploy: make deploy STAGE=… REGION=…", 2)
    try:
        account = session.client("sts").get_caller_identity()["Account"]
        bucket = asked.bucket or f"{NAME}-{account}-{session.region_name}"
        parameters = dict(one.split("=", 1) for one in asked.parameters)
        outputs = deploy(package(), f"{NAME}-{asked.stage}", bucket, parameters, session)
    except (BotoCoreError, ClientError) as error:
        raise StopError(f"AWS refused: {error}") from error
    for name, value in sorted(outputs.items()):
        print(f"{name}={value}")
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
