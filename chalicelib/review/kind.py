"""What kind of text this is: a policy in force for customers, or something that only speaks of one."""

import functools
from collections.abc import Sequence
from typing import Final, Literal

from chalicelib.review.document import Sentence
from chalicelib.review.words import Language, count, has, mentions

HEAD: Final = 260  # characters in which a text says what it is
SCOPE: Final = 160  # characters of a sentence that says whom a policy is for
MANY: Final = 4  # mentions of employees, suppliers, applicants
ENOUGH: Final = 2  # passages of another kind that cast doubt on it, whatever its title
COMMAS: Final = 0.2  # of a text's words; running text has a third of that
LONG: Final = 40  # words from which a share of commas says something


Doubt = Literal["no", "perhaps", "yes"]


def is_other_kind(sentences: Sequence[Sentence], text: str, languages: Sequence[Language]) -> Doubt:
    """Whether it is no policy of a company: terms, an article, a guide, a form, an agreement, a list of keywords.

    Beneath a policy's title, words of another kind leave it in doubt: policies speak of laws and audits too.
    """
    if is_stuffed(text):
        return "yes"
    head = _head(sentences)
    hits = sum(count("other_text", text, language) for language in languages)
    is_titled_so = any(has("other", head, language) for language in languages)
    if is_titled_so and (hits > 0 or not _is_policy_title(sentences, languages)):
        return "yes"
    return "perhaps" if hits >= ENOUGH else "no"


def is_draft(sentences: Sequence[Sentence], text: str, languages: Sequence[Language]) -> Doubt:
    """Whether it says of itself that it is not in force: at its head or end for sure, in between only perhaps."""
    edges = f"{_head(sentences)} / {text[-HEAD:]}"  # where texts say since when they apply
    if any(has("draft", edges, language) for language in languages):
        return "yes"
    is_said = any(
        has("draft", sentence.text, language) and has("privacy", sentence.text, language)
        for sentence in sentences
        for language in languages
    )
    return "perhaps" if is_said else "no"


def is_for_others(
    titles: Sequence[str], sentences: Sequence[Sentence], text: str, languages: Sequence[Language]
) -> Doubt:
    """Whether it is for employees or suppliers alone: its title says so, or perhaps it leaves customers out."""
    named = (title for title in titles if any(has("privacy", title, language) for language in languages))
    title = next(named, titles[0] if titles else text)[:HEAD]  # before it stand a page's menus
    if any(has("audience", title, language) for language in languages) and not any(
        has("customers", title, language) for language in languages
    ):
        return "yes"
    is_narrowed = any(has("excludes", text[:HEAD], language) for language in languages)
    if is_narrowed:
        return "yes"
    is_left_out = any(has("excludes", text, language) for language in languages) or _is_of_staff(languages, text)
    return "perhaps" if is_left_out or any(map(functools.partial(_is_for_staff, languages), sentences)) else "no"


def _is_of_staff(languages: Sequence[Language], text: str) -> bool:
    """Whether it speaks of employees again and again, and of customers less."""
    staff = sum(mentions("audience", text, language) for language in languages)
    return staff >= MANY and staff > sum(mentions("customers", text, language) for language in languages)


def _is_for_staff(languages: Sequence[Language], sentence: Sentence) -> bool:
    """Whether a short sentence names whom the policy is for, and customers are not among them."""
    return len(sentence.text) <= SCOPE and any(
        has("scope", sentence.text, language)
        and has("audience", sentence.text, language)
        and not has("customers", sentence.text, language)
        for language in languages
    )


def _head(sentences: Sequence[Sentence]) -> str:
    return " / ".join(sentence.text for sentence in sentences[:8])[:HEAD]


def _is_policy_title(sentences: Sequence[Sentence], languages: Sequence[Language]) -> bool:
    return any(has("privacy", sentence.text, language) for sentence in sentences[:3] for language in languages)


def is_stuffed(text: str) -> bool:
    """Whether it is keywords with commas rather than sentences."""
    words = text.split()
    return len(words) >= LONG and text.count(",") > COMMAS * len(words) and text.count(". ") < len(words) / LONG
