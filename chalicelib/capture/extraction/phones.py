"""Phone numbers as they are written. phonenumbers knows what a number is; here is decided what is left out, and why."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from chalicelib.capture.extraction import guards, links
from chalicelib.capture.extraction.contact import Found

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

# The shortest numbers in use have 7 digits with their country code (Niue, ITU E.164 list). Anything with fewer is left
# without importing the library: "2 pcs", "jam 10".
_ENOUGH_DIGITS = re.compile(r"(?:\d\D{0,8}){6}\d")
# Each try of a candidate that is no number costs 40 µs and up; the library's own bound of 65,535 lets 6,000 characters
# of "1 - 1 - …" take 0.4 s. A chat message with 1,000 is none.
_MOST_TRIES = 1_000
# Written between digits by people the library does not know: "0852*6655*1290".
_ODD_SEPARATOR = re.compile(r"(?<=\d)[~*_·•](?=\d)")
# To the library "x" begins an extension or parts groups; between customers it multiplies: "300 x 400 x 25".
_TIMES = re.compile(r"(?<=\d)(\s?)[xX×](?=\s?\d)")
_NOTHING = "\n"
# "0812-8834-5571 2 pcs": a last group of one or two digits behind groups of three and more is a quantity.
_QUANTITY = re.compile(r"(?P<number>\+?\d{3,}(?:[-. ]\d{3,})+|\d{8,}) \d{1,2}")
# The codes of the served markets, for numbers of a neighbour without a plus: "60136609912" to a shop in Indonesia. Only
# mobile ones in one block: ten digits that begin with 65 are as often an account.
_NEIGHBOUR = re.compile(r"(?<![\d+*#./-])(?:60|62|63|65|66|84)\d{8,11}(?![\d*#/-]|\.\d)")
_LATIN_LETTER = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")

_PLUS, _FULL_WIDTH_PLUS = "+", "＋"


def find_phones(text: str, market: str, taken: Iterable[tuple[int, int]] = ()) -> list[Found]:
    """The numbers in a normalised text, in order, outside of `taken` (the addresses found in it before)."""
    if not _ENOUGH_DIGITS.search(text):
        return []
    linked = list(_linked(text, market))
    masked = _masked(text, [*taken, *links.find_links(text), *((found.start, found.end) for found in linked)])
    found = linked + _written(masked, market)
    found.extend(neighbour for neighbour in _neighbours(masked) if not any(map(neighbour.overlaps, found)))
    return sorted((one for one in found if one in linked or not _is_no_phone(text, one)), key=lambda one: one.start)


def complete_number(digits: str, market: str) -> Found | None:
    """The number that all of `digits` is (0-9, perhaps a plus before them); None when it is none."""
    found = _written(digits, market)
    return found[0] if found and found[0].end - found[0].start == len(digits) else None


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with nothing where spans are, and with separators the library knows; as long as before."""
    for start, end in spans:
        text = text[:start] + _NOTHING * (end - start) + text[end:]
    return _TIMES.sub(rf"\1{_NOTHING}", _ODD_SEPARATOR.sub("-", text))


def _written(text: str, market: str) -> list[Found]:
    import phonenumbers  # noqa: PLC0415 - 50 ms at cold start, needed only when seven digits have come

    matcher = phonenumbers.PhoneNumberMatcher(text, market, phonenumbers.Leniency.VALID, max_tries=_MOST_TRIES)
    return [
        _found(match.start, match.raw_string, match.number, market)
        for match in matcher
        if _is_reachable(match.number) or match.raw_string.startswith((_PLUS, _FULL_WIDTH_PLUS))
    ]


def _found(start: int, written: str, number: "PhoneNumber", market: str) -> Found:
    shorter = _QUANTITY.fullmatch(written)
    if shorter:
        instead = complete_number(shorter["number"], market)
        if instead:
            return instead._replace(start=start, end=start + instead.end)
    value = _e164(number)
    return Found("phone", value, start, start + len(written), "phone-written", _is_assumed(written, value))


def _is_assumed(written: str, value: str) -> bool:
    """Whether the country is the market's only because nothing else was said."""
    return not written.startswith((_PLUS, "(+")) and value[1:] not in "".join(filter(str.isdecimal, written))


def _is_reachable(number: "PhoneNumber") -> bool:
    """Whether it is a person's or an office's line. A country's shared-cost and company-wide numbers look like amounts:
    1500000 is a number of Indonesia, and its most frequent price.
    """
    from phonenumbers import PhoneNumberType, number_type  # noqa: PLC0415 - imported where a number has been found

    return number_type(number) in {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.VOIP,
    }


def _neighbours(text: str) -> Iterator[Found]:
    from phonenumbers import PhoneNumberType, number_type  # noqa: PLC0415 - as in _written

    for match in _NEIGHBOUR.finditer(text):
        around = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        number = _parsed(_PLUS + match.group(), None)
        if number and number_type(number) == PhoneNumberType.MOBILE and not _LATIN_LETTER.search(around):
            yield Found("phone", _e164(number), match.start(), match.end(), "phone-written")


def _linked(text: str, market: str) -> Iterator[Found]:
    for link in links.find_chat_links(text):
        # "wa.me/0812…" is wrong and common; "tel:91234567" is right and local.
        spellings: list[tuple[str, str | None]] = []
        if link.digits[0] != "0":
            spellings.append((_PLUS + link.digits, None))
        if not link.has_plus:
            spellings.append((link.digits, market))
        for spelling, region in spellings:
            number = _parsed(spelling, region)
            if number:
                value = _e164(number)
                is_assumed = region is not None and _is_assumed(spelling, value)
                yield Found("phone", value, link.start, link.end, "phone-link", is_assumed)
                break


def _parsed(written: str, region: str | None) -> "PhoneNumber | None":
    """The valid number that `written` is."""
    import phonenumbers  # noqa: PLC0415 - as in _written

    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _e164(number: "PhoneNumber") -> str:
    from phonenumbers import PhoneNumberFormat, format_number  # noqa: PLC0415 - as in _written

    return format_number(number, PhoneNumberFormat.E164)


def _is_no_phone(text: str, found: Found) -> bool:
    start, end = found.start, found.end
    if guards.is_named_otherwise(text, start) or guards.is_part_of_more(text, start, end):
        return True
    return guards.is_shaped_otherwise(text[start:end]) and not guards.is_named_phone(text, start)
