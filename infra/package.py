"""The package: Chalice's template and code, merged with infra/resources.yaml and completed with the review's machine.

Made once for the same inputs: `.local/package/` keeps the last one, and `digest` says what it was made of.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.console import StopError, ended, say
from infra.memory import locked

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".local" / "package"
PYTHONS = ((3, 11), (3, 13))  # the first and last that this project is tested with; Chalice packages for its own
INPUTS = (
    "app.py",
    "requirements.txt",
    "chalicelib",
    ".chalice/config.json",
    *(".chalice/policy-*.json", "infra/resources.yaml", "infra/review.asl.json", "infra/package.py"),
)


@dataclass(frozen=True, slots=True)
class Package:
    """A template and the code it names, and a digest of what both were made of."""

    template: Path
    code: Path
    digest: str


def package(root: Path = ROOT, folder: Path = FOLDER) -> Package:
    """The package of the sources in `root` as they are.

    **Repeats**: the package made before, if nothing has changed.
    """
    with locked(folder.with_suffix(".lock")):
        digest = digest_of(root)
        made = Package(folder / "template.yaml", folder / "deployment.zip", digest)
        if not (folder / digest).exists():
            say("Packaging the functions …")
            _make(root, folder, digest)
        return made


def _make(root: Path, folder: Path, digest: str) -> None:
    """The folder holds the package and, named after the digest, a mark that it is whole."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="package-") as temporary:
        new = Path(temporary) / "new"
        _run_chalice(root, new)
        template = completed(yaml.safe_load((new / "sam.yaml").read_text()), root / "infra" / "review.asl.json")
        (new / "template.yaml").write_text(yaml.safe_dump(template, sort_keys=False, width=120, allow_unicode=True))
        (new / "sam.yaml").unlink()
        (new / digest).touch()
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)


def digest_of(root: Path) -> str:
    """SHA-256 of every input's name and content, and of the interpreter, which decides the runtime."""
    total = hashlib.sha256(f"{sys.version_info[:2]} {sys.platform}".encode())
    for path in _files(root):
        content = path.read_bytes()
        total.update(f"\n{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for pattern in INPUTS:
        for found in sorted(root.glob(pattern)):
            if found.is_file():
                yield found
                continue
            inner = (path for path in sorted(found.rglob("*")) if "__pycache__" not in path.parts)
            yield from (path for path in inner if path.is_file())


def completed(template: dict[str, Any], machine: Path) -> dict[str, Any]:
    """The template with the review's definition, whose delay is the stack's parameter.

    JSON has no way to write a number that is filled in later, so the bare token takes the number's place in the text.
    """
    definition = json.loads(machine.read_text())
    definition["States"]["HoldBack"]["TimeoutSeconds"] = "${ReviewDelaySeconds}"
    text = json.dumps(definition, indent=1).replace('"${ReviewDelaySeconds}"', "${ReviewDelaySeconds}")
    template["Resources"]["ReviewMachine"]["Properties"]["DefinitionString"] = text
    return template


def _run_chalice(root: Path, folder: Path) -> None:
    programs = Path(sys.executable).parent
    command = [str(programs / "chalice"), "package", "--stage", "prod", "--template-format", "yaml"]
    merged = ["--merge-template", str(root / "infra" / "resources.yaml")]
    path = f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [*command, *merged, str(folder)],
        cwd=root,
        env={**os.environ, "PATH": path, "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "us-east-1")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        say(done.stdout + done.stderr)
        raise StopError(
            "Chalice could not package the functions; its words are above. Mend what they name, then repeat."
        )


def main() -> int:
    made = package()
    say(f"Packaged: {made.template.relative_to(ROOT)}, {made.code.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
