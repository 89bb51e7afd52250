"""Names said some words behind their cue: "my name for the ticket is …", "my name is misspelt, it should be …"."""

import re
from collections.abc import Iterator

from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.lexicon import alternatives, listed
from chalicelib.capture.extraction.name_cues import Cue, is_of_another
from chalicelib.capture.extraction.name_words import LETTER, named_at

_WORD = f"[{LETTER}]+"
# What bears the name of who asks for it. Not a cake, a shirt, a parcel: their names are anybody's.
_ISSUED = alternatives(
    listed(
        "booking, ticket, tickets, reservation, cert, certificate, passport, invoice, receipt, registration, account, "
        "order, policy, form, file, record, records, appointment, visa, flight, ic, nric, table, membership, contract, "
        "tiket, pemesanan, pesanan, reservasi, sertifikat, ktp, kuitansi, nota, faktur, pendaftaran, formulir, "
        "sijil, tempahan, resit, resi, invois, borang, rekod, vé, đặt bàn, đặt phòng, đặt lịch, hóa đơn, hoá đơn, "
        "hợp đồng, giấy khám, hồ sơ, phiếu, ticket ko, resibo, reserbasyon, rehistro"
    )
)
_FOR = "for|on|in|under|as in|untuk|utk|buat|pada|di|dalam|para sa|sa|cho|để|trên|ở|po for|po sa|po para sa"
_OF_ISSUED = f"(?: po)? (?:{_FOR})(?: {_WORD}){{0,2}}? (?:{_ISSUED})(?: {_WORD}){{0,2}}?"
# Asks for it: "ghi tên mình giúp: Linh".
_PLEASE = (
    "(?: (?:giúp|giùm|dùm|hộ|giup|gium|dum))(?: (?:em|mình|chị|anh|cô|tôi|với|nhé|nha))?|"
    " (?:po|please|pls|ya|yah|kak|min|dong|aja|saja)"
)
_BEHIND = re.compile(
    f"(?:(?:{_OF_ISSUED})(?:\\s*[:=]|\\s+(?:is|ialah|adalah|ay|là|la|jadi|itu)(?=\\s))|(?:{_PLEASE})\\s?:)\\s*",
    re.IGNORECASE,
)
_MINE = re.compile(f"(?<![{LETTER}])(?:my|saya|sy|aku|ko|em|mình|tôi|chị|anh)(?![{LETTER}])", re.IGNORECASE)
_WRONG = "wrong(?:ly)?|incorrect(?:ly)?|mis-?spel\\w+|typo|spel\\w* error|salah|silap|keliru|mali|maling|sai|nhầm"
_STEMS_OF_WRONG = ("wrong", "incorrect", "spel", "typo", "salah", "silap", "keliru", "mali", "sai", "nhầm")
_IS_WRONG = re.compile(f"(?<![{LETTER}])(?:{_WRONG})(?![{LETTER}])", re.IGNORECASE)
_RIGHT = (
    "should be|shld be|supposed to be|must be|correct is|correct one is|the correct spelling is|correct spelling is|"
    "(?:se)?patutnya|sepatutnya ialah|ya?n?g (?:betul|benar)|(?:se)?harusnya|mestinya|seharusnya adalah|"
    "dapat(?: po)?(?: ay)?|ang tama(?: po)?(?: ay)?|đúng (?:là|phải là|ra là|tên là)|phải là|dung la|phai la"
)
_CORRECTED = re.compile(
    f"[^.!?\\n]{{0,60}}?(?:[,.;:(-]\\s*|\\s(?:and|but|dan|tapi|pero|mà)\\s)"
    f"(?:(?:it|tên|tên em|mình|ia|po|yung|nya|pls|please) )?(?:{_RIGHT})(?:\\s*:)?\\s+",
    re.IGNORECASE,
)
_REACH_BEFORE = 24  # "mali po spelling ng name ko": what is wrong is said before the cue, too


def find_apart(text: str, cue: Cue) -> Iterator[Found]:
    """The name behind the cue and what stands between them."""
    if is_of_another(text, cue.start):
        return
    may_be_wrong = _may_be_wrong(text)
    start = _corrected_at(text, cue) if may_be_wrong and "sure" in cue.kinds else None
    if start is None:
        behind = _BEHIND.match(text, cue.end)
        if not behind or (may_be_wrong and _IS_WRONG.search(text, cue.end, cue.end + 60)):
            return
        if (
            "sure" not in cue.kinds
            and ":" not in behind.group()
            and not _MINE.search(text, max(0, cue.start - 4), behind.end())
        ):
            return
        start = behind.end()
    yield from named_at(text, start, rule="name-stated", may_be_small=False)


def _may_be_wrong(text: str) -> bool:
    """Whether something may be said to be wrong: the quick answer for most."""
    lower = text.lower()
    return any(stem in lower for stem in _STEMS_OF_WRONG)


def _corrected_at(text: str, cue: Cue) -> int | None:
    """Where the right spelling begins, of a name that is said to be wrong."""
    corrected = _CORRECTED.match(text, cue.end)
    if corrected and _IS_WRONG.search(text, max(0, cue.start - _REACH_BEFORE), corrected.end()):
        return corrected.end()
    return None
