"""The Leads Center as the API tells it, and how it is printed: a table for people, JSON Lines for programs."""

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from infra.demo import Demo

READ_AT_ONCE = 4
WIDEST = 38


def cards(demo: Demo) -> Iterator[dict[str, Any]]:
    """Every lead's contact card, newest lead first."""
    cursor = ""
    with ThreadPoolExecutor(READ_AT_ONCE) as readers:
        while True:
            page = demo.call("GET", f"/leads?limit=100{cursor}").body
            yield from readers.map(lambda lead: _card(demo, lead["id"]), page["leads"])
            if "cursor" not in page:
                return
            cursor = f"&cursor={page['cursor']}"


def _card(demo: Demo, lead_id: str) -> dict[str, Any]:
    card: dict[str, Any] = demo.call("GET", f"/leads/{lead_id}").body
    return card


def results(found: Iterator[dict[str, Any]], platform_ids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The leads that have a conversation in `platform_ids` (ours → the platform's), by the platform's id.

    A lead with several of them stands under that of its first contact.
    """
    chosen = [(_conversation_in(card, platform_ids), card) for card in found]
    return [
        {
            "conversation_id": conversation_id,
            "status": card["status"],
            "source": card["source"],
            "channel": card["channel"],
            "contacts": [_contact(one) for one in card["contacts"]],
        }
        for conversation_id, card in sorted(
            ((place, card) for place, card in chosen if place is not None), key=lambda one: (one[0], one[1]["id"])
        )
    ]


def _conversation_in(card: Mapping[str, Any], platform_ids: Mapping[str, str]) -> str | None:
    told = [part["conversation_id"] for contact in card["contacts"] for part in _parts(contact)]
    return next((platform_ids[one] for one in [*told, card["conversation_id"]] if one in platform_ids), None)


def _parts(contact: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list((contact["evidence"] or {}).get("parts", []))


def _contact(contact: Mapping[str, Any]) -> dict[str, Any]:
    first = next(iter(_parts(contact)), {})
    return {
        "kind": contact["kind"],
        "value": contact["value"],
        "message_id": first.get("message_id"),
        "text": first.get("text"),
    }


def member_names(demo: Demo) -> dict[str, str]:
    """What each member of the account is called, by id."""
    members = demo.call("GET", "/members?limit=100").body["members"]
    return {one["id"]: one["name"] or one["role"] for one in members}


def as_json_lines(leads: Sequence[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(lead, ensure_ascii=False) + "\n" for lead in leads)


def as_table(found: Sequence[Mapping[str, Any]], came_by: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Cards as lines and columns.

    `came_by` says which way a conversation's messages came in this run, `names` what a member is called.
    """
    rows = [("CUSTOMER", "CONTACT", "STATUS", "SOURCE", "ASSIGNED TO", "CAME BY", "AS TYPED")]
    for card in found:
        customer = card["customer"]
        who = card["name"] or customer["name"] or customer["username"] or customer["id"] or "-"
        by = "form" if card["channel"] == "lead_form" else came_by.get(card["conversation_id"], "-")
        assignee = names.get(card["assignee"], card["assignee"]) if card["assignee"] else "-"
        shown = [one for one in card["contacts"] if one["kind"] != "name"]
        for place, contact in enumerate(shown or [{"value": "-", "evidence": None}]):
            typed = " + ".join(part["text"] or "" for part in _parts(contact))
            lead = (who, contact["value"], card["status"], card["source"], assignee, by) if place == 0 else None
            rows.append((*(lead or ("", contact["value"], "", "", "", "")), typed))
    widths = [max(_width(_cut(row[place])) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(_padded(_cut(cell), width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns of a terminal: two for East Asian wide letters, none for marks above and below a letter."""
    return sum(
        0 if unicodedata.category(letter) in {"Mn", "Me", "Cf"} else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
