"""Every fault of a request body at once, each with its JSON pointer, and none with the value that was sent.

msgspec stops at the first fault; what is here asks it about each part, so that a form can mark all its fields.
"""

import itertools
import re
import types
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar, get_args, get_origin

import msgspec

from chalicelib.kinds import parse_kind
from chalicelib.strict_json import NotJsonError, parse_json

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")
NO_TIME = "must be a time with its offset from UTC, such as 2026-11-22T09:00:00Z"
MOST_FAULTS = 100  # told of one request: a form has fewer fields, and a body made to have millions costs no more


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: a JSON pointer (RFC 6901) into the body, or the name of a query parameter or header."""

    pointer: str
    detail: str
    place: str = "body"

    def as_json(self) -> dict[str, str]:
        if self.place == "body":
            return {"pointer": self.pointer, "detail": self.detail}
        return {"parameter" if self.place == "query" else self.place: self.pointer.lstrip("/"), "detail": self.detail}


class InvalidError(Exception):
    """The request has these faults."""

    def __init__(self, faults: Sequence[Fault], status: int = 422) -> None:
        super().__init__("invalid request")
        self.faults = tuple(faults)
        self.status = status


def parse_body(raw: bytes, shape: type[T]) -> T:
    """The body as `shape`. Raises InvalidError with all its faults."""
    try:
        value = parse_json(raw)
    except NotJsonError as error:
        raise InvalidError([Fault("", f"is not acceptable JSON: {error}")], status=400) from error
    return convert(value, shape)


def convert(value: Any, shape: type[T]) -> T:
    """Decoded JSON as `shape`. Raises InvalidError with all its faults."""
    try:
        return msgspec.convert(value, shape, dec_hook=parse_kind)
    except msgspec.ValidationError as error:
        raise InvalidError(list(_faults(value, shape, "", is_strict=True))) from error


def parse_query(query: dict[str, str], shape: type[S]) -> S:
    """Query parameters as `shape`, numbers and truth values out of their text. Raises InvalidError with all faults."""
    times = [one.encode_name for one in msgspec.structs.fields(shape) if datetime in _kinds_of(one.type)]
    # Left to itself, msgspec takes digits for seconds since 1970.
    wrong = [Fault(f"/{name}", NO_TIME, "query") for name in times if name in query and not TIME.match(query[name])]
    if wrong:
        raise InvalidError(wrong)
    try:
        return msgspec.convert(query, shape, strict=False, dec_hook=parse_kind)
    except msgspec.ValidationError as error:
        faults = _faults(query, shape, "", is_strict=False)
        raise InvalidError([Fault(one.pointer, one.detail, "query") for one in faults]) from error


def _faults(value: Any, shape: Any, pointer: str, *, is_strict: bool) -> Iterator[Fault]:
    try:
        msgspec.convert(value, shape, strict=is_strict, dec_hook=parse_kind)
    except msgspec.ValidationError as error:
        within = list(itertools.islice(_faults_within(value, _plain(shape), pointer, is_strict=is_strict), MOST_FAULTS))
        yield from within or [Fault(pointer, _without_value(str(error)))]


def _faults_within(value: Any, shape: Any, pointer: str, *, is_strict: bool) -> Iterator[Fault]:
    if isinstance(value, dict) and isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        yield from _faults_of_struct(value, shape, pointer, is_strict=is_strict)
    elif isinstance(value, list) and get_origin(shape) in {list, tuple}:
        for place, one in enumerate(value):
            yield from _faults(one, get_args(shape)[0], f"{pointer}/{place}", is_strict=is_strict)
    elif isinstance(value, dict) and get_origin(shape) is dict:
        for name, one in value.items():
            yield from _faults(one, get_args(shape)[1], f"{pointer}/{_escaped(name)}", is_strict=is_strict)


def _faults_of_struct(
    value: dict[str, Any], shape: type[msgspec.Struct], pointer: str, *, is_strict: bool
) -> Iterator[Fault]:
    fields = {one.encode_name: one for one in msgspec.structs.fields(shape)}
    tag = shape.__struct_config__.tag_field
    for name in value:
        if name not in fields and name != tag and shape.__struct_config__.forbid_unknown_fields:
            yield Fault(f"{pointer}/{_escaped(name)}", "is not a field of this request")
    for name, one in fields.items():
        if name in value:
            yield from _faults(value[name], one.type, f"{pointer}/{_escaped(name)}", is_strict=is_strict)
        elif one.required:
            yield Fault(f"{pointer}/{name}", "is required")


def _kinds_of(shape: Any) -> tuple[Any, ...]:
    """The kinds of value a field takes: one, or those of a union."""
    plain = _plain(shape)
    return tuple(map(_plain, get_args(plain))) if get_origin(plain) in {typing.Union, types.UnionType} else (plain,)


def _plain(shape: Any) -> Any:
    """The shape without constraints and without `| None` or `| UnsetType`."""
    while get_origin(shape) is Annotated:
        shape = get_args(shape)[0]
    if get_origin(shape) in {typing.Union, types.UnionType}:
        inner = [one for one in get_args(shape) if one not in {types.NoneType, msgspec.UnsetType}]
        return _plain(inner[0]) if len(inner) == 1 else shape
    return shape


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")[:100]


def _without_value(message: str) -> str:
    """Msgspec's words without the place, which the pointer tells, and without a value it may quote."""
    words = re.sub(r" - at `[^`]*`$", "", message)
    return re.sub(r"^(Invalid (?:enum )?value).*$", r"\1", words, flags=re.DOTALL)
