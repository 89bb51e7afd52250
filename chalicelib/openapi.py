"""The API's description, OpenAPI 3.1, made of the routes as they are registered and the shapes that validate.

Source: https://spec.openapis.org/oas/v3.1.1.html (2024-10).
"""

import functools
import re
from typing import Any

import msgspec
from msgspec import Struct

from chalicelib.auth import ROLES_BY_ACTION
from chalicelib.http import ROUTES, Endpoint, NoQuery, Page
from chalicelib.kinds import SCHEMAS
from chalicelib.problems import INVALID_CODES, MEDIA_TYPE, PROBLEMS

ID_SCHEMA = {"type": "string", "pattern": "^[a-z]{3}_[a-z0-9]{32}$"}
REF = "#/components/schemas/{name}"


class Fault(Struct):
    """One fault: where it is, in the body, the query or a header, and what is wrong."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None


class Problem(Struct):
    """Why a request was refused (RFC 9457): `code` is stable, `errors` names every fault of a faulty request."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[Fault] | msgspec.UnsetType = msgspec.UNSET


@functools.cache
def document() -> dict[str, Any]:
    """The whole description, as `GET /v1/openapi.json` serves it."""
    from chalicelib.capture.message import QUEUE_SHAPES  # noqa: PLC0415 - only this document wants them all

    described = [one for one in ROUTES if "{proxy+}" not in one.path]
    shapes = {shape for one in described for shape in (one.body, one.answer) if shape} | {Problem, *QUEUE_SHAPES}
    ordered = sorted(shapes, key=lambda shape: shape.__name__)
    schemas, components = msgspec.json.schema_components(ordered, schema_hook=_schema_of_kind, ref_template=REF)
    schema_by_shape = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in described:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, schema_by_shape)
    described_by: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Auto-lead capture",
            "version": "1",
            "description": "Contacts that customers leave in chat, as leads in a Leads Center.",
        },
        "servers": [{"url": ".."}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }
    portable: dict[str, Any] = _portable(described_by)
    return portable


def _portable(value: Any) -> Any:
    r"""The description with patterns as every reader knows them: Python's end of text, `\Z`, is theirs `$`."""
    if isinstance(value, list):
        return [_portable(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: one.replace(r"\Z", "$") if name == "pattern" and isinstance(one, str) else _portable(one)
        for name, one in value.items()
    }


def _schema_of_kind(kind: type) -> dict[str, Any]:
    if kind in SCHEMAS:
        return SCHEMAS[kind]
    raise NotImplementedError(kind.__name__)


def _operation(one: Endpoint, schema_by_shape: dict[type, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": _parameters(one),
        "responses": _responses(one, schema_by_shape),
    }
    if one.is_public:
        operation["security"] = []
    if one.action:
        operation["x-roles"] = sorted(ROLES_BY_ACTION[one.action])
    if one.group:
        operation["x-group"] = one.group
    if one.body:
        content = {"application/json": {"schema": schema_by_shape[one.body]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameters(one: Endpoint) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": ID_SCHEMA}
        for name in re.findall(r"\{(\w+)\}", one.path)
    ]
    if one.query is not NoQuery:
        (_, components) = msgspec.json.schema_components([one.query], schema_hook=_schema_of_kind, ref_template=REF)
        query = components[one.query.__name__]
        for name, schema in query["properties"].items():
            plain = _without_null(_resolved(schema, components))
            is_required = name in query.get("required", ())
            found.append({"name": name, "in": "query", "required": is_required, "schema": plain})
    if one.is_conditional:
        found.append({"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}})
    if one.method == "POST" and not one.is_public:
        key = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key})
    return found


def _resolved(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The schema without references: parameters stand by themselves."""
    if "$ref" in schema:
        return _resolved(components[schema["$ref"].rpartition("/")[2]], components)
    if "anyOf" in schema:
        return schema | {"anyOf": [_resolved(inner, components) for inner in schema["anyOf"]]}
    return schema


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter left out is no `null`."""
    kept = [inner for inner in schema.get("anyOf", ()) if inner.get("type") != "null"]
    return kept[0] if len(kept) == 1 else {name: one for name, one in schema.items() if name != "default"}


def _responses(one: Endpoint, schema_by_shape: dict[type, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done."}
    if one.answer:
        success["content"] = {"application/json": {"schema": schema_by_shape[one.answer]}}
    responses: dict[str, Any] = {str(status): success for status in one.statuses}
    for status, codes in sorted(codes_of(one).items()):
        responses[str(status)] = {
            "description": "Refused: " + ", ".join(f"`{code}`" for code in sorted(codes)) + ".",
            "content": {MEDIA_TYPE: {"schema": schema_by_shape[Problem]}},
        }
    return responses


def codes_of(one: Endpoint) -> dict[int, set[str]]:
    """The codes with which a route may refuse, by status: those of its kind, and its own."""
    errors = set(one.refusals)
    invalid = {422}
    if not one.is_public:
        errors |= {"UnauthorizedError", "IssuerUnreachableError"}
    if one.action or "{" in one.path:
        errors.add("NotFoundError")
    if one.action or one.group:
        errors.add("ForbiddenError")
    if issubclass(one.query, Page):
        errors.add("CursorError")
    if one.body:
        invalid |= set(INVALID_CODES)
    if one.method != "GET" and not one.is_public:
        errors |= {"ChangedError", "BusyError"}
    if one.is_conditional:
        errors |= {"StaleError", "NoVersionError"}
    if one.method == "POST" and not one.is_public:
        errors |= {"KeyReusedError", "StillRunningError"}
    found: dict[int, set[str]] = {429: {"too_many_requests"}}
    for status, code in [*(PROBLEMS[name][:2] for name in errors), *((s, INVALID_CODES[s]) for s in invalid)]:
        found.setdefault(status, set()).add(code)
    return found
