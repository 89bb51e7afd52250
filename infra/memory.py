"""What `make run` remembers between two runs beside MiniStack's own state: small JSON files in `.local/run/`."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from infra.console import StopError


def recall(path: Path) -> dict[str, Any]:
    """The JSON object kept in the file; an empty one if there is none that can be read."""
    with suppress(OSError, ValueError):
        value = json.loads(path.read_text())
        return value if isinstance(value, dict) else {}
    return {}


def keep(path: Path, value: dict[str, Any]) -> None:
    """The object stands in the file, or what stood there before: nothing in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(value))
    new.replace(path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else is inside meanwhile; who comes second waits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else uses the folder meanwhile. Raises StopError if somebody does."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StopError("Another `make run` is up in this checkout. End it with Ctrl-C first.") from error
        yield
