"""The markets served, each one TOML file beside this one; nothing here knows any of them by name.

Adding a market is adding its file. The rules a file holds are facts of law with a source and the date they were read.
"""

import datetime as dt
import functools
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

FOLDER: Final = Path(__file__).parent


class MarketNotServed(LookupError):  # noqa: N818 - says what happened
    """The code names no market served; the message names those that are."""


class ReviewRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Checks, each with what it rests on: `core` and `required` decide the verdict, `advised` ones are only told."""

    core: dict[str, str]
    required: dict[str, str]
    advised: dict[str, str]

    def source(self, check: str) -> str | None:
        """The law or practice behind a check; None for one this market does not know."""
        return self.core.get(check) or self.required.get(check) or self.advised.get(check)


class Market(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`code` ISO 3166-1 alpha-2, `languages` ISO 639-1 with the main one first, `calling_code` as in "+62"."""

    code: str
    name: str
    time_zone: str
    languages: tuple[str, ...]
    calling_code: str
    source: str
    date: dt.date
    review: ReviewRules


def load_markets(folder: Path) -> dict[str, Market]:
    """Every market described in `folder`, by code, in the order of the codes.

    Errors: msgspec.ValidationError for a file of another shape, ValueError for one not named after its code.
    """
    markets = {}
    for path in sorted(folder.glob("*.toml")):
        market = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Market)
        if path.stem != market.code.lower():
            raise ValueError(f"{path.name} describes market {market.code}")
        markets[market.code] = market
    return markets


@functools.cache
def _served() -> dict[str, Market]:
    return load_markets(FOLDER)


def served_markets() -> tuple[str, ...]:
    """Codes of the markets served, in alphabetical order."""
    return tuple(_served())


def get_market(code: str) -> Market:
    """The market of a code in capitals ("ID"); raises MarketNotServed for any other."""
    try:
        return _served()[code]
    except KeyError as error:
        raise MarketNotServed(f"This market is not served. Served are {', '.join(served_markets())}.") from error


class _Markets(Mapping[str, Market]):
    """All markets by code; the files are read at the first look, not at import."""

    def __getitem__(self, code: str) -> Market:
        return _served()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(_served())

    def __len__(self) -> int:
        return len(_served())


MARKETS: Final[Mapping[str, Market]] = _Markets()
