"""A policy as the checks see it: its passages, the company's name marked, the languages and the kind of text."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.markets import Market
from chalicelib.review import words as rules
from chalicelib.review.characters import is_thai
from chalicelib.review.checks import LANGUAGES
from chalicelib.review.company import company_words, fold, mark_company, name_pattern
from chalicelib.review.document import normalise, split_sentences
from chalicelib.review.kind import Doubt, is_draft, is_for_others, is_other_kind
from chalicelib.review.passages import Passage, find_passages
from chalicelib.review.words import Language, load_language

WORD: Final = re.compile(r"[^\W\d_]+")
COMMON_SHARE: Final = 0.1  # of a text's words; running text has 0.25 and more, half a bilingual one 0.12 and more
FOREIGN_WORDS: Final = 4  # different ones of a language akin to ours: Cebuano is no Tagalog
FOREIGN_SHARE: Final = 0.1  # of a text's letters, in scripts the rules can't read


Passages = Sequence[tuple[Passage, str]]  # each with its text, the company marked


@dataclass(frozen=True, slots=True)
class PolicyText:
    """`marked` is the text, and each passage's, normalised with the company marked."""

    raw: str
    marked: str
    passages: Passages
    company: tuple[str, ...]
    is_readable: bool
    """Whether what is not found is not there: written in the market's languages, all in letters the rules read."""
    languages: tuple[Language, ...]
    written_in: tuple[str, ...]
    titles: tuple[str, ...]
    is_other: Doubt
    """Whether it is another kind of text: terms, an article, a form."""
    is_draft: Doubt
    is_for_others: Doubt


def read_policy(raw: str, law: Market, company: str) -> PolicyText:
    """The text of a document, ready for the checks of a market."""
    own = _name_used(raw, company)
    pattern = name_pattern(own)
    sentences = tuple(dict.fromkeys(split_sentences(raw)))
    found = find_passages(sentences)
    text = normalise(raw)
    shares = {code: _share(load_language(code), text) for code in LANGUAGES}
    written_in = tuple(code for code in LANGUAGES if shares[code] >= COMMON_SHARE)
    languages = tuple(load_language(code) for code in law.languages)
    is_readable = _is_readable(text, shares, languages)
    titles = tuple(mark_company(s.text, pattern) for s in sentences if s.kind != "statement" or s is sentences[0])
    known = languages if is_readable else ()  # of what the rules can't read they can't say what it is either
    return PolicyText(
        raw=raw,
        marked=mark_company(text, pattern),
        passages=tuple((passage, mark_company(passage.text, pattern)) for passage in found),
        company=own,
        is_readable=is_readable,
        languages=languages,
        written_in=written_in,
        titles=titles,
        is_other=is_other_kind(sentences, text, known),
        is_draft=is_draft(sentences, text, known),
        is_for_others=is_for_others(titles, sentences, text, known),
    )


def _name_used(raw: str, company: str) -> tuple[str, ...]:
    """The words of the name as the text has it first: of "Kedai Ceria (Ceria Sdn Bhd)" whole, or either."""
    text = fold(normalise(raw))
    names = [company_words(one, rules.ordinary_words()) for one in (company, *re.split(r"[()]", company))]
    mentions = [(pattern.search(text), name) for name in names if (pattern := name_pattern(name))]
    found = [(mention.start(), -len(name), name) for mention, name in mentions if mention]
    return min(found)[-1] if found else names[0]


def _is_readable(text: str, shares: dict[str, float], languages: tuple[Language, ...]) -> bool:
    best = max(shares, key=lambda code: shares[code])
    of_market = {language.code for language in languages}
    if best not in of_market or sum(shares[code] for code in of_market) < COMMON_SHARE:
        return False
    if _share_of_letters(text, _is_foreign) >= FOREIGN_SHARE:
        return False
    return not any(rules.count("foreign", text, language) >= FOREIGN_WORDS for language in languages)


def _share(language: Language, text: str) -> float:
    """How much of a text is a language's frequent words, or where no spaces are written, letters: from 0 to 1."""
    if not language.spaced:
        return _share_of_letters(text, is_thai)
    found = WORD.findall(text)
    return sum(word in language.common for word in found) / max(1, len(found))


def _share_of_letters(text: str, belongs: Callable[[str], bool]) -> float:
    letters = [character for character in text if character.isalpha()]
    return sum(map(belongs, letters)) / max(1, len(letters))


def _is_foreign(letter: str) -> bool:
    """Whether it belongs to none of the scripts read: Thai and Latin, with what Vietnamese adds to it."""
    return letter > "\u024f" and not is_thai(letter) and not "\u1e00" <= letter <= "\u1eff"
