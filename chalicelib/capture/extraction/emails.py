"""E-mail addresses as they are written plainly. The library judges what is one; here is found where one could stand."""

import re
from collections.abc import Iterator

from chalicelib.capture.extraction import domains
from chalicelib.capture.extraction.contact import Found

# RFC 5322 allows more before the "@" (!#$&*/=?^`{|}~), but in chat those stand around an address, not in it:
# "hp/siti@example.com", "=siti@example.com". A quoted local part is not written by hand.
_LOCAL = "a-z0-9._%+'-"
_LOCAL_BACKWARDS = re.compile(f"[{_LOCAL}]*", re.IGNORECASE)
# RFC 5321 4.5.3.1.1. A longer run before the "@" is no address, nor is its end.
_LONGEST_LOCAL = 64

_LATIN = "a-z0-9\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff"
# Neither ASCII nor a Latin letter: the letters of Thai or Chinese, and the vowel signs \w leaves out.
_OTHER = "\u0370-\u1dff\u2c00-\u2fef\u3005\u3040-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
# A label is in one script, so that Thai or Chinese directly behind ".com" does not belong to the domain.
_LABEL = f"(?:[{_LATIN}](?:[{_LATIN}-]{{0,61}}[{_LATIN}])?|[{_OTHER}](?:[{_OTHER}0-9-]{{0,61}}[{_OTHER}0-9])?)"
# The top-level domains in the markets' other scripts (IANA root zone, 2026). A list, because in
# "siti@example.com.谢谢" the last label is a sentence.
_OTHER_ENDINGS = "ไทย|คอม|新加坡|சிங்கப்பூர்|中国|中國|香港|台湾|台灣|公司|网络|網路|在线|中文网|商城|网店|我爱你"
# "info@kedai咖啡.my": both in its first label.
_MIXED = f"[{_LATIN}]{{1,40}}[{_OTHER}]{{1,20}}"
_DOMAIN = re.compile(
    f"(?:{_LABEL}\\.|{_MIXED}\\.)(?:{_LABEL}\\.){{0,7}}(?:xn--[a-z0-9-]{{2,59}}|[a-z]{{2,63}}|{_OTHER_ENDINGS})(?![a-z0-9_-])",
    re.IGNORECASE,
)
# "siti@example.com.Terima kasih": a new sentence begins without its space, behind a label all in lower case. An
# address in capitals, or with each label in capitals ("Siti@Example.Com.My"), has none there.
_NEXT_SENTENCE = re.compile(r"\.[a-z0-9-]+(?P<word>\.[A-Z][a-z]+)\Z")
_LEADING = ".-+%'"
_TORN_BY = re.compile(f"[{_LATIN}@]")

# What the library accepts without a doubt, so that it need not be asked: it takes 70 ms to import and 40 µs an address.
# A test holds both to the same answers. The endings are those of its SPECIAL_USE_DOMAIN_NAMES.
_PLAIN = re.compile(
    r"(?=.{3,64}@)[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?=.{4,200}\Z)"
    r"(?:[a-z0-9](?:(?!--)[a-z0-9-]){0,61}(?<!-)\.){1,4}(?!arpa\Z|invalid\Z|local\Z|localhost\Z|onion\Z|test\Z|alt\Z)[a-z]{2,24}",
    re.IGNORECASE,
)


def find_emails(text: str) -> Iterator[Found]:
    """The addresses in a normalised text, in order, none overlapping another."""
    end = 0
    at = text.find("@")
    while at >= 0:
        found = _email_around(text, at, end)
        if found:
            yield found
            end = found.end
        at = text.find("@", max(at + 1, end))


def _email_around(text: str, at: int, floor: int) -> Found | None:
    if text[at - 1 : at].isspace() or not at:
        return None
    start = _start_of_local(text, at, floor)
    domain = _DOMAIN.match(text, at + 1) if start is not None else None
    if start is None:
        start, domain = _thai_or_chinese(text, at, floor)
    if start is None or not domain:
        return None
    end = domain.end()
    sentence = _NEXT_SENTENCE.search(domain.group())
    if sentence:
        end -= len(sentence["word"])
    value = address(text[start:end])
    return found_email(value, start, end, "email-written") if value else None


_OTHER_BACKWARDS = re.compile(f"[{_OTHER}0-9._-]+")


def _thai_or_chinese(text: str, at: int, floor: int) -> tuple[int | None, re.Match[str] | None]:
    """The beginning and the domain of an address in Thai or Chinese on both sides (RFC 6531): "ติดต่อ@สวนมะม่วง.ไทย"."""
    run = _OTHER_BACKWARDS.match(text[max(floor, at - _LONGEST_LOCAL) : at][::-1])
    domain = _DOMAIN.match(text, at + 1)
    is_both = run and domain and not domain.group().isascii()
    return (at - run.end(), domain) if run and is_both else (None, None)


def _start_of_local(text: str, at: int, floor: int) -> int | None:
    before = text[max(floor, at - _LONGEST_LOCAL - 1) : at]
    run = _LOCAL_BACKWARDS.match(before[::-1])
    length = run.end() if run else 0
    start = at - length
    local = text[start:at].lstrip(_LEADING)
    previous = text[start - 1 : start]
    # "nguyễnhoa@…": the run begins in the middle of a word, its beginning can't be part of the address. In Thai or
    # Chinese directly before it, it can. "//user@host" is a URL's user, "@user@host" a handle.
    is_torn = bool(previous) and (bool(_TORN_BY.match(previous.lower())) or text[start - 2 : start] == "//")
    if not local or length > _LONGEST_LOCAL or is_torn:
        return None
    return at - len(local)


def found_email(value: str, start: int, end: int, rule: str) -> Found:
    """The address as a place in the text, with what its writer probably meant."""
    return Found("email", value, start, end, rule, suggestion=domains.suggestion(value))


def address(candidate: str) -> str | None:
    """The address in lower case, its domain in Unicode; None when the library refuses it.

    example.com and its like are accepted: the library leaves them out of its special-use domains, after RFC 6761.
    """
    if _PLAIN.fullmatch(candidate):
        return candidate.lower()
    import email_validator  # noqa: PLC0415 - 70 ms at cold start, needed only for an unusual one

    try:
        checked = email_validator.validate_email(candidate, check_deliverability=False)
    except email_validator.EmailNotValidError:
        return None
    return checked.normalized.lower()
