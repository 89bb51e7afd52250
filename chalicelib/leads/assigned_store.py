"""Which leads are assigned to a member, as an index tells it: a moment late, and expired ones too."""

from collections.abc import Iterator

from chalicelib.leads.rows import LeadKeys


def list_assigned(account_id: str, member_id: str) -> Iterator[str]:
    """The ids of all leads of the member, oldest first, read page by page as they are asked for."""
    for row in LeadKeys.by_assignee.query(f"{account_id}#{member_id}"):
        yield row.pk.partition("#")[2]
