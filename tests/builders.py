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
from chalicelib.capture.message import (
    ChannelAccount,
    Customer,
    DirectMessage,
    FormAd,
    FormChannelAccount,
    FormField,
    LeadForm,
    LeadFormSubmission,
    Referral,
)
from chalicelib.clock import hour_of
from chalicelib.ids import derived_id
from chalicelib.leads.lead import Lead, lead_id_of
from chalicelib.table import commit

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ACCOUNT_ID = "acc_" + "0" * 32
BUSINESS_ID = "business-1"
ADVERTISER_ID = "7126711421177430271"
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


def a_form(lead_id: str = "7126711421177430274", *, ad: FormAd | None = None, **answers: str) -> LeadFormSubmission:
    """An entry of an instant form, sent at noon. Answers by field; without any, a phone, an address and a name."""
    filled = answers or {"phone_number": "0812-8834-5571", "email": "Budi@Pelanggan.example", "name": "Budi Santoso"}
    return LeadFormSubmission(
        version=1,
        channel_account=FormChannelAccount("tiktok", advertiser_id=ADVERTISER_ID),
        lead_id=lead_id,
        submitted_at=NOON,
        lead_source="INSTANT_FORM",
        form=LeadForm("55", "Promo kopi"),
        ad=ad,
        fields=[FormField(field, value) for field, value in filled.items()],
    )


def linked(account: Account, kind: IdentityKind, value: str) -> Identity:
    """One more identity of the account, linked."""
    identity = Identity(
        derived_id("idn", account.id, kind.value, value),
        account.id,
        "tiktok",
        kind,
        value,
        IdentityState.PENDING,
        NOON,
    )
    commit(accounts.add_identity(identity, f"LINK-{identity.id}", NOON))
    commit(accounts.link_identity(identity.linked(NOON)))
    return identity.linked(NOON)


def a_lead(number: int = 1, **changes: Any) -> Lead:
    """A lead of its own customer, made `number` minutes past noon."""
    at = NOON + timedelta(minutes=number)
    account_id = changes.get("account_id", ACCOUNT_ID)
    values: dict[str, Any] = {
        "account_id": account_id,
        "id": lead_id_of(account_id, "tiktok", f"customer-{number}"),
        "platform": "tiktok",
        "customer_id": f"customer-{number}",
        "customer_username": None,
        "customer_name": None,
        "conversation_id": None,
        "created_at": at,
        "updated_at": at,
        "activity": hour_of(at),
    }
    return Lead(**(values | changes))
