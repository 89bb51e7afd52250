"""Names given in Thai, which puts no space between a name and what follows it.

A first name is a calling name from a list, or is built from what Thai names are built of; behind "ชื่อ" it may be any
short word.
"""

import re
from collections.abc import Iterator
from functools import cache

from chalicelib.capture.extraction.contact import Found
from chalicelib.capture.extraction.lexicon import words_of
from chalicelib.capture.extraction.name_words import named_at
from chalicelib.capture.extraction.names_thai_words import IS_THAI, THAI, form, long_stop, thai

_WORD = re.compile(f"[{THAI}]+(?:\\.[{THAI}]+\\.?)*")
# Letters without the marks above and below them: names are short, sentences are not.
_MARK = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
_LONGEST, _LONGEST_FORMAL, _SHORTEST_FORMAL = 14, 18, 4
_NAME_WORD = "ชื่อ"
_ACCOUNT = re.compile("บัญชี|ธนาคาร|กสิกร|ไทยพาณิชย์|กรุงไทย|ออมสิน\\s?\\d|กรุงศรี|พร้อมเพย์")
# Who may be the one named: the speaker, or nobody, at the beginning of a clause.
_SELF = re.compile(
    "(?:^|[\\s(,.]|เล่น|ผม|กระผม|ดิฉัน|อิฉัน|หนู|เรา|ฉัน|พี่|เค้า|ข้าเจ้า|ข้าพเจ้า|ค่ะ|คะ|ครับ|คับ|ลง|ชั้น|ป้า|ลุง|น้า|เจ๊|เฮีย|ยาย)\\s*\\Z"
)
_REACH_OF_OTHERS = 30
_POLITE = "ค่ะ|ค่า|คะ|ครับ|คับ|ค้าบ|ฮะ|ฮับ|งับ|จ้า|จ้ะ|จ๊ะ|นะ|เอง|เด้อ|เจ้า|น้า"
_PRONOUN = re.compile("(?:^|(?<=[\\s,.!]))(?:กระผม|ผม|ดิฉัน|ดิชั้น|หนู|เรา|ฉัน|นี่คือ|นี่)\\s?")
_FORMAL_TITLE = re.compile("(?:นางสาว|นาย|นาง|น\\.ส\\.|ครู|หมอ|ดร\\.)\\s?")
_ADDRESS = re.compile("(?:^|(?<=[\\s,.!]))(?:พี่|ป้า|ลุง|น้า|อา|แม่|พ่อ|เจ๊|เฮีย|ครู|หมอ|น้อง|คุณ|ช่าง|ยาย|เบอร์)\\s?")
_SAID_SELF = re.compile(
    f"\\s?(?:นี่)?(?:{_POLITE})(?![{THAI}]*\\?)|\\s?(?:จาก|ที่|คนที่|โทร|เบอร์|แผนก|ฝ่าย|เลข|ขอ|สนใจ|อยาก|ต้องการ|รบกวน|แจ้ง|ชื่อ|\\d)|\\s*(?:\\n|,|\\Z)"
)
_IT_IS_ME = re.compile("\\s?(?:นี่)?เอง(?!ไม่|ได้|ที่บ้าน|หรอ|เหรอ|หรือ|ใช่|ไหม|มั้ย|รึ)")
_AT_START = re.compile("(?:นะ|จ้า|ค่ะ|ครับ|คับ|ค่า|นะคะ|นะครับ|ฝ่าย|จาก|เบอร์|โทร|[\\d\\n]|\\s*\\Z)")
_CALL = re.compile("เรียก(?P<me>ผม|หนู|เรา|พี่|ดิฉัน|ฉัน|ป้า|ลุง|เค้า)?(?:สั้น\\s?ๆ\\s?)?(?P<as>ว่า)?\\s?")
_CALL_SO = re.compile("\\s?(?:ก็ได้|ก็พอ|ได้เลย|เฉย|ค่ะ|ครับ|นะ|เลย)")
_SIGNED = re.compile(
    f"(?:[\\n ][–—~-]+|(?P<line>\\n)|[\\s]จาก|ลงชื่อ)\\s?(?=[{THAI}]{{2,18}}(?: [{THAI}]{{2,18}})?\\s*\\Z)"
)
_BESIDE_NUMBER = re.compile(f"\\d{{3,4}}\\s*[(–,-]?\\s*(?=[{THAI}])")
_ENDS = re.compile("\\s*(?:(?:ค่ะ|ครับ|คับ|นะคะ|นะครับ|จ้า)\\s*)?(?:\\)|\\Z|\\n)")


