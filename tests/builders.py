"""Things of the domain, made for tests: name what matters, the rest is sensible."""

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import (
    Account,
    Capture,
    Identity,
    IdentityKind,
    IdentityState,
    Interval,
    Member,
    MemberState,
    Role,
)
from chalicelib.capture.message import ChannelAccount, Customer, DirectMessage, Referral
from chalicelib.ids import derived_id
from chalicelib.table import commit

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ACCOUNT_ID = "acc_" + "0" * 32
BUSINESS_ID = "business-1"
ADMIN = "admin-1"


def an_account(**changes: Any) -> Account:
    """An account in Indonesia whose capture was approved and is on since a month ago."""
    capture = Capture(
        is_on=True,
        approved_application="app_" + "1" * 32,
        policy_sha256="0" * 64,
        rule_set="1.test",
        intervals=(Interval(NOON - timedelta(days=30)),),
    )
    values: dict[str, Any] = {
        "id": ACCOUNT_ID,
        "name": "Kopi Senja",
        "market": "ID",
        "time_zone": "Asia/Jakarta",
        "created_at": NOON - timedelta(days=31),
        "own_phones": ("+6281100001111",),
        "own_emails": ("halo@kopisenja.example",),
        # Far beyond this test's lifetime, so that NOON never expires.
        "retention_days": 36_500,
        "capture": capture,
    }
    return Account(**(values | changes))


def a_member(subject: str, role: Role = Role.ADMIN, **changes: Any) -> Member:
    """A bound member of the account, whose id ends in nothing random: the same subject has the same id."""
    account_id = changes.pop("account_id", ACCOUNT_ID)
    values: dict[str, Any] = {
        "id": derived_id("mem", account_id, subject),
        "account_id": account_id,
        "role": role,
        "state": MemberState.BOUND,
        "created_at": NOON,
        "subject": subject,
        "joined_at": NOON,
    }
    return Member(**(values | changes))


def stored_account(**changes: Any) -> Account:
    """An account with an admin and a linked identity, in the tables."""
    account = an_account(**changes)
    identity = Identity(
        "idn_" + account.id[4:],
        account.id,
        "tiktok",
        IdentityKind.BUSINESS_ID,
        BUSINESS_ID + account.id[40:],
        IdentityState.PENDING,
        NOON,
    )
    commit([accounts.add(account), *accounts.add_member(a_member(ADMIN, account_id=account.id))])
    commit(accounts.add_identity(identity, "LINK-" + "A" * 26, NOON))
    commit(accounts.link_identity(identity.linked(NOON)))
    return account


def a_dm(
    text: str | None = "halo kak",
    *,
    number: int = 1,
    at: datetime | None = None,
    conversation: str = "chat-1",
    customer: Customer | None = None,
    direction: Any = "inbound",
    referral: Referral | None = None,
    message_id: str | None = None,
) -> DirectMessage:
    """A DM of a customer, sent `number` minutes past noon unless told otherwise."""
    return DirectMessage(
        version=1,
        channel_account=ChannelAccount("tiktok", BUSINESS_ID),
        conversation_id=conversation,
        message_id=message_id or f"message-{number}",
        sent_at=at or NOON + timedelta(minutes=number),
        direction=direction,
        message_type="text",
        customer=customer or Customer("customer-1", "budi88"),
        text=text,
        referral=referral,
    )
