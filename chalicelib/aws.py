"""Clients of the AWS services beside DynamoDB, made at first use and kept for the life of the process."""

import functools
from typing import Any


@functools.cache
def client(service: str) -> Any:
    """A boto3 client that gives up in seconds, so that a queue or stream can try again within its own time."""
    import boto3  # noqa: PLC0415 - 300 ms that an invocation without it need not pay
    from botocore.config import Config  # noqa: PLC0415

    retries: Any = {"mode": "standard", "total_max_attempts": 4}
    limits = Config(connect_timeout=1, read_timeout=5, retries=retries)
    if service == "s3":
        # Left to itself, boto3 signs an upload form as S3 refuses it for buckets made since June 2020 (version 2), and
        # for an address that redirects to the bucket's region, which a browser's form does not follow.
        limits = limits.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
    return boto3.client(service, config=limits)