def find_names(text: str, *, has_cue: bool) -> Iterator[Found]:
    """The names in a normalised text, in no order."""
    if has_cue and (_NAME_WORD in text or "ผู้" in text or "ame" in text or "AME" in text):
        yield from _in_fields(text)
    found = _beside_fields(text, has_cue=has_cue)
    first = next(found, None)
    if first is not None and not _ACCOUNT.search(text):
        yield first
        yield from found


def _beside_fields(text: str, *, has_cue: bool) -> Iterator[Found]:
    """The same but for forms; each way begins with the word it can't be without."""
    if has_cue:
        if _NAME_WORD in text:
            yield from _told(text)
        if "เรียก" in text:
            yield from _called(text)
        if any(pronoun in text for pronoun in _PRONOUNS):
            yield from _spoken_of_self(text)
        if _ME in text:
            yield from _it_is_me(text)
    yield from _alone(text)


def _in_fields(text: str) -> Iterator[Found]:
    for match in form().finditer(text):
        if not thai("not_forms").match(text, match.start()) and (
            match["colon"] or "\n" in text or _FORMAL_TITLE.match(text, match.end())
        ):
            for name in _name_at(text, match.end(), "name-form"):
                if not _PRODUCT.search(text) or _is_known(name.value):
                    yield name


_PRODUCT = re.compile("^[ \\t*•-]*(?:สี|รุ่น|ยี่ห้อ|ขนาด|ไซส์|ไซซ์|แบรนด์)[ \\t]*[:=]", re.MULTILINE)


def _told(text: str) -> Iterator[Found]:
    start = text.find(_NAME_WORD)
    while start >= 0:
        end = start + len(_NAME_WORD)
        before = text[max(0, start - _REACH_OF_OTHERS) : start]
        if right := _IS_RIGHT.match(text, start):
            yield from _name_at(text, right.end(), "name-stated")
        elif _SELF.search(before) and not thai("others").search(before) and not thai("not_forms").match(text, start):
            said = _SAYS.match(text, end)
            for name in _name_at(text, said.end() if said else end, "name-stated"):
                # "ชื่อซ้ำกับคนอื่น": what is no known name is followed by what ends a clause.
                if (
                    not IS_THAI.match(text, name.end)
                    or _is_known(name.value)
                    or thai("particles").match(text, name.end)
                ):
                    yield name
        elif mine := _IS_OF_ME.match(text, start):
            yield from _titled_known_at(text, mine.end())
        elif before.endswith("จอง") and _IS_MINE.search(text, end):
            yield from _name_at(text, end + (text[end : end + 1] == " "), "name-stated")
        start = text.find(_NAME_WORD, end)


_SAYS = re.compile("(?:เล่น|จริง)?\\s?(?:ว่า|คือ|ชื่อ)?\\s?")
_IS_OF_ME = re.compile("ชื่อ(?:ดิฉัน|ผม|หนู|เรา|ฉัน)(?:เอง)?\\s?(?:คือ|ว่า)?\\s?")
# "ชื่อเราสะกดผิดค่ะ ต้องเป็น …"
_IS_RIGHT = re.compile(
    "ชื่อ(?:ของ)?(?:ดิฉัน|ผม|หนู|เรา|ฉัน|พี่)[^\\n]{0,40}?ผิด[^\\n]{0,16}?(?:ต้องเป็น|ต้อง(?:สะกด|เขียน)ว่า|ที่ถูก(?:ต้อง)?(?:คือ|เป็น)|ควรเป็น|จริงๆ?คือ)(?:ว่า)?\\s?"
)
_IS_MINE = re.compile("ชื่อ(?:ดิฉัน|ผม|หนู|เรา|ฉัน|ตัวเอง)")


def _called(text: str) -> Iterator[Found]:
    for match in _CALL.finditer(text):
        for name in _name_at(text, match.end(), "name-stated"):
            is_of_me = match["as"] or match["me"] or _CALL_SO.match(text, name.end)
            if (is_of_me and _is_known(name.value)) or (match["as"] and _CALL_SO.match(text, name.end)):
                yield name


def _spoken_of_self(text: str) -> Iterator[Found]:
    """A known name behind a word for oneself: "ดิฉันศุภวรรณค่ะ"."""
    for match in _PRONOUN.finditer(text):
        start = match.end()
        title = _FORMAL_TITLE.match(text, start)
        for name in _known_at(text, title.end() if title else start):
            if _SAID_SELF.match(text, name.end):
                yield name


