"""Clients of the AWS services beside DynamoDB, made at first use and kept for the life of the process."""

import functools
from typing import Any


@functools.cache
def client(service: str) -> Any:
    """A boto3 client that gives up in seconds, so that a queue or stream can try again within its own time."""
    import boto3  # noqa: PLC0415 - 300 ms that an invocation without it need not pay
    from botocore.config import Config  # noqa: PLC0415

    retries: Any = {"mode": "standard", "total_max_attempts": 4}
    # Left to itself, boto3 signs an upload form as S3 no longer takes it for buckets made since June 2020 (version 2).
    signature = "s3v4" if service == "s3" else None
    limits = Config(connect_timeout=1, read_timeout=5, retries=retries, signature_version=signature)
    return boto3.client(service, config=limits)
