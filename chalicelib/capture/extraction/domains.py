"""Where addresses live: the mail providers of the markets, and the endings a worded or spaced address may have.

An address written plainly may have any domain; these lists are for those that are not ("siti at gmail dot com"), and
for guessing what a mistyped one was meant to be.
"""

from functools import lru_cache

from chalicelib.capture.extraction.lexicon import listed

# Free mail of the markets and their diasporas, by the first label of the domain.
PROVIDERS = frozenset(
    listed("""
    gmail, googlemail, yahoo, ymail, rocketmail, hotmail, outlook, live, msn, icloud, me, mac, aol, proton, protonmail,
    pm, zoho, gmx, yandex, mail, email, fastmail, hey, tutanota, qq, 163, 126, sina, foxmail, naver, daum, hanmail,
    kakao, singnet, starhub, pacific, tm, streamyx, plasa, telkom, fpt, vnn, hcm, iname, hushmail, inbox, duck
    """)
)
# What may come last, or before a country ("com.my"). Not all of the root zone: "at home dot design" is no address.
ENDINGS = frozenset(
    listed("""
    com, net, org, edu, gov, co, ac, go, or, in, mi, sch, web, my, id, sg, ph, th, vn, desa, biz, info, me, io, asia,
    app, dev, shop, store, online, site, xyz, tv, cc, us, uk, au, jp, kr, cn, tw, hk, de, fr, nl, ca, nz, eu, ru, name,
    pro, cloud, tech, club, live, art, studio, pl, es, ch, se, dk, fi, ie, br, mx, za, ae, qa, kh, mm, bn, cz, gr, hu,
    pt, tr, ua
    """)
)
# Said or typed for an ending in the languages that have their own letters.
SAID_PROVIDERS = {
    "จีเมล": "gmail",
    "จีเมล์": "gmail",
    "ยาฮู": "yahoo",
    "ฮอตเมล": "hotmail",
    "ฮอทเมล": "hotmail",
    "เอาท์ลุค": "outlook",
    "ไอคลาวด์": "icloud",
    "จีเมลล์": "gmail",
    "ฮอทเมล์": "hotmail",
    "ฮอตเมล์": "hotmail",
    "เอาท์ลุ๊ค": "outlook",
    "gờ meo": "gmail",
    "gờ mail": "gmail",
    "g meo": "gmail",
    "g mail": "gmail",
    "jimail": "gmail",
    "jimel": "gmail",
    "gimel": "gmail",
    "hot mail": "hotmail",
    "ya hoo": "yahoo",
    "谷歌邮箱": "gmail",
}
SAID_ENDINGS = {"คอม": "com", "เน็ต": "net", "ทีเอช": "th", "kom": "com", "cam": "com"}

# Domains that look like a slip of another and are not: never suggested away from.
_REAL = frozenset(
    listed("""
    ymail.com, mail.com, email.com, gmx.com, live.com, me.com, pm.me, proton.me, hotmail.co.th, yahoo.co.in,
    yahoo.com.mx, cloud.com, fmail.com, pocketmail.com
    """)
)
_USUAL = listed("""
    gmail.com, yahoo.com, hotmail.com, outlook.com, icloud.com, yahoo.co.id, yahoo.com.sg, yahoo.com.my, yahoo.com.ph,
    yahoo.com.vn, yahoo.co.th, ymail.com, live.com, proton.me, protonmail.com, rocketmail.com
""")
_USUAL_BY_NAME: dict[str, list[str]] = {}
for _domain in _USUAL:
    _USUAL_BY_NAME.setdefault(_domain.partition(".")[0], []).append(_domain)
_LONG_NAME, _SHORTEST_NAME = 6, 5


def suggestion(address: str) -> str | None:
    """The address its writer most likely meant: "rina@gmial.con" is answered with "rina@gmail.com".

    Only a slip from a usual provider, of one or two letters; None for any other domain. Never taken instead of what was
    typed: "gmail.co" may be somebody's.
    """
    local, _, domain = address.rpartition("@")
    meant = _meant(domain)
    return f"{local}@{meant}" if meant else None


@lru_cache(maxsize=1_024)  # most addresses are of few domains, and comparing takes some 10 µs
def _meant(domain: str) -> str | None:
    if domain in _USUAL or domain in _REAL:
        return None
    name, _, ending = domain.partition(".")
    for usual, full in _USUAL_BY_NAME.items():
        if _is_slip(name, usual):
            for one in full:
                if distance(ending, one.partition(".")[2]) <= 1:
                    return one
    return None


def _is_slip(name: str, usual: str) -> bool:
    """Whether the one may be the other mistyped. A short name one letter off is another's: "mail", "lime"."""
    if name == usual:
        return True
    if len(usual) < _SHORTEST_NAME or len(set(name) ^ set(usual)) > 2 or abs(len(name) - len(usual)) > 1:
        return False
    return distance(name, usual) <= (2 if len(usual) > _LONG_NAME else 1)


def distance(one: str, other: str) -> int:
    """Letters to change, add, drop, or swap with their neighbour; at most 3, which is more than is asked for."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one):
        older, before, row = before, row, [place + 1]
        for column, against in enumerate(other):
            cost = min(before[column] + (letter != against), before[column + 1] + 1, row[column] + 1)
            if place and column and letter == other[column - 1] and one[place - 1] == against:
                cost = min(cost, older[column - 1] + 1)
            row.append(cost)
    return min(row[-1], 3)