def _it_is_me(text: str) -> Iterator[Found]:
    """A known name before or behind "it's me": "พี่โต้งเอง", "คือผมเอง อนุชา"."""
    for match in _MYSELF.finditer(text):
        yield from _titled_known_at(text, match.end())
    for match in _ADDRESS.finditer(text):
        for name in _known_at(text, match.end()):
            if _IT_IS_ME.match(text, name.end):
                yield name
    for name in _known_at(text, 0):
        if _IT_IS_ME.match(text, name.end):
            yield name


_ME = "เอง"
_PRONOUNS = ("ผม", "ดิ", "หนู", "เรา", "ฉัน", "นี่")
_MYSELF = re.compile("(?:ผม|ดิฉัน|หนู|เรา|ฉัน)เอง\\s")


def _titled_known_at(text: str, start: int) -> Iterator[Found]:
    return (name for name in _name_at(text, start, "name-stated") if _is_known(name.value))


def may_be_alone(text: str) -> bool:
    """Whether it begins as a formal name does, or has a line that may be a signature at its end."""
    if text[:2] in _beginnings() and (thai("morphemes").match(text) or thai("given").match(text)):
        return True
    has_mark = "\n" in text or "-" in text or "~" in text or "–" in text or "—" in text
    return has_mark and _SIGNED.search(text, max(0, len(text) - 48)) is not None


@cache
def _beginnings() -> frozenset[str]:
    """The first two letters of all that a name may begin with: the quick answer for most messages."""
    return frozenset(word[:2] for table in ("morphemes", "given") for word in words_of("name", table))


def _alone(text: str) -> Iterator[Found]:
    """A known name at the beginning or under the message, or beside a number."""
    for name in _known_at(text, 0):
        is_long = " " in name.value or _IS_WHOLE.search(name.value) is not None
        if (
            is_long
            and _is_formal(name.value.split()[0])
            and _AT_START.match(text, name.end + (text[name.end : name.end + 1] == " "))
        ):
            yield name
    closed = _CLOSED.search(text) if "\n" in text and "ขอบคุณ" in text else None
    for name in _known_at(text, closed.end()) if closed else ():
        if " " in name.value and text[name.end : name.end + 1] == "\n":
            yield name
    signed = _SIGNED.search(text, max(0, len(text) - 48))
    for match in (*_BESIDE_NUMBER.finditer(text), *([signed] if signed else [])):
        for name in _known_at(text, match.end()):
            is_line = match.lastgroup == "line"
            if _ENDS.match(text, name.end) and (not is_line or " " in name.value or _is_formal(name.value)):
                yield name


_CLOSED = re.compile(f"(?:^|\\n)ขอบคุณ[{THAI}]*\\s*\\n\\s*")


def _known_at(text: str, start: int) -> Iterator[Found]:
    return (name for name in _name_at(text, start, "name-stated", has_titles=False) if _is_known(name.value))


def _is_known(name: str) -> bool:
    first = name.split(maxsplit=1)[0]
    return thai("given").fullmatch(first) is not None or _is_formal(first)


def _is_formal(word: str) -> bool:
    match = thai("morphemes").match(word)
    if match is None or _NO_NAME.match(word):
        return False
    shortest = _SHORTEST_FORMAL - (match.end() == len(word))
    return len(_MARK.sub("", word)) >= shortest


# How formal first names end, and words of every day hardly do.
_IS_WHOLE = re.compile(
    "(?:พร|ชัย|วรรณ|รัตน์|พงษ์|พงศ์|ศักดิ์|นันท์|ภรณ์|ลักษณ์|วัฒน์|พล|กุล|ชนก|นุช|ทิพย์|เดช|สิทธิ์|มาศ|ภา|พันธ์|กฤต|กร|ศรี|วิทย์|วุฒิ|ธิดา|รินทร์|กานต์|ภัทร|ชาติ|ชาย|ดา)\\Z"
)
_NO_NAME = re.compile(
    "เจริญพร|ศักดิ์สิทธิ์|มานะ(?:ค|$)|.*(?:บุรี|ธานี|ราชา|นคร)|บุญ(?:รักษา|คุณ)|วรรค|(?:จันทร์|ศุกร์|อาทิตย์)(?:ถึง|หน้า|นี้|ที่|เว้น|หยุด)"
)


