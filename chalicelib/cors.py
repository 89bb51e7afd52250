"""Cross-origin requests: pages of the listed origins may call and read, no others.

Source: https://fetch.spec.whatwg.org/#http-cors-protocol (2026-11).
"""

from collections.abc import Sequence

from chalicelib.config import settings

ALLOWED_HEADERS = "Authorization, Content-Type, If-Match, Idempotency-Key"
EXPOSED_HEADERS = "ETag, Location, Retry-After, X-Request-Id"
PREFLIGHT_SECONDS = 600

Headers = dict[str, str | list[str]]


def headers(origin: str | None) -> Headers:
    """What lets a page of this origin read an answer: nothing, unless the origin is listed."""
    if origin is None or origin not in settings().allowed_origins:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": EXPOSED_HEADERS,
        "Vary": "Origin",
    }


def preflight_headers(origin: str | None, methods: Sequence[str]) -> Headers:
    """What a browser is told before it calls a path that has these methods."""
    allowed = ", ".join(methods)
    told: Headers = {"Allow": f"{allowed}, OPTIONS"}
    if listed := headers(origin):
        told |= listed | {
            "Access-Control-Allow-Methods": allowed,
            "Access-Control-Allow-Headers": ALLOWED_HEADERS,
            "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        }
    return told
