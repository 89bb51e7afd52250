"""Why a review ends as it does, by stable code: of the document, and of a check. See docs/review-reasons.md."""

from typing import Final

from chalicelib.review.checks import CHECKS

DOCUMENT_REASONS: Final = (
    "missing_statements", "unfilled_blanks", "not_a_privacy_policy", "not_in_force", "other_audience",
    "unclear_statements", "possible_blanks", "possibly_no_privacy_policy", "possibly_not_in_force",
    "possibly_other_audience", "unknown_language", "addresses_the_reviewer", "hidden_text", "scanned_document",
    "encrypted_document", "embedded_document", "empty_document", "unreadable_document", "unsupported_format",
    "document_too_large", "document_too_complex", "too_many_pages", "text_too_long",
)  # fmt: skip
REASONS: Final = frozenset(
    (*DOCUMENT_REASONS, *(f"{check}_{status}" for check in CHECKS for status in ("missing", "unclear")))
)
