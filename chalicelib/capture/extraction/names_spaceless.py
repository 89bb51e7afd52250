"""Names given in Thai and Chinese, which put no space between a name and what follows it."""

import re
from collections.abc import Iterator
from functools import cache

from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.lexicon import alternatives, is_spaceless, words_of

_THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"
_HAN = "\u3400-\u9fff"
_IS_HAN = re.compile(f"[{_HAN}]")
_THAI_WORD = re.compile(f"[{_THAI}]+(?:\\.[{_THAI}]+\\.?)*")
# Letters without the marks above and below them: names are short, sentences are not.
_MARK = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
_LONGEST_THAI = 14
_THAI_NAME_WORD = "ชื่อ"
_ACCOUNT = re.compile("บัญชี|ธนาคาร|กสิกร|ไทยพาณิชย์|กรุงไทย|ออมสิน|กรุงศรี|พร้อมเพย์")
# Who may be the one named: the speaker, or nobody, at the beginning of a clause.
_SELF = re.compile("(?:^|[\\s(,.]|เล่น|ผม|กระผม|ดิฉัน|อิฉัน|หนู|เรา|ฉัน|พี่|เค้า|ข้าเจ้า|ข้าพเจ้า|ค่ะ|คะ|ครับ|คับ)\\s*\\Z")


@cache
def _thai_stop() -> re.Pattern[str]:
    return re.compile(alternatives({word for word in words_of("name", "stop") if _THAI_WORD.match(word)}))


@cache
def _thai_particle() -> re.Pattern[str]:
    return re.compile(alternatives(words_of("name", "particles")))


@cache
def _thai_form() -> re.Pattern[str]:
    forms = {word for word in words_of("name", "forms") if _THAI_WORD.match(word)}
    return re.compile(f"(?:^|[|\\n])[ \\t]*(?:{alternatives(forms)})[ \\t]*(?P<colon>[:=])?[ \\t]*", re.MULTILINE)


@cache
def _thai_titles() -> re.Pattern[str]:
    return re.compile(alternatives(word for word in words_of("name", "titles") if _THAI_WORD.match(word)))


@cache
def _not_named() -> re.Pattern[str]:
    return re.compile(alternatives(filter(is_spaceless, words_of("name", "not_forms"))))


def find_names(text: str) -> Iterator[Found]:
    """The names in a normalised text, in no order."""
    if _THAI_NAME_WORD in text or "ผู้" in text:
        yield from _thai(text)
    if _IS_HAN.search(text):
        yield from _chinese(text)


def _thai(text: str) -> Iterator[Found]:
    account = _ACCOUNT.search(text)
    for match in _thai_form().finditer(text):
        if not _not_named().match(text, match.start()) and (match["colon"] or "\n" in text):
            yield from _thai_name(text, match.end(), "name-form")
    start = text.find(_THAI_NAME_WORD)
    while start >= 0:
        end = start + len(_THAI_NAME_WORD)
        if _SELF.search(text[max(0, start - 12) : start]) and not _not_named().match(text, start) and not account:
            yield from _thai_name(text, end + (text[end : end + 1] == " "), "name-stated")
        start = text.find(_THAI_NAME_WORD, end)


def _thai_name(text: str, start: int, rule: str) -> Iterator[Found]:
    """A first name, and a family name where it is plain that one follows: before a particle or the end."""
    latin = _LATIN_NAME.match(text, start)
    if latin:
        yield Found("name", latin["name"], latin.start("name"), latin.end("name"), rule)
        return
    title = _thai_titles().match(text, start)
    word = _THAI_WORD.match(text, title.end() + (text[title.end() : title.end() + 1] == " ")) if title else None
    word = word or _THAI_WORD.match(text, start)
    end = _end_of_thai(text, word.start(), word.end()) if word else None
    if not word or end is None:
        return
    family = _THAI_WORD.match(text, end + 1) if end == word.end() and text[end : end + 1] == " " else None
    if family and not _thai_particle().match(family.group()):
        particle = _thai_particle().search(text, family.start() + 2, family.end())
        family_end = particle.start() if particle else family.end()
        behind = text[family.end() : family.end() + 2]
        is_last = (
            particle or not behind.strip(" ") or behind[0] in "\n|" or _thai_particle().match(text, family.end() + 1)
        )
        if is_last and family_end - family.start() <= _LONGEST_THAI:
            end = family_end
    yield Found("name", text[word.start() : end], word.start(), end, rule)


def _end_of_thai(text: str, start: int, end: int) -> int | None:
    """Where the name in text[start:end] ends: at the first word that is none; None when there is no name."""
    stop = _thai_stop()
    if stop.match(text, start):
        longest = stop.match(text, start)
        # "เก้านะ": a name may begin like a word that is none; it must be more than that word.
        if longest and longest.end() - start > 1:
            return None
    match = stop.search(text, start + 2, end)
    end = match.start() if match else end
    letters = len(_MARK.sub("", text[start:end]))
    return end if 1 < letters <= _LONGEST_THAI or (letters == 1 and end - start > 1) else None


@cache
def _chinese_cue() -> re.Pattern[str]:
    sure = alternatives(word for word in words_of("name", "sure") if re.match(f"[{_HAN}]", word))
    unsure = alternatives(word for word in words_of("name", "unsure") if re.match(f"[{_HAN}]", word))
    form = alternatives(word for word in words_of("name", "forms") if re.match(f"[{_HAN}]", word))
    return re.compile(
        f"(?P<form>(?:^|[\\n|,，])\\s*(?:{form})[:：=]\\s*)|(?P<sure>{sure})|(?P<unsure>{unsure})", re.MULTILINE
    )


@cache
def _surnames() -> str:
    return "".join(word for word in words_of("name", "surnames"))


_TITLES = (
    "小姐",
    "先生",
    "太太",
    "女士",
    "老师",
    "老板",
    "阿姨",
    "叔叔",
    "经理",
    "医生",
    "总",
    "姐",
    "哥",
    "妈妈",
    "爸爸",
)
_LATIN_NAME = re.compile(r"\s?(?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+){0,2})")
_AFTER_NAME = re.compile(f"$|[^{_HAN}]|[想要的是在有打电電你您请請可能来來需订訂买買问問住也昨今明之从從和跟先小女]")


def _chinese(text: str) -> Iterator[Found]:
    """A surname and one or two more characters: without a usual surname, 我是 says what one is, not who."""
    for match in _chinese_cue().finditer(text):
        start = match.end()
        latin = _LATIN_NAME.match(text, start)
        if latin and match.lastgroup != "unsure":
            yield Found("name", latin["name"], latin.start("name"), latin.end("name"), "name-stated")
        if text[start : start + 1] not in _surnames() or not text[start : start + 1]:
            continue
        for length in (3, 2, 4):
            name = text[start : start + length]
            if (
                length == len(name)
                and not name.endswith(_TITLES)
                and re.fullmatch(f"[{_HAN}]+", name)
                and _AFTER_NAME.match(text, start + length)
            ):
                rule = "name-form" if match.lastgroup == "form" else "name-stated"
                yield Found("name", name, start, start + length, rule)
                break
