"""Linking a platform's ids to an account: pending until proved by an echo that carries the code, or by a deployer.

A pending link routes nothing and blocks nobody: what routes is one row under the identity's own key, and the first
account to prove the identity gets it.
"""

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from chalicelib.accounts import store
from chalicelib.accounts.account import Account, Identity, IdentityKind, IdentityState
from chalicelib.ids import derived_id
from chalicelib.table import ChangedError, commit

MOST_IDENTITIES = 50  # of one account, linked or pending
CODE = re.compile(r"LINK-[A-Z2-7]{26}")  # 128 random bits in base32: typed by nobody, pasted by an admin


class IdentityError(Exception):
    """An identity can't be linked as asked."""


class IdentityTakenError(IdentityError):
    """The identity is linked to an account already, this one or another: which one is not told."""


class TooManyIdentitiesError(IdentityError):
    """The account has as many identities as one may have."""


class IdentityNotFoundError(IdentityError):
    """The account has no such identity."""


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """An identity as asked for, and the one-time code that proves it; a linked one needs none."""

    identity: Identity
    code: str | None


def request_link(account: Account, platform: str, kind: IdentityKind, value: str, now: datetime) -> LinkRequest:
    """A pending link and its code, which is shown this once.

    **Repeats**: for an identity still pending, a further code that proves it as well; for a linked one, the link.
    """
    identity_id = derived_id("idn", account.id, platform, kind.value, value)
    known = {one.id: one for one in store.list_identities(account.id)}
    standing = known.get(identity_id)
    if standing is not None and standing.state is IdentityState.LINKED:
        return LinkRequest(standing, None)
    if standing is None and len(known) >= MOST_IDENTITIES:
        raise TooManyIdentitiesError
    identity = standing or Identity(
        identity_id, account.id, platform, kind, value, state=IdentityState.PENDING, created_at=now
    )
    code = "LINK-" + base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")
    commit(store.add_identity(identity, code, now))
    return LinkRequest(identity, code)


def prove_by_echo(platform: str, business_id: str, text: str | None, now: datetime) -> str | None:
    """The account to which an echo's text has just linked its sender, or None if no code in it does.

    The code counts only out of the very identity it was shown for.
    """
    for code in CODE.findall(text or "")[:3]:
        identity = store.find_identity_by_code(code, now)
        if identity is None:
            continue
        if (identity.platform, identity.kind, identity.value) == (platform, IdentityKind.BUSINESS_ID, business_id):
            return _link(identity, now).account_id
    return None


def approve_link(account_id: str, identity_id: str, now: datetime) -> Identity:
    """The identity, linked on a deployer's word. Again: the same answer."""
    identity = store.find_identity(account_id, identity_id)
    if identity is None:
        raise IdentityNotFoundError
    return _link(identity, now)


def _link(identity: Identity, now: datetime) -> Identity:
    if identity.state is IdentityState.LINKED:
        return identity
    linked = identity.linked(now)
    try:
        commit(store.link_identity(linked))
    except ChangedError as error:
        # Ours by a twin of this call, or another account's.
        if store.find_account_id(identity.platform, identity.kind.value, identity.value) == identity.account_id:
            return linked
        raise IdentityTakenError from error
    return linked
