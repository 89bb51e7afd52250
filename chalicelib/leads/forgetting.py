"""What a lead leaves behind when its time is over: its contacts and notes go after it.

Steps: the table's time-to-live removes the lead's own row → the stream of `leads` tells of it → the rest of the
partition is deleted page by page, each page on condition that no lead stands there. Whoever makes the customer's next
lead before that removes the rest first, on condition that the expired one is what they read.
Kept are what a member decided about a contact, which holds for the next lead, and ads, which expire by themselves.
"""

import itertools
from collections.abc import Iterable
from typing import Any

from chalicelib.leads import note_store, store
from chalicelib.leads.lead import Lead
from chalicelib.leads.rows import LEAD
from chalicelib.table import ChangedError, commit

PAGE = 90  # rows deleted at once: with the condition, fewer than the 100 actions of a transaction


def forget_leads(records: Iterable[dict[str, Any]]) -> None:
    """What stood beside the leads whose removal these stream records tell of is gone.

    **Repeats**: it finds less to do, or nothing. **Errors**: BusyError and whatever AWS raises; the records come again.
    """
    for record in records:
        keys = record["dynamodb"]["Keys"]
        if record["eventName"] != "REMOVE" or keys["sk"]["S"] != LEAD:
            continue
        account_id, _, lead_id = keys["pk"]["S"].partition("#")
        try:
            remove_rest(account_id, lead_id)
        except ChangedError:  # the customer is a lead again: what stands there is that one's, and goes with it
            continue


def remove_rest(account_id: str, lead_id: str, expired: Lead | None = None) -> None:
    """Contacts and notes of a lead that is gone, or expired as it was read, are deleted.

    **Repeats**: safe, also half way. **Errors**: ChangedError if there is another lead now; BusyError.
    """
    is_gone = store.is_gone(account_id, lead_id, expired)
    rest = itertools.chain(store.drop_contacts(account_id, lead_id), note_store.drop_all(account_id, lead_id))
    while page := list(itertools.islice(rest, PAGE)):
        commit([is_gone, *page])
