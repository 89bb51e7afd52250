"""A change: one thing that happened to a subject of an account, kept as history and published as events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.clock import written
from chalicelib.ids import ordered_id

# The id of a contact is made of its value alone, and beside the masked value it could be tried out.
KEPT_IN_HISTORY = {"contact_id", "instead_of"}
SYSTEM = "system"  # the actor of what no person did


@dataclass(frozen=True, slots=True)
class Change:
    """What happened, to what, when and by whom. `body` carries ids, states and masked contacts, nothing else."""

    id: str
    account_id: str
    market: str
    subject: str  # the id of the lead, application, account … it happened to
    types: tuple[str, ...]  # one event for each, `lead.created.v1`
    version: int  # of the subject, once changed: the order of its changes
    at: datetime
    actor: str  # a member's subject, or SYSTEM
    body: dict[str, Any]


def a_change(
    *types: str,
    account_id: str,
    market: str,
    subject: str,
    version: int,
    at: datetime,
    actor: str = SYSTEM,
    body: dict[str, Any] | None = None,
) -> Change:
    """A new change under a new id. It exists once it is committed with what it tells of."""
    return Change(ordered_id("chg", at), account_id, market, subject, types, version, at, actor, body or {})


def events_of(change: Change) -> list[dict[str, Any]]:
    """The CloudEvents 1.0 of a change, one for each of its types; the same ids at every repetition.

    Shape: `{"specversion": "1.0", "id": "chg_…-0", "source": "/v1/accounts/acc_…", "type": "lead.created.v1",
    "subject": "led_…", "time": "…Z", "datacontenttype": "application/json", "data": {"version": 1, …}}`.
    Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
    """
    told = {name: one for name, one in change.body.items() if name not in KEPT_IN_HISTORY}
    return [
        {
            "specversion": "1.0",
            "id": f"{change.id}-{number}",
            "source": f"/v1/accounts/{change.account_id}",
            "type": kind,
            "subject": change.subject,
            "time": written(change.at),
            "datacontenttype": "application/json",
            "data": {
                "account_id": change.account_id,
                "market": change.market,
                "version": change.version,
                "actor": change.actor,
                **told,
            },
        }
        for number, kind in enumerate(change.types)
    ]
