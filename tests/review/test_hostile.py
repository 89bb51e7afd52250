"""Over two hundred files made to mislead the review or to wear it out: each ends in a finding, at a bounded cost.

They are reviewed in processes of their own. CPU is held against what reading alone takes of an honest file of the same
format and about the same size, in the same run; below FLOOR_SECONDS a measure is noise.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from chalicelib.review import review_policy
from chalicelib.review.reasons import DOCUMENT_REASONS
from tests.review import hostile_pages, hostile_pdfs, hostile_words
from tests.review.documents import a_docx, paragraph, shown
from tests.review.hostile import HOSTILE, SIZES, honest_file, kind_of
from tests.review.policies import BAKES, STATEMENTS, a_policy

ROOT: Final = Path(__file__).parents[2]
REASONS_PAGE: Final = ROOT / "docs" / "review-reasons.md"
MAX_KILOBYTES: Final = 512 * 1024  # the smallest of our functions
TIMES: Final = 5
FLOOR_SECONDS: Final = 0.25
KINDS: Final = ("text", "html", "docx", "pdf")

ON_BLACK: Final = '<w:shd w:fill="000000"/><w:color w:val="FFFFFF"/>'
Told = dict[str, dict[str, Any]]


def documented_reasons() -> set[str]:
    return set(re.findall(r"^\| `(\w+)`", REASONS_PAGE.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What became of each file, and of the honest ones, by name."""
    rows = []
    contents = {f"{kind}-{size}": honest_file(kind, size) for kind in KINDS for size in SIZES}
    names = list(HOSTILE)
    workers = [tmp_path_factory.mktemp("hostile") for _ in range(min(2, os.cpu_count() or 1))]
    for position, name in enumerate([*contents, *names]):
        folder = workers[position % len(workers)]
        content = contents[name] if name in contents else HOSTILE[name].build()
        (folder / str(position)).write_bytes(content)
        filename = "policy" if name in contents else HOSTILE[name].name
        rows.append(
            {
                "file": str(position),
                "name": filename,
                "is_honest": name in contents,
                "of": name,
                "kind": kind_of(content),
            }
        )
        rows[-1]["size"] = len(content)
    running = [_started(folder, rows[number :: len(workers)]) for number, folder in enumerate(workers)]
    answers = {}
    for process in running:
        out, _ = process.communicate(timeout=600)
        assert process.returncode == 0
        answers.update({one["file"]: one for one in map(json.loads, out.splitlines())})
    return {str(row["of"]): {**row, **answers[str(row["file"])]} for row in rows}


def _started(folder: Path, rows: list[dict[str, Any]]) -> subprocess.Popen[str]:
    (folder / "list.json").write_text(json.dumps(rows))
    command = [sys.executable, "-m", "tests.review.hostile", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module


def allowed_seconds(told: Told, one: dict[str, Any]) -> float:
    smaller = [size for size in SIZES if size <= one["size"]]
    honest = told[f"{one['kind']}-{smaller[-1]}"]["seconds"] if smaller else 0.0
    return float(TIMES * max(FLOOR_SECONDS, honest))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_a_finding(told: Told, name: str) -> None:
    one, expected = told[name], HOSTILE[name].reason
    assert one["verdict"] in {"human", "reject"}, one
    assert one["reason"] in ({expected} if expected else documented_reasons())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_fits_into_one_function(told: Told, name: str) -> None:
    assert told[name]["kilobytes"] < MAX_KILOBYTES


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_little_more_than_reading_an_honest_one(told: Told, name: str) -> None:
    assert told[name]["seconds"] <= allowed_seconds(told, told[name])


def test_honest_files_of_any_size_are_read(told: Told) -> None:
    read = {f"{kind}-{size}": told[f"{kind}-{size}"]["reason"] for kind in KINDS for size in SIZES}
    assert read == dict.fromkeys(read)


@pytest.mark.parametrize(
    "content",
    [
        hostile_pages.PAGE + f"<p>{STATEMENTS['rights']}</p>".encode(),
        hostile_pages.PAGE + f"<p style='background:#333;color:#fff'>{STATEMENTS['rights']}</p>".encode(),
        hostile_pages.PAGE + f"<p style='font-size:10px;left:-10px;opacity:0.9'>{STATEMENTS['rights']}</p>".encode(),
        a_docx(hostile_words.BODY + paragraph(STATEMENTS["rights"])),
        a_docx(hostile_words.BODY + paragraph(STATEMENTS["rights"], look=ON_BLACK)),
        hostile_pdfs.a_page(shown(STATEMENTS["rights"], y=400)),
        hostile_pdfs.a_page(b"0 g 0 390 600 30 re f 1 g " + shown(STATEMENTS["rights"], y=400)),
        a_policy(rights=STATEMENTS["rights"].replace("a", "a\u200b")).encode(),
    ],
    ids=["page", "white on dark", "small", "DOCX", "DOCX, white on dark", "PDF", "PDF, white on dark", "zero-widths"],
)  # fmt: skip
def test_what_is_shown_in_the_place_of_what_is_hidden_is_approved(content: bytes) -> None:
    assert review_policy(content, "policy", "SG", BAKES).verdict == "approve"


def test_every_reason_a_document_can_end_with_is_documented() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "chalicelib" / "review").glob("*.py"))
    raised = set(re.findall(r"DocumentRefused\(\s*\"(\w+)\"(?: if .* else \"(\w+)\")?", source))
    reasons = {one for pair in raised for one in pair if one}
    reasons |= set(re.findall(r'"(?:human|reject)", "(\w+)"\),', source))
    reasons |= {one.reason for one in HOSTILE.values() if one.reason}
    assert len(reasons) > 15
    assert documented_reasons() == reasons == set(DOCUMENT_REASONS)
