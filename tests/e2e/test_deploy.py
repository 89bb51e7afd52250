"""Deploying: a stack that can't be made is told with the resource at fault and its reason."""

import hashlib
from pathlib import Path

import pytest

from infra.console import StopError
from infra.deploy import deploy
from infra.package import Package
from infra.stack import BUCKET, Stack, local_session

BROKEN = """
Resources:
  Broken:
    Type: AWS::Lambda::Url
    Properties: {TargetFunctionArn: no-such-function, AuthType: NONE}
"""


def a_package(folder: Path, template: str) -> Package:
    (folder / "template.yaml").write_text(template)
    (folder / "deployment.zip").write_bytes(b"")
    digest = hashlib.sha256(template.encode()).hexdigest()
    return Package(folder / "template.yaml", folder / "deployment.zip", digest)


def test_the_resource_at_fault_is_told_with_its_reason(stack: Stack, tmp_path: Path) -> None:
    made = a_package(tmp_path, BROKEN)
    with pytest.raises(StopError, match=r"Broken: .*no-such-function"):
        deploy(made, "broken", BUCKET, {}, local_session(), stack.ministack.url)


def test_what_is_deployed_already_stays_as_it_is(stack: Stack, tmp_path: Path) -> None:
    made = a_package(tmp_path, "Resources: {Queue: {Type: 'AWS::SQS::Queue'}}\nOutputs: {Url: {Value: {Ref: Queue}}}")
    first, second = (deploy(made, "small", BUCKET, {}, local_session(), stack.ministack.url) for _ in range(2))
    assert first == second
    assert set(first) == {"Url"}
