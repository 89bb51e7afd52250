"""The checks: their codes, in the order they are told. What each looks for and says stands in `languages`."""

from typing import Final

LANGUAGES: Final = ("en", "id", "ms", "th", "tl", "vi")  # each has its file of words
CHECKS: Final = (
    "controller", "contact", "purposes", "categories", "legal_basis", "rights", "withdrawal", "retention",
    "recipients", "source", "obligation", "transfer", "complaint", "marketing", "language",
)  # fmt: skip
# What is an element of notice or a duty in all six markets: our own bar everywhere.
HARD_CORE: Final = ("controller", "contact", "purposes", "categories", "rights", "withdrawal")
