"""What a row of digits may be: the numbering plans of phonenumbers, asked fast.

phonenumbers' metadata decides what is valid. Its `parse` and `is_valid_number` take 40 µs together, and to find where a
number ends several readings are tried; so the plans of the served markets are asked here by their own patterns (a test
holds both to the same answers), and any other country's number is left to the library.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from phonenumbers import PhoneNumberDesc

# ITU-T E.164: 15 digits with the country code; the shortest in use have 7 (Niue).
MOST_DIGITS, FEWEST_DIGITS = 15, 7
# The markets' own codes: whose numbers come without a plus, too.
_NEIGHBOURS = ("ID", "MY", "PH", "SG", "TH", "VN")
# Where the markets' customers live, work and come from besides; without a plus these need a word that says "phone".
_ABROAD = (
    "1",
    "44",
    "49",
    "33",
    "61",
    "64",
    "81",
    "82",
    "86",
    "886",
    "852",
    "853",
    "91",
    "971",
    "966",
    "974",
    "965",
    "39",
    "31",
)


class Strength(IntEnum):
    """How much the digits alone say that they are a phone number."""

    NAMED = 0  # only where a word says so: "714 555 2836", "1 714 555 2836"
    LOCAL = 1  # a mobile number without its trunk 0, or a neighbour's without plus: "917 812 3345"
    NATIONAL = 2  # complete, but of a form accounts and orders have as well: "9123 4567", "6281234500011"
    CLEAR = 3  # with a plus, an international prefix or a trunk 0


NAMED, LOCAL, NATIONAL, CLEAR = Strength  # looking one up in its enum costs as much as a pattern


class Reading(NamedTuple):
    """A valid number that digits may be read as."""

    value: str
    strength: Strength
    is_mobile: bool
    is_region_assumed: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """How one country's numbers look without country code and trunk prefix."""

    code: str
    trunk: str
    lengths: frozenset[int]
    mobile: re.Pattern[str]
    free: re.Pattern[str]
    other: re.Pattern[str]

    def kind(self, national: str) -> str | None:
        """What line it is: "mobile", "free" (of charge) or "other" (fixed, voip); None: there is no such line."""
        if len(national) not in self.lengths:
            return None
        if self.mobile.fullmatch(national):
            return "mobile"
        if self.free.fullmatch(national):
            return "free"
        return "other" if self.other.fullmatch(national) else None


@cache
def plan_of(region: str, *, every_line: bool = False) -> Plan | None:
    """The region's plan; None where phonenumbers knows no such region.

    Only lines that reach a person or an office, unless `every_line` is asked for. Shared-cost and company-wide numbers
    look like amounts: 1500000 is a number of Indonesia, and its most frequent price.
    """
    from phonenumbers import PhoneMetadata  # noqa: PLC0415 - 50 ms at cold start, needed only when seven digits have come

    known = PhoneMetadata.metadata_for_region(region)
    if known is None or known.country_code is None:
        return None
    general = _pattern(known.general_desc)
    others: tuple[PhoneNumberDesc | None, ...] = (known.fixed_line, known.voip)
    if every_line:
        others = (
            *others,
            known.uan,
            known.shared_cost,
            known.premium_rate,
            known.personal_number,
            known.pager,
            known.voicemail,
        )
    lengths = {
        length
        for one in (known.mobile, known.toll_free, *others)
        if one
        for length in one.possible_length or ()
        if length > 0
    }
    fixed = f"(?={general}\\Z)(?:{'|'.join(map(_pattern, others))})"
    return Plan(
        str(known.country_code),
        known.national_prefix or "",
        frozenset(lengths),
        re.compile(_pattern(known.mobile)),
        re.compile(_pattern(known.toll_free)),
        re.compile(fixed),
    )


def _pattern(description: "PhoneNumberDesc | None") -> str:
    pattern = description.national_number_pattern if description else None
    return f"(?:{pattern})" if pattern else "(?!)"


def read(digits: str, market: str, *, has_plus: bool = False, is_abroad: bool = True) -> Reading | None:
    """The strongest valid reading of all the digits; None when there is none. is_abroad: try far countries, too."""
    if has_plus:
        return _international(digits)
    plan = plan_of(market)
    if plan is None:
        return _abroad(digits)
    if digits.startswith("0"):
        return _with_trunk(digits, plan) or (_prefixed(digits) if digits.startswith("00") else None)
    found = _without_trunk(digits, plan) or _with_code(digits, plan) or _of_a_neighbour(digits, plan)
    return found or (_abroad(digits) if is_abroad else None)


def _with_trunk(digits: str, plan: Plan) -> Reading | None:
    national = digits[1:]
    kind = plan.kind(national) if plan.trunk == "0" else None
    return Reading(f"+{plan.code}{national}", CLEAR, kind == "mobile", is_region_assumed=True) if kind else None


def _prefixed(digits: str) -> Reading | None:
    """Dialled from abroad: "0062…" and, as Indonesia, Singapore and Thailand dial, "00162…"."""
    for length in (2, 3):
        found = _international(digits[length:]) if digits[length : length + 1] not in ("0", "") else None
        if found and (length == 2 or digits[length : length + 2] in _codes()):
            return found
    return None


def _without_trunk(digits: str, plan: Plan) -> Reading | None:
    kind = plan.kind(digits)
    if kind is None:
        return None
    strength = LOCAL if kind == "mobile" else NAMED
    if not plan.trunk or kind == "free":
        strength = NATIONAL
    return Reading(f"+{plan.code}{digits}", strength, kind == "mobile", is_region_assumed=True)


def _with_code(digits: str, plan: Plan) -> Reading | None:
    if not digits.startswith(plan.code):
        return None
    national = digits[len(plan.code) :]
    kind = plan.kind(national)
    if kind is None and plan.trunk and national.startswith(plan.trunk):
        national = national[len(plan.trunk) :]
        kind = plan.kind(national)
    if kind is None:
        return None
    return Reading(f"+{plan.code}{national}", NATIONAL, kind == "mobile", is_region_assumed=False)


def _of_a_neighbour(digits: str, own: Plan) -> Reading | None:
    plan = _codes().get(digits[:2])
    found = _with_code(digits, plan) if plan and plan is not own else None
    if not found or not found.is_mobile:
        return None
    # Ten digits that begin with 65 are as often an account.
    return found._replace(strength=NAMED if len(digits) <= 10 else LOCAL)


def _abroad(digits: str) -> Reading | None:
    if not digits.startswith(_ABROAD) or not 10 <= len(digits) <= 13:
        return None
    found = _international(digits)
    return found._replace(strength=NAMED) if found and found.is_mobile else None


@cache
def _codes() -> dict[str, Plan]:
    return {plan.code: plan for plan in map(plan_of, _NEIGHBOURS) if plan}


def _international(digits: str) -> Reading | None:
    """The number with its country code, a trunk 0 behind the code forgiven: "+62 (0)812 …"."""
    if not FEWEST_DIGITS <= len(digits) <= MOST_DIGITS + 1 or digits.startswith("0"):
        return None
    plan = _codes().get(digits[:2])
    found = _with_code(digits, plan) if plan else None
    return found._replace(strength=CLEAR) if found else _of_another_country(digits)


def _of_another_country(digits: str) -> Reading | None:
    """A number of any country that phonenumbers knows, with its code."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE  # noqa: PLC0415 - as above

    for length in (1, 2, 3):
        regions = COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length]), ())
        for region in regions:
            plan = plan_of(region, every_line=True)
            found = _with_code(digits, plan) if plan else None
            if found:
                return found._replace(strength=CLEAR)
        if regions:
            return None
    return None
