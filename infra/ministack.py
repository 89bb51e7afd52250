"""MiniStack as a process: on the loopback address alone, healthy when given to the caller, state saved at the end."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from infra.console import StopError

ROOT = Path(__file__).parent.parent
LOCAL = ROOT / ".local"
HOST = "127.0.0.1"
REGION = "us-east-1"
ACCESS_KEY = "test"  # MiniStack's root caller: it may do everything, and the functions only what their roles allow
START_SECONDS = 60
SAVE_SECONDS = 120  # ending saves the state, which is large after many messages


@dataclass(frozen=True, slots=True)
class MiniStack:
    """A running MiniStack."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def process_id(self) -> int:
        return self.process.pid

    def is_running(self) -> bool:
        return self.process.poll() is None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


@contextmanager
def running(folder: Path, port: int | None = None) -> Iterator[MiniStack]:
    """MiniStack with its state, log and temporary files in `folder`; on any exit it is ended and its port free."""
    program = LOCAL / "ministack" / "bin" / "python"
    if not program.exists():
        raise StopError("MiniStack is not installed. Start with `make run` or `make test`: they install it.")
    folder = folder.resolve()  # the process runs elsewhere
    folder.mkdir(parents=True, exist_ok=True)
    chosen = _chosen_port(folder, port)
    shutil.rmtree(folder / "tmp", ignore_errors=True)  # what an earlier run that was killed left behind
    (folder / "tmp").mkdir()
    _make_state_fit(folder, chosen)
    with (folder / "ministack.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-P", ROOT / "infra" / "ministack_guard.py"],  # -P: `ministack` is the package, not this file
            cwd=folder,
            env=_environment(folder, chosen),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is ours to handle: it must save its state
        )
    try:
        _wait_until_healthy(process, chosen, folder / "ministack.log")
        yield MiniStack(chosen, process)
    finally:
        _end(process)
        shutil.rmtree(folder / "tmp", ignore_errors=True)


def _make_state_fit(folder: Path, port: int) -> None:
    """What MiniStack 1.5.33 saved, so that it goes on from it: it keeps two things that are true for one process only.

    Queues go by URLs with the port in them: with another port, no function would get their messages. How far functions
    have read a table's stream is kept, but the stream begins anew: they would wait for as many records as before. What
    stood in the stream unread is lost with it.
    """
    last = _last_port(folder)
    for path in (folder / "state").glob("*.json"):
        state = path.read_text()
        fit = state.replace(f"localhost:{last}/", f"localhost:{port}/").replace(f"{HOST}:{last}/", f"{HOST}:{port}/")
        if path.name == "lambda.json":
            values = json.loads(fit)
            values["payload"]["dynamodb_stream_positions"] = {}
            fit = json.dumps(values)
        if fit != state:
            new = path.with_suffix(".new")
            new.write_text(fit)
            new.replace(path)
    (folder / "port").write_text(str(port))


def _chosen_port(folder: Path, wanted: int | None) -> int:
    """The port asked for, else that of the last run, else any that is free."""
    if wanted is not None:
        if not 1024 <= wanted <= 65535:
            raise StopError("PORT is a number from 1024 to 65535.", 2)
        if not _is_free(wanted):
            raise StopError(f"Port {wanted} is taken. Name another one with PORT=…, or none to have one chosen.", 2)
        return wanted
    last = _last_port(folder)
    if last is not None and _is_free(last):
        return last
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _last_port(folder: Path) -> int | None:
    with suppress(OSError, ValueError):
        return int((folder / "port").read_text())
    return None


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _environment(folder: Path, port: int) -> dict[str, str]:
    """Nothing of the caller's but the path: no credentials, no proxy, no Docker, no address but the loopback one."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(folder / "tmp"),
        "HOME": str(folder),
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",  # it would listen on every interface, whatever BIND_HOST says
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nowhere",
        "AUTH": "true",  # the functions' roles are enforced
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "state" / "s3"),
        "LOG_LEVEL": "WARNING",
    }


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StopError(f"MiniStack ended as soon as it was started. Its log says why: {log}")
        if _is_healthy(port):
            return
        time.sleep(0.1)
    raise StopError(f"MiniStack did not answer within {START_SECONDS} seconds. Its log may say why: {log}")


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Closing its input makes the guard end it in order; what does not end so in time is killed."""
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    try:
        process.wait(SAVE_SECONDS)
    except subprocess.TimeoutExpired:
        print("MiniStack did not save its state in time and is killed.", file=sys.stderr)
        process.kill()
        process.wait()
