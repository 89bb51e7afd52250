"""JSON as RFC 8259 has it, from senders we don't trust: bounded, without extensions, always storable."""

import json
from typing import Any

DEEPEST = 32  # nestings: what we accept has four


class NotJsonError(ValueError):
    """The text is not JSON we accept; the message names the fault, never a value."""


def parse_json(text: str | bytes) -> Any:
    """The value, with U+FFFD-like `?` where half an emoji stood, which no table would store.

    Refuses what parsers read differently: doubled names in an object, NaN and Infinity, depth beyond any use.
    """
    try:
        value = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except RecursionError as error:
        raise NotJsonError("nested too deeply") from error
    except NotJsonError:
        raise
    except ValueError as error:
        raise NotJsonError("not JSON") from error
    _check_depth(value, DEEPEST)
    return _storable(value)


def _refuse_constant(_name: str) -> None:
    raise NotJsonError("NaN and Infinity are not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise NotJsonError("a name stands twice in one object")
    return names


def _check_depth(value: Any, left: int) -> None:
    if not isinstance(value, dict | list):
        return
    if left == 0:
        raise NotJsonError("nested too deeply")
    for inner in value.values() if isinstance(value, dict) else value:
        _check_depth(inner, left - 1)


def _storable(value: Any) -> Any:
    """The value without lone surrogates: JSON can spell them, UTF-8 can't (RFC 8259, section 8.2)."""
    written = json.dumps(value, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:
        return json.loads(written.encode(errors="replace"))
    return value
