"""A mistyped address on a card: as it was typed, with what was probably meant beside it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.account import Role
from chalicelib.capture.intake import take_in
from chalicelib.leads import store
from chalicelib.leads.lead import Contact, lead_id_of
from chalicelib.table import commit
from tests.builders import NOON, a_dm, a_member, an_account, stored_account
from tests.deployment import Api
from tests.state import rows

pytestmark = pytest.mark.usefixtures("aws")

LEAD_ID = lead_id_of(an_account().id, "tiktok", "customer-1")
LEAD = f"/v1/accounts/{an_account().id}/leads/{LEAD_ID}"
TYPED, MEANT = "rina@gmial.con", "rina@gmail.com"


def wrote(text: str, number: int = 1) -> None:
    take_in(a_dm(text, number=number), an_account(), NOON + timedelta(minutes=number))


def stored() -> Contact:
    (contact,) = store.get_card(an_account().id, LEAD_ID).contacts.values()
    return contact


def test_it_stands_beside_what_was_typed_and_is_taken_nowhere(api: Api) -> None:
    stored_account()
    wrote(f"email saya {TYPED}")
    card = api("GET", LEAD).json
    assert [(one["value"], one["suggestion"]) for one in card["contacts"]] == [(TYPED, MEANT)]
    assert card["email"] == TYPED
    assert MEANT not in str(rows("changes"))
    assert api("GET", f"{LEAD}/contacts/{card['contacts'][0]['id']}").json["suggestion"] == MEANT


def test_most_contacts_have_none(api: Api) -> None:
    stored_account()
    wrote("WA 0812-8834-5571, email rina@pelanggan.example")
    assert [one["suggestion"] for one in api("GET", LEAD).json["contacts"]] == [None, None]
    assert not [row for row in rows("leads") if "suggestion" in row]


def test_an_analyst_sees_it_masked(api: Api) -> None:
    stored_account()
    commit(accounts.add_member(a_member("analyst-1", Role.ANALYST)))
    wrote(f"email saya {TYPED}")
    (contact,) = api("GET", LEAD, as_="analyst-1").json["contacts"]
    assert (contact["value"], contact["suggestion"]) == ("r•••@gmial.con", "r•••@gmail.com")


def test_the_same_address_again_changes_nothing_but_its_evidence() -> None:
    wrote(f"email saya {TYPED}")
    first = stored()
    wrote(f"email saya {TYPED}")
    assert stored() == first
    wrote(f"ya {TYPED}", 5)
    assert (stored().suggestion, len(stored().places)) == (MEANT, 2)


def test_a_contact_of_rules_that_knew_none_gets_it_with_its_next_evidence() -> None:
    wrote(f"email saya {TYPED}")
    commit([store.save_contact(an_account().id, LEAD_ID, replace(stored(), suggestion=None))])
    wrote(f"ya {TYPED}", 5)
    assert stored().suggestion == MEANT


def test_a_contact_a_member_took_over_keeps_it(api: Api) -> None:
    stored_account()
    wrote(f"email saya {TYPED}")
    reply = api("POST", f"{LEAD}/contacts", {"kind": "email", "value": TYPED})
    assert (reply.status, reply.json["suggestion"]) == (200, MEANT)
    assert api("POST", f"{LEAD}/contacts", {"kind": "email", "value": MEANT}).json["suggestion"] is None
