"""Names given in Chinese: a family name and one or two more characters, or a calling name such as 小敏."""

import re
from collections.abc import Iterator
from functools import cache

from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.lexicon import alternatives, words_of
from chalicelib.capture.extraction.name_words import is_known, named_at

_HAN = "\u3400-\u9fff"
_ALL_HAN = re.compile(f"[{_HAN}]+")
_TITLES = tuple(
    # Last words of what one calls somebody else, or oneself without a name.
    "小姐,先生,太太,女士,老师,老板,阿姨,叔叔,经理,医生,总,姐,哥,妈妈,爸爸,顾客,客户,客人,新人".split(",")  # noqa: SIM905
)
_AFTER_NAME = re.compile(
    f"$|[^{_HAN}]|[想要的是在有打電电你您请請可能来來需订訂买買问問住也昨今明之从從和跟先小女就吧啦呀哦啊呢即这這上下]"
)
# Behind these anything short is a name, whatever its characters.
_ENDED = re.compile(f"$|[^{_HAN}A-Za-z]|就好|就行|就可以|吧|即可|啦|哦")
_NICKNAME = "小阿"
_MOST_OF_ONE_SURNAME = 3


@cache
def _cue() -> re.Pattern[str]:
    sure, unsure, form = (
        alternatives(word for word in words_of("name", table) if _ALL_HAN.match(word))
        for table in ("sure", "unsure", "forms")
    )
    return re.compile(
        f"(?P<form>(?:^|[\\n|,，])\\s*(?:{form})\\s*[:：=]\\s*)"
        f"|(?P<family>(?:我姓|敝姓|免贵姓)[{_HAN}][，, ]\\s*(?:全名)?(?:叫|是)?)"
        f"|(?P<sure>{sure})|(?P<unsure>{unsure})|(?P<signed>[–—~-]\\s?(?=[{_HAN}]{{2,3}}\\s*\\Z))",
        re.MULTILINE,
    )


@cache
def _characters(table: str) -> frozenset[str]:
    return frozenset("".join(words_of("name", table)))


def find_names(text: str) -> Iterator[Found]:
    """The names in a normalised text, in no order."""
    for match in _cue().finditer(text):
        start = match.end() + (text[match.end() : match.end() + 1] == " ")
        rule = "name-form" if match.lastgroup == "form" else "name-stated"
        if text[start : start + 1].isascii():
            for name in named_at(text, start, rule=rule, may_be_small=False):
                if match.lastgroup != "unsure" or is_known(name.value):
                    yield name
            continue
        length = _length_at(text, start, is_sure=match.lastgroup != "unsure")
        if length:
            yield Found("name", text[start : start + length], start, start + length, rule)


def _length_at(text: str, start: int, *, is_sure: bool) -> int:
    """How many characters of text[start:] are the name; 0 where they say what one is, not who."""
    for length in (3, 2, 4):
        name = text[start : start + length]
        if len(name) != length or not _ALL_HAN.fullmatch(name) or name.endswith(_TITLES):
            continue
        if _is_name(name, is_sure=is_sure) and _AFTER_NAME.match(text, start + length):
            return length
        is_nick = name[0] in _NICKNAME or name[0] == name[-1]
        if is_sure and is_nick and length < 4 and _ENDED.match(text, start + length) and not _stop().search(name):
            return length
    return 0


@cache
def _stop() -> re.Pattern[str]:
    return re.compile(alternatives(word for word in words_of("name", "stop") if _ALL_HAN.match(word)))


def _is_name(name: str, *, is_sure: bool) -> bool:
    """Whether it is built like one: 陈美玲 by its family name, 志强 and 小敏 by characters that are common in names."""
    given = _characters("characters")
    if _stop().search(name):
        return False
    if name[0] in _characters("surnames"):
        usual = sum(character in given for character in name[1:])
        return usual == len(name) - 1 or (is_sure and (usual > 0 or len(name) == _MOST_OF_ONE_SURNAME))
    rest = name[1:] if name[0] in _NICKNAME else name
    return 1 < len(name) <= _MOST_OF_ONE_SURNAME and all(character in given for character in rest)
