"""Cursors: where a list goes on, sealed for the caller and the list it was made for, and valid for a day."""

import base64
import functools
import hashlib
from typing import TYPE_CHECKING

from chalicelib.aws import client
from chalicelib.config import settings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

LIFETIME_SECONDS = 24 * 60 * 60


class CursorError(Exception):
    """The cursor is forged, of another list or caller, or too old."""


def seal_cursor(position: str, subject: str, of_list: str) -> str:
    """An opaque, URL-safe cursor. `of_list` names account and query: a cursor of one is none of another."""
    return _fernet().encrypt(f"{_owner(subject, of_list)} {position}".encode()).decode().rstrip("=")


def open_cursor(cursor: str, subject: str, of_list: str) -> str:
    """The position in a cursor sealed for this caller and list within the last day. Raises CursorError."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - heavy, and only pages need it

    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        owner, _, position = _fernet().decrypt(padded.encode(), ttl=LIFETIME_SECONDS).decode().partition(" ")
    except (InvalidToken, ValueError) as error:
        raise CursorError from error
    if owner != _owner(subject, of_list):
        raise CursorError
    return position


def _owner(subject: str, of_list: str) -> str:
    return hashlib.sha256(f"{len(subject)}:{subject}{of_list}".encode()).hexdigest()


@functools.cache
def _fernet() -> "Fernet":
    from cryptography.fernet import Fernet  # noqa: PLC0415

    secret = client("secretsmanager").get_secret_value(SecretId=settings().cursor_secret_arn)["SecretString"]
    # The secret is 64 random characters; Fernet wants 32 bytes, which its hash is.
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()))
