"""The package: made once for the same inputs, and completed with the review's machine."""

import json
import os
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from infra import package as packaging
from infra.native import for_this_machine
from infra.package import Package, completed, digest_of, package

ROOT = Path(packaging.__file__).parent.parent


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A checkout of two files, and a Chalice that packages nothing but counts how often."""
    root = tmp_path / "checkout"
    (root / "chalicelib" / "__pycache__").mkdir(parents=True)
    (root / "infra").mkdir()
    (root / "app.py").write_text("app = 1")
    (root / "chalicelib" / "id.toml").write_text("code = 'ID'")
    (root / "infra" / "review.asl.json").write_text('{"States": {"HoldBack": {"TimeoutSeconds": 3600}}}')
    return root


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    made: list[Path] = []

    def run(root: Path, folder: Path) -> None:
        made.append(root)
        folder.mkdir()
        (folder / "sam.yaml").write_text("Resources: {ReviewMachine: {Properties: {DefinitionString: replaced}}}")
        (folder / "deployment.zip").write_bytes(b"code")

    monkeypatch.setattr(packaging, "_run_chalice", run)
    return made


def test_the_same_sources_are_packaged_once(sources: Path, runs: list[Path], tmp_path: Path) -> None:
    first = package(sources, tmp_path / "package")
    (sources / "chalicelib" / "__pycache__" / "app.pyc").write_bytes(b"1")
    (sources / "README.md").write_text("of no concern")
    os.utime(sources / "app.py", (1, 1))
    assert package(sources, tmp_path / "package") == first
    assert len(runs) == 1
    assert first.code.read_bytes() == b"code"


@pytest.mark.parametrize("changed", ["app.py", "chalicelib/id.toml", "infra/review.asl.json", "chalicelib/new.py"])
def test_whatever_is_packaged_makes_a_new_one(changed: str, sources: Path, runs: list[Path], tmp_path: Path) -> None:
    first = package(sources, tmp_path / "package")
    (sources / changed).write_text('{"States": {"HoldBack": {"TimeoutSeconds": 60}}}')
    assert package(sources, tmp_path / "package").digest != first.digest
    assert len(runs) == 2


def test_a_package_cut_off_is_made_again(sources: Path, runs: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "package"
    first = package(sources, folder)
    (folder / first.digest).unlink()
    assert package(sources, folder) == first
    assert len(runs) == 2


def test_a_file_moved_is_a_change(sources: Path) -> None:
    before = digest_of(sources)
    (sources / "chalicelib" / "id.toml").rename(sources / "chalicelib" / "sg.toml")
    assert digest_of(sources) != before


def test_the_review_takes_its_delay_from_the_stack() -> None:
    template: dict[str, Any] = {"Resources": {"ReviewMachine": {"Properties": {"DefinitionString": "replaced"}}}}
    text = completed(template, ROOT / "infra" / "review.asl.json")["Resources"]["ReviewMachine"]["Properties"][
        "DefinitionString"
    ]
    filled = json.loads(text.replace("${ReviewDelaySeconds}", "2"))
    assert filled["States"]["HoldBack"]["TimeoutSeconds"] == 2
    assert filled["StartAt"] == "HoldBack"


def test_lambdas_own_machine_runs_the_package_as_it_is(tmp_path: Path) -> None:
    made = Package(tmp_path / "template.yaml", tmp_path / "deployment.zip", "d")
    assert for_this_machine(made, "linux-x86_64") is made


def test_another_machine_gets_its_own_compiled_modules(tmp_path: Path) -> None:
    made = Package(tmp_path / "template.yaml", tmp_path / "deployment.zip", "d")
    with ZipFile(made.code, "w") as code:
        code.writestr("app.py", "app = 1")
        code.writestr("msgspec/__init__.py", "")
        code.writestr("msgspec/_core.cpython-311-x86_64-linux-gnu.so", "of Lambda")
    own = for_this_machine(made, "darwin-arm64")
    with ZipFile(own.code) as code:
        [compiled] = [name for name in code.namelist() if name.startswith("msgspec/_core.")]
        assert {"app.py", "msgspec/__init__.py"} < set(code.namelist())
        assert code.read(compiled) != b"of Lambda"
    assert own.digest != made.digest
