"""Every hostile file there is, and what a review makes of those in a folder: each in a process of its own.

`python -m tests.review.hostile FOLDER` prints a line of JSON for each: verdict, reason, CPU seconds, peak memory.
"""

import io
import json
import os
import random
import resource
import sys
import time
import zipfile
from pathlib import Path
from typing import Any, Final

from chalicelib.review import review_policy
from chalicelib.review.document import MAX_CHARACTERS, DocumentRefused, read_document
from tests.review.documents import WRAPPED, a_pdf, as_docx, as_html, as_pdf, shown, stream
from tests.review.hostile_file import HostileFile
from tests.review.hostile_pages import PAGES
from tests.review.hostile_pdfs import PDFS
from tests.review.hostile_texts import TEXTS
from tests.review.hostile_words import WORDS
from tests.review.policies import BAKES, SAMPLES, a_policy, sample_text

HOSTILE: Final[dict[str, HostileFile]] = {**TEXTS, **PAGES, **PDFS, **WORDS}
ENOUGH_SECONDS: Final = 60  # after which a process is stopped by the system


# Honest files for comparison: of text as long as may be; what is left of the size is pictures, or a style sheet.
SIZES: Final = (30_000, 100_000, 300_000, 1_000_000, 4_000_000)
PICTURE: Final = 500_000
WORDS_OF_POLICIES: Final = a_policy().replace("#", "").split()


def honest_text(size: int) -> str:
    """Sentences and headings with the words of a policy, in an order of their own so that they pack like a text."""
    dice = random.Random(1)
    parts, length = ["# Privacy policy"], 0
    while length < min(size, MAX_CHARACTERS * 9 // 10):
        words = " ".join(dice.choice(WORDS_OF_POLICIES).strip(".") + dice.choice("aeiou") for _ in range(18))
        parts.append(f"## {words[:30]}" if len(parts) % 6 == 0 else f"We {words}.")
        length += len(parts[-1]) + 2
    return "\n\n".join(parts)


def honest_file(kind: str, size: int) -> bytes:
    """About so many bytes of a policy in this format."""
    noise = random.Random(2).randbytes(size)
    if kind == "pdf":
        lines = WRAPPED.findall(honest_text(3 * size))
        pages = [
            b"".join(shown(line, y=780 - 14 * number) for number, line in enumerate(lines[first : first + 50]))
            for first in range(0, len(lines), 50)
        ]
        rest = noise[: max(10, size - len(a_pdf(*pages)))]
        pictures = (rest[first : first + PICTURE] for first in range(0, len(rest), PICTURE))
        return a_pdf(*pages, more=tuple(stream(one, kind=b"/Type/XObject/Subtype/Image") for one in pictures))
    if kind == "docx":
        bare_docx = as_docx(honest_text(3 * size))
        file = io.BytesIO(bare_docx)
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr("word/media/image1.png", noise[: max(10, size - len(bare_docx))])
        return file.getvalue()
    text = honest_text(size)
    missing = max(0, size - len(text))
    return text.encode() if kind == "text" else as_html(text).replace(b"p {}", b"p { color: red }\n" * (missing // 17))


def kind_of(content: bytes) -> str:
    if content.startswith(b"%PDF"):
        return "pdf"
    return "docx" if content.startswith(b"PK") else "html" if content.startswith(b"<") else "text"


def warmed_up() -> None:
    """All that is imported and compiled once, so that no file is charged for it."""
    for sample in SAMPLES:
        review_policy(sample_text(sample.filename).encode(), sample.filename, sample.market, sample.company)
    for make in (as_html, as_docx, as_pdf):
        review_policy(make(a_policy()), "policy", "SG", BAKES)


def measured(path: Path, name: str, *, is_honest: bool) -> dict[str, Any]:
    """What a fork of this process makes of a file: the review of a hostile one, the reading of an honest one."""
    source, sink = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (ENOUGH_SECONDS, ENOUGH_SECONDS))
        content = path.read_bytes()
        started = time.process_time()
        told = _read(content, name) if is_honest else _reviewed(content, name)
        os.write(sink, json.dumps({**told, "seconds": time.process_time() - started}).encode())
        os._exit(0)
    os.close(sink)
    with os.fdopen(source, "rb") as answer:
        told = json.loads(answer.read() or "{}")
    usage = os.wait4(child, 0)[2]
    return {
        "verdict": None,
        "reason": "died",
        "seconds": usage.ru_utime + usage.ru_stime,
        **told,
        "kilobytes": usage.ru_maxrss,
    }


def _reviewed(content: bytes, name: str) -> dict[str, Any]:
    try:
        review = review_policy(content, name, "SG", BAKES)
    except BaseException as error:  # noqa: BLE001 - told, and failed by the test
        return {"verdict": None, "reason": repr(error)[:200]}
    return {"verdict": review.verdict, "reason": review.reason}


def _read(content: bytes, name: str) -> dict[str, Any]:
    try:
        read_document(content, name)
    except DocumentRefused as refusal:
        return {"verdict": None, "reason": refusal.reason}
    return {"verdict": None, "reason": None}


def main(folder: Path) -> None:
    warmed_up()
    for row in json.loads((folder / "list.json").read_text()):
        one = measured(folder / row["file"], row["name"], is_honest=row["is_honest"])
        print(json.dumps({"file": row["file"], **one}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
