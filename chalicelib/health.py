"""HTTP: whether the API answers at all, and what it answers where it has no resource."""

from chalice.app import Blueprint

from chalicelib.http import Answer, Call, NotFoundError, endpoint

blueprint = Blueprint(__name__)


@endpoint(blueprint, "GET", "/v1/health", is_public=True)
def get_health(_call: Call) -> Answer:
    """It asks nothing of other services and tells nothing of them."""
    return Answer({"status": "ok"})


# API Gateway's own answer to an unknown path is a 403 in a shape of its own; this one is ours.
for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):

    @endpoint(blueprint, method, "/{proxy+}", is_public=True)
    def answer_unknown_path(_call: Call) -> Answer:
        raise NotFoundError
