"""What kind of text this is: a policy in force for customers, or something that only speaks of one."""

from collections.abc import Sequence
from typing import Final

from chalicelib.review.document import Sentence
from chalicelib.review.words import Language, count, has

HEAD: Final = 260  # characters in which a text says what it is
ENOUGH: Final = 2  # passages of another kind that make it one, whatever its title
COMMAS: Final = 0.2  # of a text's words; running text has a third of that
LONG: Final = 40  # words from which a share of commas says something


def is_other_kind(sentences: Sequence[Sentence], text: str, languages: Sequence[Language]) -> bool:
    """Whether it is no policy of a company: terms, an article, a guide, a form, an agreement, a list of keywords."""
    head = _head(sentences)
    hits = sum(count("other_text", text, language) for language in languages)
    titled = any(has("other", head, language) for language in languages)
    return hits >= ENOUGH or (titled and (hits > 0 or not _is_policy_title(sentences, languages)))


def is_draft(text: str, languages: Sequence[Language]) -> bool:
    """Whether it says of itself that it is not in force."""
    return any(has("draft", text, language) for language in languages)


def is_for_others(titles: Sequence[str], text: str, languages: Sequence[Language]) -> bool:
    """Whether it is for employees or suppliers alone: its title says so, or it leaves customers out."""
    if any(has("excludes", text, language) for language in languages):
        return True
    head = " / ".join([*titles[:1], text[:HEAD]])
    title = titles[0] if titles else head
    return any(has("audience", title[:HEAD], language) for language in languages) and not any(
        has("customers", title[:HEAD], language) for language in languages
    )


def _head(sentences: Sequence[Sentence]) -> str:
    return " / ".join(sentence.text for sentence in sentences[:8])[:HEAD]


def _is_policy_title(sentences: Sequence[Sentence], languages: Sequence[Language]) -> bool:
    return any(has("privacy", sentence.text, language) for sentence in sentences[:3] for language in languages)


def is_stuffed(text: str) -> bool:
    """Whether it is keywords with commas rather than sentences."""
    words = text.split()
    return len(words) >= LONG and text.count(",") > COMMAS * len(words) and text.count(". ") < len(words) / LONG
