"""HTTP: applying for capture with a policy, and what became of it."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from chalice.app import Blueprint
from msgspec import Meta, Struct

from chalicelib.accounts.routes import account_of
from chalicelib.clock import cut_to_milliseconds, written
from chalicelib.http import Answer, Call, NotFoundError, endpoint, etag
from chalicelib.kinds import CountryCode, EmailAddress, PhoneNumber, WebAddress
from chalicelib.review.application import Application, Company

blueprint = Blueprint(__name__)

Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]


class PolicyUpload(Struct, frozen=True, forbid_unknown_fields=True):
    # It travels in a header of the upload, which holds ASCII; the name under which people know the file is theirs.
    filename: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")]


class CompanyInformation(Struct, frozen=True, forbid_unknown_fields=True):
    legal_name: Line
    country: CountryCode
    address: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]
    contact_person: Line
    contact_email: EmailAddress
    contact_phone: PhoneNumber
    website: WebAddress | None = None
    registration_number: Line | None = None


class ApplicationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    upload_id: Annotated[str, Meta(pattern=r"^upl_[0-9a-f]{32}$")]
    company: CompanyInformation
    capture_from: Annotated[datetime, Meta(tz=True)] | None = None


@endpoint(
    blueprint, "POST", "/v1/accounts/{account_id}/capture/policy-uploads", action="capture.apply", body=PolicyUpload
)
def create_policy_upload(call: Call) -> Answer:
    from chalicelib.review.uploads import make_upload_form  # noqa: PLC0415 - boto3

    return Answer(make_upload_form(call.account_id, call.body.filename), 201)


@endpoint(
    blueprint, "POST", "/v1/accounts/{account_id}/capture/applications", action="capture.apply", body=ApplicationRequest
)
def submit_application(call: Call) -> Answer:
    from chalicelib.review.submission import submit  # noqa: PLC0415 - stores are heavy

    asked: ApplicationRequest = call.body
    account = account_of(call)
    application = submit(
        account,
        asked.upload_id,
        _company(asked.company),
        capture_from=cut_to_milliseconds(asked.capture_from) if asked.capture_from else None,
        by=call.actor,
        now=call.now,
    )
    location = f"/v1/accounts/{account.id}/capture/applications/{application.id}"
    return Answer(_application(application), 201, {"Location": location, "ETag": etag(application.version)})


@endpoint(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/capture/applications/{application_id}",
    action="capture.read",
)
def get_application(call: Call) -> Answer:
    from chalicelib.review import store  # noqa: PLC0415

    application = store.find(call.account_id, call.path["application_id"])
    if application is None:
        raise NotFoundError
    return Answer(_application(application), headers={"ETag": etag(application.version)})


def _company(asked: CompanyInformation) -> Company:
    values = msgspec.structs.asdict(asked)
    return msgspec.convert({name: None if value is None else str(value) for name, value in values.items()}, Company)


def _application(application: Application) -> dict[str, Any]:
    return {
        "id": application.id,
        "state": application.state.value,
        "needs_reviewer": application.needs_reviewer,
        "company": application.company,
        "document": {
            "filename": application.document.filename,
            "sha256": application.document.sha256,
            "size": application.document.size,
        },
        "capture_from": written(application.capture_from) if application.capture_from else None,
        "submitted_at": written(application.submitted_at),
        "decided_at": written(application.decided_at) if application.decided_at else None,
        "rule_set": application.rule_set,
        "reasons": application.reasons if application.decided_at or application.needs_reviewer else (),
        "findings": application.findings,
    }