def _name_at(text: str, start: int, rule: str, *, has_titles: bool = True) -> Iterator[Found]:
    """A first name, and a family name where it is plain that one follows."""
    if text[start : start + 1].isascii():
        yield from _latin(text, start, rule)
        return
    start = _behind_title(text, start) if has_titles else start
    word = _WORD.match(text, start)
    end = _end_of_first(text, word.start(), word.end()) if word else None
    if not word or end is None:
        return
    if end == word.end():
        end = _end_of_family(text, end, is_formal=_is_formal(word.group())) or end
    yield Found("name", text[start:end], start, end, rule)


def _latin(text: str, start: int, rule: str) -> Iterator[Found]:
    """A name in Latin letters: one word, or several with capitals."""
    for name in named_at(text, start, rule=rule, may_be_small=True):
        if name.value[0].islower() and " " in name.value:
            first = name.value.split()[0]
            yield name._replace(value=first, end=name.start + len(first))
        else:
            yield name


def _behind_title(text: str, start: int) -> int:
    nickname = thai("given").match(text, start)
    if nickname and not _continues(text, nickname.end()):
        return start
    title = thai("titles").match(text, start)
    if not title:
        return start
    behind = title.end() + (text[title.end() : title.end() + 1] == " ")
    is_word = IS_THAI.match(text, behind) and not thai("particles").match(text, behind)
    return behind if is_word else start


def _continues(text: str, end: int) -> bool:
    """Whether the word goes on, but not with one that is none of a name."""
    return bool(IS_THAI.match(text, end)) and not (thai("particles").match(text, end) or thai("stop").match(text, end))


def _end_of_first(text: str, start: int, end: int) -> int | None:
    """Where the name in text[start:end] ends: at the first word that is none; None when there is no name."""
    nickname = thai("given").match(text, start)
    if nickname and not _continues(text, nickname.end()):
        return nickname.end()
    formal = thai("morphemes").match(text, start)
    stop = thai("stop").match(text, start)
    # "เก้านะ": a name may begin like a word that is none; it must be more than that word.
    if stop and stop.end() - start > 1 and not formal:
        return None
    stop = long_stop().search(text, formal.end(), end) if formal else thai("stop").search(text, start + 2, end)
    end = stop.start() if stop else end
    letters = len(_MARK.sub("", text[start:end]))
    longest = _LONGEST_FORMAL if formal else _LONGEST
    return end if 1 < letters <= longest or (letters == 1 and end - start > 1) else None


def _end_of_family(text: str, end: int, *, is_formal: bool) -> int | None:
    """Where a family name ends that follows the first name: before a particle, a number or the end."""
    of_place = _OF_PLACE.match(text, end)
    if of_place:
        return of_place.end()
    family = _WORD.match(text, end + 1) if text[end : end + 1] == " " else None
    if (
        not family
        or _FIELD.match(family.group())
        or thai("particles").match(family.group())
        or thai("stop").fullmatch(family.group())
    ):
        return None
    if long_stop().match(family.group()) and not _is_formal(family.group()):
        return None
    particle = thai("particles").search(text, family.start() + 2, family.end())
    family_end = particle.start() if particle else family.end()
    behind = text[family.end() : family.end() + 2]
    is_last = bool(particle) or not behind.strip(" ") or behind[0] in "\n|,(" or behind.strip()[:1].isdigit()
    is_last = is_last or thai("particles").match(text, family.end() + 1) is not None
    is_last = (
        is_last
        or _FOLLOWS_ANY.match(text, family.end()) is not None
        or (is_formal and _FOLLOWS.match(text, family.end()) is not None)
    )
    return family_end if is_last and family_end - family.start() <= _LONGEST_FORMAL else None


# Family names of those from old towns.
_OF_PLACE = re.compile(f" ณ [{THAI}]{{3,12}}(?![{THAI}])")
_FIELD = re.compile("อายุ|เบอร์|โทร|มือถือ|ที่อยู่|เลข|รหัส|วันเกิด|อีเมล|ไลน์")
_FOLLOWS_ANY = re.compile("\\s(?:ฝ่าย|แผนก|เลข|บริษัท|บจก|รหัส|ที่อยู่|อายุ|มือถือ)")
_FOLLOWS = re.compile("\\s(?:ฝ่าย|แผนก|จาก|เลข|บริษัท|บจก|รหัส|ที่อยู่|จำนวน|เป็น|อายุ|มือถือ|มี|จะ|ต้องการ|จอง|นัด)")
