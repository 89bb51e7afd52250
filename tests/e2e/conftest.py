"""The packaged system on a MiniStack of its own: made once for all tests of a run, with nothing left behind."""

from collections.abc import Iterator

import pytest

from infra.demo import Demo, a_demo, ensure_approved
from infra.stack import Stack, local_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The deployed stack with no account in it."""
    with local_stack(tmp_path_factory.mktemp("ministack")) as running:
        yield running


@pytest.fixture(scope="session")
def demo(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """An Indonesian account: linked, and approved to capture from now on."""
    made = a_demo(stack, "ID", tmp_path_factory.mktemp("demo"))
    ensure_approved(made)
    return made
