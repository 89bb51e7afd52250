"""`make check-policy`, and what the README shows of it."""

import re

import pytest

from infra import check_policy
from infra.console import StopError
from tests.deployment import ROOT

README = (ROOT / "README.md").read_text()
SHOWN = re.findall(r"\$ make check-policy POLICY=(\S+) MARKET=(\w\w) COMPANY='([^']+)'\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize(("policy", "market", "company", "output"), SHOWN)
def test_the_readme_shows_what_it_prints(
    policy: str, market: str, company: str, output: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("POLICY", str(ROOT / policy))
    monkeypatch.setenv("MARKET", market)
    monkeypatch.setenv("COMPANY", company)
    status = check_policy.main()
    printed = capsys.readouterr().out
    assert status == (0 if printed.startswith("APPROVED") else 1)
    for shown in output.strip().split("\n…\n"):
        assert shown.strip() in printed


def test_the_readme_shows_an_indonesian_and_a_vietnamese_policy() -> None:
    assert [market for _, market, _, _ in SHOWN] == ["ID", "VN"]


@pytest.mark.parametrize(
    ("policy", "market", "company", "told"),
    [
        ("", "ID", "Toko", "Say which policy"),
        ("nowhere.md", "ID", "Toko", "nowhere.md can't be read"),
        (str(ROOT / "README.md"), "XX", "Toko", "XX is no market served here"),
    ],
)
def test_a_wrong_question_is_answered_in_a_sentence(
    policy: str, market: str, company: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("POLICY", policy), ("MARKET", market), ("COMPANY", company)):
        monkeypatch.setenv(name, value)
    with pytest.raises(StopError, match=told) as stopped:
        check_policy.main()
    assert stopped.value.status == 2
