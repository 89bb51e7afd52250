"""What all tests in one process share: a deployment's environment, and an empty deployment on moto."""

import os
from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.deployment import ENVIRONMENT, Api, forget_clients, make_tables, make_the_rest
from tests.issuer import Issuer, running_issuer


@pytest.fixture(scope="session", autouse=True)
def _environment() -> Iterator[None]:
    """The environment of a function, for the whole run: settings are read from nowhere else."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("AWS_"):
                patch.delenv(name)
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    with running_issuer() as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("JWKS_URL", running.url)
        yield running


@pytest.fixture
def api(aws: None, issuer: Issuer) -> Api:
    return Api(issuer)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A whole deployment, empty: the real tables, the queues, the topic with a queue behind it, the bucket."""
    with mock_aws():
        make_tables()
        for name, value in make_the_rest().items():
            monkeypatch.setenv(name, value)
        forget_clients()
        yield
    forget_clients()
