"""The API's description: made of the routes, whole, and of the version it says."""

import json
import re

from chalicelib.http import ROUTES
from chalicelib.openapi import document
from tests.deployment import Api

WITHOUT_ANSWER = {"get_openapi"}  # it answers this description itself


def described() -> dict[tuple[str, str], dict[str, object]]:
    return {
        (method.upper(), path): operation
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }


def test_every_route_is_described_and_nothing_else() -> None:
    assert set(described()) == {(one.method, one.path) for one in ROUTES if "{proxy+}" not in one.path}


def test_every_route_tells_what_it_answers() -> None:
    silent = {
        one.name for one in ROUTES if one.answer is None and one.statuses != (204,) and "{proxy+}" not in one.path
    }
    assert silent == WITHOUT_ANSWER


def test_every_route_has_a_name_and_a_sentence_of_its_own() -> None:
    names = [str(one["operationId"]) for one in described().values()]
    assert len(names) == len(set(names))
    for one in described().values():
        assert re.match(r"[A-Z*].{8,}", str(one["summary"])), one["operationId"]


def test_every_reference_leads_somewhere() -> None:
    page = document()
    for name in set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(page))):
        assert name in page["components"]["schemas"]


def test_the_messages_of_the_queue_are_described_too() -> None:
    schemas = document()["components"]["schemas"]
    assert {"DirectMessage", "LeadFormSubmission"} <= set(schemas)


def test_anyone_may_read_it(api: Api) -> None:
    read = api("GET", "/v1/openapi.json", as_=None)
    assert read.status == 200
    assert read.json["openapi"] == "3.1.0"
