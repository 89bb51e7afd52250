"""What a PDF may cost, told before it is drawn: by its size, its fonts and what it draws within itself.

pypdf reads a page's fonts anew for each page, and a form's each time it is drawn, so a small file can ask for much.
The unit is an operation of drawing, some 4 µs of pypdf's time.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

MAX_OPERATIONS: Final = 400_000  # drawn in all; a page of text has 1,000 to 3,000
BASE_OPERATIONS: Final = 60_000  # of these a file may draw however small it is, and one more for each byte
FONT: Final = 150  # what a font costs, beside what its map to Unicode holds
MAX_FORMS: Final = 500  # of a page
MAX_ENDS: Final = 500  # a file has one, and one more each time it was saved on top
MAX_OBJECTS: Final = 40_000  # a page of text has five to ten

RANGES: Final = re.compile(rb"beginbfrange(.{0,100000}?)endbfrange", re.DOTALL)
RANGE: Final = re.compile(rb"<\s{0,3}([0-9a-fA-F]{1,8})\s{0,3}>\s{0,9}<\s{0,3}([0-9a-fA-F]{1,8})\s{0,3}>\s{0,9}[<\[]")


def is_overgrown(content: bytes) -> bool:
    """Whether a file names far more of its parts than any writer makes, which alone takes seconds to look through."""
    entries = content.count(b" 00000 n") + content.count(b" 65535 f")
    return content.count(b"startxref") > MAX_ENDS or max(content.count(b" obj"), entries) > MAX_OBJECTS


def allowed_operations(content: bytes) -> int:
    return min(MAX_OPERATIONS, BASE_OPERATIONS + len(content))


def costs_of(page: Any) -> tuple[int, int]:
    """What a page's own fonts cost, and what the fonts of its dearest form do, each time that is drawn."""
    own, *forms = (_cost_of_fonts(resources) for resources in _resources(page))
    return own, max(forms, default=0) if len(forms) <= MAX_FORMS else MAX_OPERATIONS


def _resources(page: Any) -> Iterator[Any]:
    """The page's resources, then those of its forms, and of theirs; each once."""
    waiting = [_inherited(page, "/Resources")]
    known: set[int] = set()
    while waiting and len(known) <= MAX_FORMS + 1:
        resources = waiting.pop()
        known.add(id(resources))
        yield resources
        for form in _values(resources, "/XObject"):
            inner = _got(form, "/Resources")
            if id(inner) not in known and inner:
                waiting.append(inner)


def _inherited(page: Any, name: str) -> Any:
    for _ in range(50):
        if page is None or (found := _got(page, name)):
            return found if page is not None else {}
        page = _got(page, "/Parent")
    return {}


def _got(holder: Any, name: str) -> Any:
    found = holder.get(name) if hasattr(holder, "get") else None
    return found.get_object() if found is not None else None


def _values(resources: Any, name: str) -> list[Any]:
    held = _got(resources, name)
    return [one.get_object() for one in held.values()] if hasattr(held, "values") else []


def _cost_of_fonts(resources: Any) -> int:
    total = 0
    for font in _values(resources, "/Font"):
        total += FONT
        told = _got(font, "/ToUnicode")
        if hasattr(told, "get_data"):
            total += _cost_of_map(told.get_data())
        if total > MAX_OPERATIONS:
            break
    return total


def _cost_of_map(told: bytes) -> int:
    """A range of letters is written short, and read one by one."""
    entries = sum(
        max(0, int(last, 16) - int(first, 16)) for part in RANGES.findall(told) for first, last in RANGE.findall(part)
    )
    return len(told) // 30 + min(entries, MAX_OPERATIONS) // 2


def has_hidden_layer(catalog: Any) -> bool:
    """Whether a layer is switched off: what stands on it is read, and not shown."""
    default = _got(_got(catalog, "/OCProperties"), "/D")
    return bool(_got(default, "/OFF")) or _got(default, "/BaseState") == "/OFF"


def has_glass(page: Any) -> bool:
    """Whether the page knows a way of drawing that leaves nothing: without opacity."""
    states = (one for resources in _resources(page) for one in _values(resources, "/ExtGState"))
    return any(hasattr(one, "get") and one.get("/ca") == 0 for one in states)
