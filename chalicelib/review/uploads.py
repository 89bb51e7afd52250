"""Policies in object storage: a form to upload one straight to it, and the one version that is under review."""

import hashlib
from typing import Any

from chalicelib.aws import client
from chalicelib.config import settings
from chalicelib.ids import new_id
from chalicelib.review.application import Document

LARGEST_POLICY = 5 * 1024 * 1024  # bytes
FORM_SECONDS = 600


class UploadError(Exception):
    """The upload can't be reviewed."""


class NothingUploadedError(UploadError):
    """No policy was uploaded under this id by this account."""


class UploadTooLargeError(UploadError):
    """The document is larger than a policy may be."""


def make_upload_form(account_id: str, filename: str) -> dict[str, Any]:
    """`{"upload_id", "url", "fields", "expires_in_seconds", "max_bytes"}`: POST the fields, then the file, to the url.

    The form holds for one key, the size it may have and ten minutes; nobody can read what is uploaded with it.
    """
    upload_id = new_id("upl")
    fields = {"x-amz-meta-filename": filename}
    form = client("s3").generate_presigned_post(
        settings().documents_bucket,
        _key(account_id, upload_id),
        Fields=fields,
        Conditions=[fields, ["content-length-range", 1, LARGEST_POLICY]],
        ExpiresIn=FORM_SECONDS,
    )
    return {
        "upload_id": upload_id,
        "url": form["url"],
        "fields": form["fields"],
        "expires_in_seconds": FORM_SECONDS,
        "max_bytes": LARGEST_POLICY,
    }


def get_uploaded(account_id: str, upload_id: str) -> Document:
    """The document as it stands now, pinned to its version. Raises NothingUploadedError, UploadTooLargeError."""
    found = _get_object(_key(account_id, upload_id))
    content = found["Body"].read()
    return Document(
        key=_key(account_id, upload_id),
        version_id=found["VersionId"],
        sha256=hashlib.sha256(content).hexdigest(),
        filename=found["Metadata"].get("filename", "policy"),
        size=len(content),
    )


def get_content(document: Document) -> bytes:
    """The bytes of this very version. Raises NothingUploadedError if they are gone."""
    content: bytes = _get_object(document.key, VersionId=document.version_id)["Body"].read()
    return content


def _get_object(key: str, **version: str) -> Any:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - comes with the client

    try:
        found = client("s3").get_object(Bucket=settings().documents_bucket, Key=key, **version)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"NoSuchKey", "NoSuchVersion", "404"}:
            raise NothingUploadedError from error
        raise
    if found["ContentLength"] > LARGEST_POLICY:
        raise UploadTooLargeError
    return found


def _key(account_id: str, upload_id: str) -> str:
    return f"policies/{account_id}/{upload_id}"
