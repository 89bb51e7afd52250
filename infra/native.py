"""The package's code for this machine. Chalice packages for Lambda, which is Linux on x86-64; not every laptop is."""

import platform
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from infra.package import Package

COMPILED = (".so", ".dylib", ".pyd")


def for_this_machine(made: Package, system: str = f"{sys.platform}-{platform.machine()}") -> Package:
    """The package as it is, where Lambda's compiled modules run; else with this environment's own ones.

    Both are of the same versions: requirements-dev.txt includes requirements.txt.
    """
    if system == "linux-x86_64":
        return made
    own = replace(made, code=made.code.with_name(f"{system}.zip"), digest=f"{made.digest}-{system}")
    if not own.code.exists():
        _exchange(made.code, own.code, Path(sysconfig.get_path("platlib")))
    return own


def _exchange(code: Path, target: Path, environment: Path) -> None:
    """The code with every compiled module replaced by the environment's module of the same package."""
    new = target.with_suffix(".new")
    with ZipFile(code) as source, ZipFile(new, "w", ZIP_DEFLATED) as result:
        names = {name for name in source.namelist() if name.endswith(COMPILED)}
        for entry in source.infolist():
            if entry.filename not in names:
                result.writestr(entry, source.read(entry))
        for package in sorted({_package(Path(name)) for name in names}):
            for path in sorted(environment.glob(f"{package}*")) + sorted((environment / package).rglob("*")):
                if path.name.endswith(COMPILED):
                    result.write(path, path.relative_to(environment))
    new.replace(target)


def _package(path: Path) -> str:
    """`msgspec` of msgspec/_core.cpython-311-x86_64-linux-gnu.so; `_cffi_backend` of a module of its own."""
    return path.parts[0].partition(".")[0]
