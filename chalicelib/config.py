"""Settings: every environment value, typed, read at first use, and by nobody else."""

import functools
import os
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """One field for one environment variable, whose name is the field's in capitals."""

    accounts_table: str
    conversations_table: str
    leads_table: str
    changes_table: str
    inbound_queue_url: str
    inbound_dead_letters_url: str
    events_topic_arn: str
    events_dead_letters_url: str
    documents_bucket: str
    review_machine_arn: str
    issuer: str
    jwks_url: str
    client_ids: tuple[str, ...]  # the allowed `client_id` of a Cognito access token
    audience: str  # the `aud` of another issuer's token; empty where the issuer is Cognito
    webhook_secrets_arn: str
    cursor_secret_arn: str
    webhook_max_age_seconds: int
    allowed_origins: tuple[str, ...]


@functools.cache
def settings() -> Settings:
    """The settings of this deployment. A missing variable raises KeyError with its name."""
    values: dict[str, Any] = {one.name: _typed(os.environ[one.name.upper()], one.type) for one in fields(Settings)}
    return Settings(**values)


def _typed(text: str, kind: object) -> object:
    if kind is int:
        return int(text)
    if kind is str:
        return text
    return tuple(part.strip() for part in text.split(",") if part.strip())
