"""The plans answer what phonenumbers answers."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from chalicelib.capture.extraction import plans

MARKETS = ("ID", "SG", "MY", "PH", "TH", "VN")
REACHED = {
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.VOIP,
}
TYPES = [value for name, value in vars(PhoneNumberType).items() if name.isupper() and isinstance(value, int)]


def is_valid(written: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written, None))
    except phonenumbers.NumberParseException:
        return False


@given(st.sampled_from(MARKETS), st.from_regex(r"[1-9][0-9]{5,12}", fullmatch=True))
def test_a_national_number_is_one_where_the_library_says_so(market: str, national: str) -> None:
    plan = plans.plan_of(market)
    assert plan is not None
    number = phonenumbers.PhoneNumber(country_code=int(plan.code), national_number=int(national))

    is_reached = phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in REACHED

    assert (plan.kind(national) is not None) == is_reached


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_every_example_of_every_country_is_read_with_its_plus(region: str) -> None:
    for kind in TYPES:
        example = phonenumbers.example_number_for_type(region, kind)
        if not example or not phonenumbers.is_valid_number(example):
            continue
        value = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        if len(value) <= plans.FEWEST_DIGITS:  # Iran's short ones
            continue
        reading = plans.read(value[1:], "ID", has_plus=True)
        assert reading is not None, value
        assert reading.value == value


@given(st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True))
def test_what_is_read_with_a_plus_is_valid(digits: str) -> None:
    reading = plans.read(digits, "ID", has_plus=True)

    assert reading is None or is_valid(reading.value)


@given(st.sampled_from((*MARKETS, "XX")), st.from_regex(r"[0-9]{7,17}", fullmatch=True))
def test_whatever_is_read_is_valid_and_holds_the_digits(market: str, digits: str) -> None:
    reading = plans.read(digits, market)

    assert reading is None or (is_valid(reading.value) and digits.endswith(reading.value[-6:]))


STRENGTHS = {
    "a trunk 0": ("ID", "081234500011", plans.Strength.CLEAR),
    "an international prefix": ("MY", "006581234567", plans.Strength.CLEAR),
    "a country without trunk": ("SG", "81234567", plans.Strength.NATIONAL),
    "its own code": ("ID", "6281234500011", plans.Strength.NATIONAL),
    "free of charge": ("VN", "1800599836", plans.Strength.NATIONAL),
    "the 0 left out": ("PH", "9171234500", plans.Strength.LOCAL),
    "a neighbour's code": ("ID", "60123456700", plans.Strength.LOCAL),
    "a neighbour's code, and ten digits": ("ID", "6581234567", plans.Strength.NAMED),
    "a landline without its 0": ("VN", "2439255555", plans.Strength.NAMED),
}


@pytest.mark.parametrize(("market", "digits", "strength"), STRENGTHS.values(), ids=STRENGTHS.keys())
def test_digits_say_more_or_less_that_they_are_a_phone(market: str, digits: str, strength: plans.Strength) -> None:
    reading = plans.read(digits, market)

    assert reading is not None
    assert reading.strength == strength
