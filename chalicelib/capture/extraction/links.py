"""Links: those that open a chat or a call hold a phone number, the digits of all others are no contact."""

import re
from collections.abc import Iterator
from typing import NamedTuple

# wa.me: faq.whatsapp.com "How to use click to chat"; t.me/+<number>: core.telegram.org/api/links; zalo.me, viber and
# signal by their share links; tel: RFC 3966, sms: RFC 5724.
_CHAT_LINK = re.compile(
    r"(?:"
    r"(?:https?://)?(?:(?:www|chat)\.)?(?:wa\.me|wasap\.my|zalo\.me)/"
    r"|(?:https?://)?(?:api|web)\.whatsapp\.com/send/?\?[!-~]{0,300}?phone="
    r"|whatsapp://send/?\?[!-~]{0,300}?phone="
    r"|(?:https?://)?(?:t|telegram)\.me/(?=\+|%2b)"
    r"|(?:https?://)?signal\.me/\#p/"
    r"|viber://(?:chat|add|contact)/?\?number="
    r"|(?:tel|sms|callto):(?://)?"
    r")(?P<plus>\+|%2b)?(?P<digits>\d(?:[-.]?\d){6,16})(?![-. ]?\d)",
    re.IGNORECASE,
)
# Without a scheme a link needs a known ending and a path: "no.hp/wa 0812…" is none.
_LINK = re.compile(
    r"(?:https?://|www\.|(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,5}"
    r"(?:com|net|org|co|id|sg|my|ph|th|vn|me|io|app|ly|link|gl|be|shop|store|page|info|biz|asia|to|ee|gg|tv)/)[!-~]*",
    re.IGNORECASE,
)


# "@dapur.0812", "@ rini_0895": digits of a handle. A price each has none but digits: "2 pcs @25.000".
_HANDLE = re.compile(r"(?<![\w.])@[A-Za-z0-9._]*[A-Za-z_][A-Za-z0-9._]*")


class ChatLink(NamedTuple):
    start: int
    end: int
    digits: str
    has_plus: bool


def find_chat_links(text: str) -> Iterator[ChatLink]:
    """The links that name a number, with the number's digits as they stand there: "wa.me/6281234500011"."""
    for match in _CHAT_LINK.finditer(text):
        digits = "".join(filter(str.isdecimal, match["digits"]))
        yield ChatLink(match.start(), match.end(), digits, match["plus"] is not None)


def find_links(text: str) -> list[tuple[int, int]]:
    """Where links stand, chat links among them, and handles: [(start, end), …]."""
    handles = [match.span() for match in _HANDLE.finditer(text)] if "@" in text else []
    if ("/" in text and "." in text) or "www" in text.lower():
        return handles + [match.span() for match in _LINK.finditer(text)]
    return handles


_SIGNS = (
    "wa.me",
    "wasap.my",
    "zalo.me",
    "whatsapp",
    "t.me",
    "telegram.me",
    "signal.me",
    "viber",
    "tel:",
    "sms:",
    "callto:",
)


def may_hold_chat_link(text: str) -> bool:
    """Whether a chat link can be in it: each has a colon or a slash."""
    if "/" not in text and ":" not in text:
        return False
    lower = text.lower()
    return any(sign in lower for sign in _SIGNS)
