"""The house rules that no linter knows: the map is true, every refusal has an answer, the template is whole."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import chalicelib
from chalicelib import auth
from chalicelib.http import ROUTES
from chalicelib.problems import PROBLEMS
from tests.deployment import ROOT, read_resources

# Raised and caught within, or answered by another way than the table.
ANSWERED_ELSEWHERE = {
    "InvalidError",  # carries its own status and faults
    "NotJsonError",  # becomes an InvalidError, or a rejected message
    "RejectedError", "SentInFutureError", "SignatureError",  # of the queue and the webhooks, not of the API
    # Bases, never raised themselves.
    "AuthError", "IdempotencyError", "IdentityError", "LeadError", "SubmissionError", "UploadError", "DecisionError",
    "MembershipError",
    "DocumentRefused", "MarketNotServed",  # within review and markets; the API asks first
}  # fmt: skip


def modules() -> Iterator[str]:
    for one in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        yield one.name


def errors() -> Iterator[type[Exception]]:
    for name in modules():
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, type) and issubclass(value, Exception) and value.__module__.startswith("chalicelib"):
                yield value


def test_every_error_of_ours_is_answered_with_a_status_and_a_code() -> None:
    named = {error.__name__ for error in errors()}
    assert named - ANSWERED_ELSEWHERE == set(PROBLEMS)
    assert all(400 <= status < 600 and code for status, code, _ in PROBLEMS.values())


def test_the_map_shows_every_folder_and_no_other() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text()
    tree = page.split("## The tree")[1].split("```")[1]
    folders = set(re.findall(r"^\s*([a-z/0-9]+)/(?:\s|$)", tree, re.MULTILINE))
    real = {path.name for path in (ROOT / "chalicelib").rglob("*") if path.is_dir() and path.name != "__pycache__"}
    assert folders == real | {"chalicelib", "infra", "tests", "samples", "docs/decisions"}
    for named in re.findall(r"\b([a-z_]+\.py)\b", tree):
        assert list((ROOT / "chalicelib").rglob(named)) or (ROOT / named).exists(), named


def test_every_module_the_ways_name_is_there() -> None:
    ways = (ROOT / "ARCHITECTURE.md").read_text().split("## The ways through")[1].split("```")[1]
    for package, module in re.findall(r"\b(accounts|capture|events|leads|review)/([a-z_]+)", ways):
        assert (ROOT / "chalicelib" / package / f"{module}.py").exists() or (
            ROOT / "chalicelib" / package / module
        ).is_dir(), f"{package}/{module}"
    app = (ROOT / "app.py").read_text()
    for function in re.findall(r"\bapp\.([a-z_]+)", ways):
        assert f"def {function}(" in app


def test_nobody_imports_app() -> None:
    for path in (ROOT / "chalicelib").rglob("*.py"):
        assert not re.search(r"^\s*(import app|from app)\b", path.read_text(), re.MULTILINE), path


def test_a_file_fits_two_screens() -> None:
    for folder in ("chalicelib", "infra"):
        for path in (ROOT / folder).rglob("*.py"):
            assert len(path.read_text().splitlines()) <= 330, path


def test_an_action_no_route_asks_for_is_no_action() -> None:
    assert {one.action for one in ROUTES if one.action} == set(auth.ROLES_BY_ACTION)


def test_importing_the_functions_reads_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", "import app"], cwd=ROOT, env={"PATH": "/usr/bin"}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_every_table_is_on_demand_kept_backed_up_encrypted_and_forgets() -> None:
    tables = [one for one in read_resources().values() if one.get("Type") == "AWS::DynamoDB::Table"]
    assert len(tables) == 4
    for table in tables:
        assert table["DeletionPolicy"] == "Retain"
        properties = table["Properties"]
        assert properties["BillingMode"] == "PAY_PER_REQUEST"
        assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert properties["SSESpecification"]["SSEEnabled"] is True
        assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_the_repository_speaks_of_the_product_alone() -> None:
    words = re.compile(r"\.\./shared|/work/|\bissue #?\d|farm-studio|/tmp/", re.IGNORECASE)
    for path in ROOT.rglob("*"):
        if path.is_dir() or set(path.parts) & {".git", ".venv", ".local", "__pycache__", ".hypothesis"}:
            continue
        if path.suffix in {".py", ".md", ".yaml", ".json", ".toml", ".txt", ".in", ".jsonl"} and path != Path(__file__):
            assert not words.search(path.read_text()), path
