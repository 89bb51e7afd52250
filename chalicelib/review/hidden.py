"""What an element's attributes hide: text that stands in a page's markup and that no reader sees."""

import functools
import re
from typing import Final

# Ways of a style attribute to show nothing: not at all, too small, in white, or out of sight.
HIDING_STYLE: Final = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden"
    r"|opacity\s*:\s*(?:0(?:\.[012]\d*|\.0*)?|\.[012]\d*|1?\d%|0%)%?\s*(?:;|!|$)"
    r"|font-size\s*:\s*(?:[0-3](?:\.\d*)?|\.\d+)(?:px|pt)?\s*(?:;|!|$)"
    r"|font-size\s*:\s*(?:(?:0(?:\.[0-2]\d*)?|\.[0-2]\d*)r?em|[12]?\d(?:\.\d*)?%)\s*(?:;|!|$)"
    r"|font\s*:[^;]{0,40}?(?<![\w.])[0-3](?:\.\d*)?(?:px|pt)?\s*/|zoom\s*:\s*0(?:\.[0-2]\d*)?\s*(?:;|!|$)"
    r"|text-indent\s*:\s*(?:-\d{3}|\d{3}%|\d{4})"
    r"|(?:left|right|top|bottom|inset|margin(?:-left|-top)?)\s*:[^;]{0,30}?-(?:\d{4}|\d{2,3}\s*(?:r?em|ch)|\d{3}\s*(?:vw|vh|%))"
    r"|(?:left|right|top|bottom)\s*:\s*(?:-\d{3}px|(?:1[1-9]|[2-9]\d)\d\s*(?:%|vw|vh))"
    r"|translate[xy3d]{0,2}\s*[(:][^;]{0,30}?-?(?:-\d{4}|\d{3}\s*(?:vw|vh|%|r?em))"
    r"|clip\s*:\s*rect\s*\(\s*[01](?:px)?[,\s]+[01](?:px)?[,\s]+[01](?:px)?[,\s]+[01](?:px)?\s*\)"
    r"|clip-path\s*:\s*(?:inset\s*\(\s*(?:[5-9]\d|100)%|circle\s*\(\s*0|polygon\s*\([\s0px%,]{0,40}\))"
    r"|scale[xy]?\s*[(:]\s*(?:0(?:\.[0-2]\d*)?|\.[0-2]\d*)\s*[,);!\s]|scale[xy]?\s*:\s*0\s*$"
    r"|filter\s*:[^;]{0,40}(?:opacity\s*\(\s*[0.]|blur\s*\(\s*(?:[3-9]|\d{2})))"
    r"|(?<!\w)mask(?:-image)?\s*:[^;]{0,60}transparent|text-fill-color\s*:\s*transparent"
    r"|text-decoration(?:-line)?\s*:[^;]{0,40}line-through",
    re.IGNORECASE,
)
CUT_OFF: Final = re.compile(r"(?<![\w-])overflow(?:-y)?\s*:\s*(?:hidden|clip)", re.IGNORECASE)
NO_ROOM: Final = re.compile(
    r"(?<![\w-])(?:max-)?(?:height|width)\s*:\s*[01](?:px|pt|r?em|%)?\s*(?:;|!|$)", re.IGNORECASE
)
WHITE: Final = (
    r"(?:white(?:smoke)?|snow|ivory|ghostwhite|floralwhite|azure|mintcream|transparent|#(?:[ef]{3}|(?:[ef][\da-f]){3})"
    r"(?:[\da-f]{1,2})?|#[\da-f]{3}0|#[\da-f]{6}00|rgba?\s*\((?:\s*2[345]\d[,\s]+){2}\s*2[345]\d\s*(?:[,/][^)]{0,9})?\)"
    r"|rgba?\s*\([^)]{0,30}[,/]\s*0(?:\.0*)?%?\s*\)|hsla?\s*\([^)]{0,30}(?:9[4-9]|100)%\s*\))\s*(?:;|!|$)"
)
WHITE_STYLE: Final = re.compile(rf"(?<![\w-])color\s*:\s*{WHITE}", re.IGNORECASE)
WHITE_GROUND: Final = re.compile(rf"background(?:-color)?\s*:\s*{WHITE}", re.IGNORECASE)
WHITE_COLOUR: Final = re.compile(WHITE, re.IGNORECASE)
# What the common style sheets call hidden.
HIDING_CLASS: Final = re.compile(
    r"(?<![\w-])(?:sr-only|visually-hidden|visuallyhidden|screen-reader-text|screen-reader-only|hidden|hide|d-none"
    r"|invisible|is-hidden|u-hidden|display-none|a11y-hidden)(?![\w-])",
    re.IGNORECASE,
)
SHOWN_WIDE: Final = re.compile(r"(?<!\w)[a-z]{2}:|-(?:sm|md|lg|xl)-", re.IGNORECASE)  # but shown on a wide screen
COLOUR: Final = re.compile(r"(?<![\w-])color\s*:\s*(#?\w{3,20})\s*(?:;|!|$)", re.IGNORECASE)
GROUND: Final = re.compile(r"background(?:-color)?\s*:\s*(#?\w{3,20})\s*(?:;|!|$)", re.IGNORECASE)
MAX_STYLE: Final = 2_000  # characters of a style attribute that are looked at


def is_hidden(attributes: dict[str, str]) -> bool:
    """Whether an element with these attributes shows nothing, by itself."""
    if "hidden" in attributes or "inert" in attributes or attributes.get("aria-hidden", "").strip().lower() == "true":
        return True
    names = attributes.get("class", "")[:MAX_STYLE]
    if HIDING_CLASS.search(names) and not SHOWN_WIDE.search(names):
        return True
    style = attributes.get("style", "")[:MAX_STYLE]
    if style and _hides(style):
        return True
    return WHITE_COLOUR.match(attributes.get("color", "").strip()) is not None and (
        "background" not in style.lower() or WHITE_GROUND.search(style) is not None
    )


@functools.lru_cache(maxsize=256)  # a page has the same few styles everywhere
def _hides(style: str) -> bool:
    if HIDING_STYLE.search(style) or (CUT_OFF.search(style) and NO_ROOM.search(style)) or _is_one_colour(style):
        return True
    # White on a ground of its own is how titles look; on a ground of another element's, how this can't know.
    return WHITE_STYLE.search(style) is not None and (
        "background" not in style.lower() or WHITE_GROUND.search(style) is not None
    )


def _is_one_colour(style: str) -> bool:
    colour, ground = COLOUR.search(style), GROUND.search(style)
    return colour is not None and ground is not None and colour[1].lower() == ground[1].lower()
