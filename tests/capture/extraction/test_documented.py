"""docs/contacts.md is what the rules do: every example of its tables is tried, and every rule is in it."""

import re

import pytest

from chalicelib.capture.extraction import find_contacts, find_contacts_in_thread
from tests.deployment import ROOT

TEXT = (ROOT / "docs" / "contacts.md").read_text()
ROWS = [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in TEXT.splitlines() if "|" in line]
HERE = [row for row in ROWS if len(row) == 5 and row[0].startswith(("phone-", "email-", "name-"))]
ABSENT = [row for row in ROWS if len(row) == 4 and len(row[2]) == 2]


@pytest.mark.parametrize(("rule", "market", "example", "value"), [(row[0], *row[2:]) for row in HERE])
def test_what_is_here_is_found_by_its_rule(rule: str, market: str, example: str, value: str) -> None:
    (found,) = find_contacts_in_thread(example.split(" ⏎ "), market)
    assert (found.value, found.rule) == (value, rule)


@pytest.mark.parametrize(("market", "example"), [(row[2], row[3]) for row in ABSENT])
def test_what_is_not_here_is_left_alone(market: str, example: str) -> None:
    assert find_contacts(example, market) == ()


def test_every_rule_is_explained() -> None:
    sources = (ROOT / "chalicelib" / "capture" / "extraction").glob("*.py")
    rules = {rule for source in sources for rule in re.findall(r'"((?:phone|email|name)-[a-z]+)"', source.read_text())}
    assert rules == {row[0] for row in HERE}
