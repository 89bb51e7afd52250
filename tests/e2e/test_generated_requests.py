"""Requests generated from the served description, good and bad ones: each answered, with a status that is described."""

from collections import Counter
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from infra.stack import Stack

WANTED = 2_000
CHECKS: list[Any] = [not_a_server_error, content_type_conformance, response_schema_conformance]


def known_ids(stack: Stack, token: str) -> dict[str, str]:
    """Ids that exist, of an account made for this, so that requests come further than to a 404."""
    account_id = stack.api("POST", "/v1/accounts", token, {"name": "Generated", "market": "SG"}).body["id"]
    account = f"/v1/accounts/{account_id}"
    asked = {"name": "Mei", "contacts": [{"kind": "phone", "value": "9123 4567"}]}
    lead = stack.api("POST", f"{account}/leads", token, asked).body
    contact = stack.api("GET", f"{account}/leads/{lead['id']}", token).body["contacts"][0]
    note = stack.api("POST", f"{account}/leads/{lead['id']}/notes", token, {"text": "x"}).body
    member = stack.api("POST", f"{account}/members", token, {"role": "analyst"}).body
    return {
        "account_id": account_id,
        "lead_id": lead["id"],
        "contact_id": contact["id"],
        "note_id": note["id"],
        "member_id": member["id"],
    }


def test_no_generated_request_gets_a_5xx_or_a_status_that_is_not_described(stack: Stack) -> None:
    token = stack.token_of("generator@tests.example", "reviewers", "deployers")
    ids = known_ids(stack, token)
    schema = schemathesis.openapi.from_dict(stack.api("GET", "/v1/openapi.json").body)
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
    answered: Counter[int] = Counter()
    each = WANTED // len(operations) // 2 + 6  # of each operation and mode; some have fewer, so a few more

    def send(case: Case[Any], is_known: bool) -> None:  # noqa: FBT001 - drawn
        if is_known:
            case.path_parameters.update({name: ids[name] for name in case.path_parameters if name in ids})
        answer = case.call(base_url=stack.api_url, headers={"Authorization": f"Bearer {token}"})
        answered[answer.status_code] += 1
        described = {int(status) for status in case.operation.definition.raw["responses"]}
        assert answer.status_code in described, (case.method, case.path, answer.status_code, answer.text)
        case.validate_response(answer, checks=CHECKS)

    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query or operation.headers):
                continue
            run = given(case=operation.as_strategy(generation_mode=mode), is_known=st.sampled_from([True, True, False]))
            limits = settings(
                max_examples=each,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            limits(run(send))()
    print(f"\n{sum(answered.values()):,} requests: {dict(sorted(answered.items()))}")
    assert sum(answered.values()) >= WANTED
    assert answered[200] + answered[201] + answered[202] + answered[204] > 50
    assert max(answered) < 500
