"""Policies in object storage: a form to upload one straight to it, and the one version that is under review."""

import hashlib
from typing import Any

from chalicelib.aws import client
from chalicelib.config import settings
from chalicelib.review.application import Document

LARGEST_POLICY = 5 * 1024 * 1024  # bytes
FORM_SECONDS = 600
LINK_SECONDS = 300


class UploadError(Exception):
    """The upload can't be reviewed."""


class NothingUploadedError(UploadError):
    """No policy was uploaded under this id by this account."""


class UploadTooLargeError(UploadError):
    """The document is larger than a policy may be."""


def make_upload_form(account_id: str, upload_id: str, filename: str) -> dict[str, Any]:
    """`{"url", "fields"}`: POST the fields, then the file, to the url.

    The form holds for one key, the size it may have and ten minutes; nobody can read what is uploaded with it.

    **Repeats**: another form for the same key. What is uploaded later is a later version of the document.
    """
    fields = {"x-amz-meta-filename": filename}
    form: dict[str, Any] = client("s3").generate_presigned_post(
        settings().documents_bucket,
        _key(account_id, upload_id),
        Fields=fields,
        Conditions=[fields, ["content-length-range", 1, LARGEST_POLICY]],
        ExpiresIn=FORM_SECONDS,
    )
    return form


def make_link(document: Document) -> str:
    """An address under which this very version can be fetched for five minutes, as a file and never as a page."""
    link: str = client("s3").generate_presigned_url(
        "get_object",
        Params={
            "Bucket": settings().documents_bucket,
            "Key": document.key,
            "VersionId": document.version_id,
            # The form that a policy is uploaded with fixes its name: letters, digits, blanks and `._-`.
            "ResponseContentDisposition": f'attachment; filename="{document.filename}"',
            "ResponseContentType": "application/octet-stream",
        },
        ExpiresIn=LINK_SECONDS,
    )
    return link


def get_uploaded(account_id: str, upload_id: str) -> tuple[Document, bytes]:
    """The document as it stands now, pinned to its version, and its bytes.

    Raises NothingUploadedError, UploadTooLargeError.
    """
    found = _get_object(_key(account_id, upload_id))
    content: bytes = found["Body"].read()
    document = Document(
        key=_key(account_id, upload_id),
        version_id=found["VersionId"],
        sha256=hashlib.sha256(content).hexdigest(),
        filename=found["Metadata"].get("filename", "policy"),
        size=len(content),
    )
    return document, content


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
