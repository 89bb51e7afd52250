"""HTTP: whether the API answers at all, how it is described, and what it answers where it has no resource."""

from chalice.app import Blueprint
from msgspec import Struct

from chalicelib.http import Answer, Call, NotFoundError, endpoint

blueprint = Blueprint(__name__)


class Health(Struct, frozen=True):
    status: str


class AnyQuery(Struct, frozen=True):
    """Whatever is asked of a path that is none."""


@endpoint(blueprint, "GET", "/v1/health", is_public=True, answer=Health)
def get_health(_call: Call) -> Answer:
    """Whether the API answers: it asks nothing of other services and tells nothing of them."""
    return Answer(Health("ok"))


@endpoint(blueprint, "GET", "/v1/openapi.json", is_public=True)
def get_openapi(_call: Call) -> Answer:
    """This description, OpenAPI 3.1."""
    from chalicelib.openapi import document  # noqa: PLC0415 - made once a process, and only if asked for

    return Answer(document(), headers={"Cache-Control": "public, max-age=300"})


# API Gateway's own answer to an unknown path is a 403 in a shape of its own; this one is ours.
for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):

    @endpoint(blueprint, method, "/{proxy+}", is_public=True, query=AnyQuery)
    def answer_unknown_path(_call: Call) -> Answer:
        raise NotFoundError
