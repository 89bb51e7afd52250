"""Markets are data: what the files hold, and that a file is all a new market needs."""

import re
import shutil
from pathlib import Path

import msgspec
import pytest

from chalicelib import markets
from chalicelib.markets import MARKETS, MarketNotServed, get_market, load_markets, served_markets
from chalicelib.review.checks import CHECKS, HARD_CORE, LANGUAGES

# What each law asks for beside the hard core, and what is only advised.
LAW = {
    "ID": ({"legal_basis", "retention"}, {"transfer"}),
    "SG": (set(), {"recipients", "transfer", "complaint", "marketing"}),
    "MY": (set(), {"recipients", "source", "obligation", "transfer", "marketing", "language"}),
    "PH": ({"legal_basis", "retention", "recipients", "complaint", "marketing"}, {"transfer"}),
    "TH": ({"legal_basis", "retention", "recipients", "obligation"}, {"transfer", "complaint"}),
    "VN": (set(), {"retention", "recipients", "transfer", "complaint", "marketing"}),
}

A_NEW_MARKET = """
code = "KH"
name = "Cambodia"
time_zone = "Asia/Phnom_Penh"
languages = ["km", "en"]
calling_code = "+855"
source = "made up for this test"
date = 2026-11-22

[review.core]

[review.required]
retention = "made up for this test"

[review.advised]
"""


def test_six_markets_are_served() -> None:
    assert served_markets() == ("ID", "MY", "PH", "SG", "TH", "VN")
    assert dict(MARKETS) == {code: get_market(code) for code in served_markets()}
    assert len(MARKETS) == 6


@pytest.mark.parametrize("code", LAW)
def test_a_market_asks_for_what_its_law_asks_for(code: str) -> None:
    rules = get_market(code).review
    assert (set(rules.required), set(rules.advised)) == LAW[code]


@pytest.mark.parametrize("code", served_markets())
def test_a_market_is_described_in_full(code: str) -> None:
    market = get_market(code)
    checks = set(CHECKS)
    assert re.fullmatch(r"\+\d{2,3}", market.calling_code)
    assert market.time_zone.startswith("Asia/")
    assert "en" in market.languages
    assert set(market.languages) <= set(LANGUAGES)
    assert market.source
    assert set(market.review.required) | set(market.review.advised) <= checks - set(HARD_CORE)
    assert not set(market.review.required) & set(market.review.advised)
    assert set(market.review.core) == set(HARD_CORE)
    assert all(market.review.source(check) for check in (*HARD_CORE, *market.review.required, *market.review.advised))


@pytest.mark.parametrize("code", ["XX", "id", "", "ID "])
def test_a_market_not_served_is_refused_naming_those_served(code: str) -> None:
    with pytest.raises(MarketNotServed, match="ID, MY, PH, SG, TH, VN"):
        get_market(code)


def test_adding_a_file_adds_a_market(tmp_path: Path) -> None:
    shutil.copytree(markets.FOLDER, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (tmp_path / "kh.toml").write_text(A_NEW_MARKET, encoding="utf-8")
    served = load_markets(tmp_path)
    assert set(served) == {*served_markets(), "KH"}
    assert served["KH"].time_zone == "Asia/Phnom_Penh"


def test_a_market_file_of_another_shape_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "kh.toml").write_text(A_NEW_MARKET + "\n[more]\n", encoding="utf-8")
    with pytest.raises(msgspec.ValidationError):
        load_markets(tmp_path)


def test_a_market_file_is_named_after_its_code(tmp_path: Path) -> None:
    (tmp_path / "la.toml").write_text(A_NEW_MARKET, encoding="utf-8")
    with pytest.raises(ValueError, match="KH"):
        load_markets(tmp_path)
