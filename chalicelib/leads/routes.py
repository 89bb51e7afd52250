"""HTTP: the Leads Center's list and contact cards."""

from typing import Any, Literal

from chalice.app import Blueprint

from chalicelib.accounts.routes import account_of
from chalicelib.clock import written
from chalicelib.http import Answer, Call, NotFoundError, Page, endpoint, etag
from chalicelib.leads.lead import Contact, Evidence, Lead, masked

blueprint = Blueprint(__name__)


class LeadQuery(Page, frozen=True, forbid_unknown_fields=True):
    order: Literal["created", "activity"] = "created"


@endpoint(blueprint, "GET", "/v1/accounts/{account_id}/leads", action="leads.read", query=LeadQuery)
def list_leads(call: Call) -> Answer:
    from chalicelib.leads import store  # noqa: PLC0415 - stores are heavy

    is_by_activity = call.query.order == "activity"
    leads, position = store.list_leads(
        call.account_id, call.query.limit, call.position(), now=call.now, is_by_activity=is_by_activity
    )
    answer: dict[str, Any] = {"leads": [_lead(one, is_masked=call.is_masked) for one in leads]}
    if position is not None:
        answer["cursor"] = call.cursor(position)
    return Answer(answer)


@endpoint(blueprint, "GET", "/v1/accounts/{account_id}/leads/{lead_id}", action="leads.read")
def get_lead(call: Call) -> Answer:
    from chalicelib.leads import store  # noqa: PLC0415

    account = account_of(call)
    card = store.get_card(call.account_id, call.path["lead_id"])
    if card.lead is None or store.is_expired(card.lead, account.retention_days, call.now):
        raise NotFoundError
    standing = [one for one in card.contacts.values() if one.stands]
    standing.sort(key=lambda one: (one.evidence.order if one.evidence else "", _start(one)))
    is_masked = call.is_masked
    body = _lead(card.lead, is_masked=is_masked) | {
        "contacts": [_contact(one, is_masked=is_masked) for one in standing]
    }
    return Answer(body, headers={"ETag": etag(card.lead.version)})


def _start(contact: Contact) -> int:
    return contact.evidence.parts[0].start if contact.evidence else 0


def _shown(kind: str, value: str | None, *, is_masked: bool) -> str | None:
    return masked(kind, value) if is_masked and value else value


def _lead(lead: Lead, *, is_masked: bool) -> dict[str, Any]:
    return {
        "id": lead.id,
        "customer": {
            "id": lead.customer_id,
            "platform": lead.platform,
            "username": lead.customer_username,
            "name": lead.customer_name,
        },
        "conversation_id": lead.conversation_id,
        "status": lead.status.value,
        "source": lead.source.value,
        "channel": lead.channel.value,
        "assignee": lead.assignee,
        "phone": _shown("phone", lead.phone, is_masked=is_masked),
        "email": _shown("email", lead.email, is_masked=is_masked),
        "name": _shown("name", lead.name, is_masked=is_masked),
        "first_touch": _touch(lead.first_touch),
        "last_touch": _touch(lead.last_touch),
        "created_at": written(lead.created_at),
        "active_in_hour": f"{lead.activity}:00:00.000Z",
        "version": lead.version,
    }


def _touch(touch: Any) -> dict[str, Any] | None:
    return {"at": touch.order.partition("#")[0], **touch.details} if touch else None


def _contact(contact: Contact, *, is_masked: bool) -> dict[str, Any]:
    return {
        "id": contact.id,
        "kind": contact.kind,
        "value": _shown(contact.kind, contact.value, is_masked=is_masked),
        "evidence": _evidence(contact.evidence, is_masked=is_masked) if contact.evidence else None,
    }


def _evidence(evidence: Evidence, *, is_masked: bool) -> dict[str, Any]:
    return {
        "parts": [
            {
                "conversation_id": part.conversation_id,
                "message_id": part.message_id,
                "sent_at": written(part.sent_at),
                "start": part.start,
                "end": part.end,
                "text": None if is_masked else part.text,
            }
            for part in evidence.parts
        ],
        "rule": evidence.rule,
        "is_region_assumed": evidence.is_region_assumed,
        "captured_at": written(evidence.captured_at),
        "application_id": evidence.application_id,
        "policy_sha256": evidence.policy_sha256,
        "rule_set": evidence.rule_set,
    }
