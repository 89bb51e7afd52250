"""Who calls, by a bearer token of the deployment's issuer, and who may do what, by one table of role x action.

The token is verified where the request is answered: no second function, no cached answer of an authorizer, and every
refusal in our own words (docs/decisions/0003-tokens.md).
"""

import functools
import time
from dataclasses import dataclass
from typing import Any

from chalicelib.accounts.account import Member, Role
from chalicelib.config import settings

EVERY_ROLE = frozenset(Role)
TEAM = frozenset({Role.ADMIN, Role.OPERATOR})
ADMINS = frozenset({Role.ADMIN})

# Who may do what in an account. A member whose role is missing here gets 403; whoever is no bound member gets 404.
ROLES_BY_ACTION: dict[str, frozenset[Role]] = {
    "account.edit": ADMINS,
    "account.read": EVERY_ROLE,
    "capture.read": EVERY_ROLE,
    "capture.switch": ADMINS,
    "capture.apply": ADMINS,
    "capture.reread": ADMINS,
    "conversations.read": EVERY_ROLE,
    "events.read": ADMINS,
    "identities.read": ADMINS,
    "identities.link": ADMINS,
    "leads.create": TEAM,
    "leads.edit": TEAM,
    "leads.mark": TEAM,
    "leads.read": EVERY_ROLE,
    "leads.work": TEAM,
    "members.edit": ADMINS,
    "members.read": EVERY_ROLE,
    "messages.send": TEAM,
    "notes.read": EVERY_ROLE,
    "notes.write": TEAM,
    "notifications.read": EVERY_ROLE,
}

DEPLOYERS = "deployers"  # groups of the issuer: people of the deployment, not of an account
REVIEWERS = "reviewers"

# An unknown key id makes us ask the issuer for its keys again, but not more often: a forger may send any number.
KEYS_ASKED_AGAIN_SECONDS = 60


class AuthError(Exception):
    """The caller may not do this."""


class UnauthorizedError(AuthError):
    """No token, or none that is valid here and now."""


class ForbiddenError(AuthError):
    """The caller is known, and this is not theirs to do."""


class IssuerUnreachableError(AuthError):
    """The issuer's keys can't be had at the moment."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a person or machine by the token's subject, and the groups it is in."""

    subject: str
    groups: frozenset[str] = frozenset()


def caller_of(authorization: str | None) -> Caller:
    """The caller a header `Bearer <JWT>` stands for. Raises UnauthorizedError, or IssuerUnreachableError for now.

    Source: RFC 6750 (the header), RFC 8725 (algorithms named by us, never by the token).
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise UnauthorizedError("send the header Authorization: Bearer <token>")
    claims = _verified(token)
    if not settings().audience and not _is_for_our_clients(claims):
        raise UnauthorizedError("the token is not an access token of one of this deployment's clients")
    groups = claims.get("cognito:groups") or claims.get("groups") or []
    named = groups if isinstance(groups, list) else []
    if not claims["sub"]:
        raise UnauthorizedError("the token names nobody")
    return Caller(str(claims["sub"]), frozenset(group for group in named if isinstance(group, str)))


def _is_for_our_clients(claims: dict[str, Any]) -> bool:
    """Cognito's access tokens carry no audience, but the client they were made for."""
    return claims.get("token_use") == "access" and claims.get("client_id") in settings().client_ids


def _verified(token: str) -> dict[str, Any]:
    import jwt  # noqa: PLC0415 - 127 ms that queue and stream need not pay

    try:
        key_id = jwt.get_unverified_header(token).get("kid")
        claims: dict[str, Any] = jwt.decode(
            token,
            _signing_key(str(key_id)),
            algorithms=["RS256", "ES256"],
            issuer=settings().issuer,
            audience=settings().audience or None,
            leeway=5,
            options={"require": ["exp", "iss", "sub"], "verify_aud": bool(settings().audience)},
        )
    except jwt.PyJWKClientConnectionError as error:
        raise IssuerUnreachableError from error
    except (jwt.PyJWTError, ValueError, TypeError) as error:  # TypeError: an algorithm that is not its key's
        raise UnauthorizedError("the token is malformed, expired or not signed by this deployment's issuer") from error
    return claims


def _signing_key(key_id: str) -> Any:
    keys = _issuer_keys()
    if key_id not in keys.by_id() and keys.may_ask_again():
        keys.ask_again()
    if key_id not in keys.by_id():
        raise UnauthorizedError("the token is not signed by a key of this deployment's issuer")
    return keys.by_id()[key_id]


class _IssuerKeys:
    """The issuer's public keys, asked for once in five minutes, and after an unknown one at most once a minute."""

    def __init__(self, url: str) -> None:
        import jwt  # noqa: PLC0415

        self._client = jwt.PyJWKClient(url, lifespan=300, timeout=3)
        self._asked_again_at = -KEYS_ASKED_AGAIN_SECONDS

    def by_id(self) -> dict[str, Any]:
        return {str(key.key_id): key.key for key in self._client.get_signing_keys()}

    def may_ask_again(self) -> bool:
        return time.monotonic() - self._asked_again_at >= KEYS_ASKED_AGAIN_SECONDS

    def ask_again(self) -> None:
        self._asked_again_at = int(time.monotonic())
        self._client.get_signing_keys(refresh=True)


@functools.cache
def _issuer_keys() -> _IssuerKeys:
    return _IssuerKeys(settings().jwks_url)


def is_allowed(member: Member, action: str) -> bool:
    """Whether the member's role is one of the action's."""
    return member.role in ROLES_BY_ACTION[action]


def is_masked(member: Member) -> bool:
    """Whether contact values are shown to this member masked, wherever they stand."""
    return member.role is Role.ANALYST
