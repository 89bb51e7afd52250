"""The words of the languages: complete, literal, and told apart where one denies."""

import re
import subprocess
import sys

import pytest

from chalicelib.review.checks import CHECKS, LANGUAGES
from chalicelib.review.policy import rule_set
from chalicelib.review.words import FOLDER, PIECES, is_stated, load_language

CODES = [
    "controller", "contact", "purposes", "categories", "legal_basis", "rights", "withdrawal", "retention",
    "recipients", "source", "obligation", "transfer", "complaint", "marketing", "language",
]  # fmt: skip

DENIALS = {
    "en": ("you can withdraw your consent", "you can not withdraw your consent"),
    "id": ("anda dapat menarik persetujuan", "anda tidak dapat menarik persetujuan"),
    "ms": ("anda boleh menarik balik persetujuan", "anda tidak boleh menarik balik persetujuan"),
    "tl": ("maaari ninyong bawiin ang pahintulot", "hindi maaari na bawiin ang pahintulot"),
    "th": ("ท่านสามารถถอนความยินยอม", "ท่านไม่สามารถถอนความยินยอม"),
    "vi": ("bạn có thể rút lại sự đồng ý", "bạn không thể và không có quyền rút lại sự đồng ý"),
}


def test_the_checks_keep_their_codes_and_order() -> None:
    assert list(CHECKS) == CODES


def test_every_language_has_its_file() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.toml")) == sorted(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_has_words_for_every_check_but_its_own(code: str) -> None:
    assert list(load_language(code).checks) == CODES
    assert all(rules.evidence for check, rules in load_language(code).checks.items() if check != "language")


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_are_literals_so_that_matching_stays_linear(code: str) -> None:
    language = load_language(code)
    patterns = [pattern for rules in language.checks.values() for pattern in rules.evidence]
    words = [
        word
        for pattern in (*patterns, *language.instructions)
        for group in pattern
        for word in group.lstrip("!>&").split("|")
    ]
    assert all(word and (word in PIECES or re.fullmatch(r"\*?[^*+?\\\[\]{}^$]+\*?", word)) for word in words)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_statement_is_told_from_its_denial(code: str) -> None:
    language = load_language(code)
    patterns = language.checks["withdrawal"].evidence
    statement, denial = DENIALS[code]
    assert any(is_stated(pattern, statement, language) for pattern in patterns)
    assert not any(is_stated(pattern, denial, language) for pattern in patterns)


def test_the_rule_set_has_a_version() -> None:
    assert re.fullmatch(r"\d+\.[0-9a-f]{8}", rule_set())


def test_importing_the_door_reads_no_rules() -> None:
    code = "import sys, chalicelib.review as r; sys.exit('msgspec' in sys.modules or 'tomllib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own words
