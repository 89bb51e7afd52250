"""Kinds of text that a request may carry: each parsed once, at the edge, to the form in which it is kept."""

from collections.abc import Callable
from typing import Any

from chalicelib import markets


class EmailAddress(str):
    """An address by RFC 5322/6531, in lower case; whether a mailbox is there is not asked."""

    __slots__ = ()


class PhoneNumber(str):
    """A valid number in E.164, such as +6281234567890."""

    __slots__ = ()


class MarketCode(str):
    """One of the markets served."""

    __slots__ = ()


class CountryCode(str):
    """ISO 3166-1 alpha-2, in capitals."""

    __slots__ = ()


class TimeZone(str):
    """A name of the IANA time zone database."""

    __slots__ = ()


class WebAddress(str):
    """An http or https address."""

    __slots__ = ()


def parse_kind(kind: type, value: Any) -> Any:
    """The text as the kind asks. Raises ValueError in words for people, without the value."""
    if not isinstance(value, str) or len(value) > 2_048:
        raise ValueError("Expected `str`")
    return kind(PARSERS[kind](value))


def _email_address(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - 40 ms only such requests pay

    try:
        # Demonstrations and tests use the reserved domain `example`, which can reach nobody.
        return validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise ValueError("must be an e-mail address, such as name@shop.example") from error


def _phone_number(text: str) -> str:
    import phonenumbers  # noqa: PLC0415 - 35 ms only such requests pay

    try:
        number = phonenumbers.parse(text[:40], None)
    except phonenumbers.NumberParseException as error:
        raise ValueError("must be a phone number with its country code, such as +6281234567890") from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError("must be a valid phone number; this one has too many or too few digits, or an unknown prefix")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _market_code(text: str) -> str:
    if text not in markets.served_markets():
        raise ValueError(f"is not a market served; served are {', '.join(markets.served_markets())}")
    return text


def _country_code(text: str) -> str:
    if len(text) != 2 or not (text.isascii() and text.isalpha() and text.isupper()):
        raise ValueError("must be a country code of two capital letters, such as ID")
    return text


def _time_zone(text: str) -> str:
    import zoneinfo  # noqa: PLC0415

    if text not in zoneinfo.available_timezones():
        raise ValueError("must be a time zone's name, such as Asia/Jakarta")
    return text


def _web_address(text: str) -> str:
    from urllib.parse import urlsplit  # noqa: PLC0415

    refusal = "must be a web address, such as https://shop.example"
    try:
        parts = urlsplit(text)
    except ValueError as error:  # its words quote what was sent
        raise ValueError(refusal) from error
    if parts.scheme not in {"http", "https"} or "." not in parts.netloc:
        raise ValueError(refusal)
    return text


PARSERS: dict[type, Callable[[str], str]] = {
    EmailAddress: _email_address,
    PhoneNumber: _phone_number,
    MarketCode: _market_code,
    CountryCode: _country_code,
    TimeZone: _time_zone,
    WebAddress: _web_address,
}

# The same kinds in JSON Schema, for the API's description.
SCHEMAS: dict[type, dict[str, Any]] = {
    EmailAddress: {"type": "string", "format": "email", "examples": ["name@shop.example"]},
    PhoneNumber: {"type": "string", "description": "With its country code.", "examples": ["+6281234567890"]},
    MarketCode: {"type": "string", "description": "A market served.", "examples": ["ID"]},
    CountryCode: {"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["ID"]},
    TimeZone: {"type": "string", "description": "A name of the IANA database.", "examples": ["Asia/Jakarta"]},
    WebAddress: {"type": "string", "format": "uri", "examples": ["https://shop.example"]},
}
