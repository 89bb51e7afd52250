"""What is clearly no phone number though it is written like one: by the word right before it, by its shape, or by what
it stands beside. Words are compared folded (lower case, no accents), so "số tài khoản" stands here as "so tai khoan".
"""

import itertools
import re

from chalicelib.capture.extraction.text import fold

# Nothing farther back is "right before".
_REACH = 48

# Numbers of banks, cards, identity, tax, companies, secrets and meetings. Not here, though they suggest themselves:
# "tin" alone is also Vietnamese "message" ("nhắn tin 09…"), "va" is "and" (và), "the" is English (thẻ, card).
_STRONG = (
    r"rek(?:ening)?|norek|bca|bri|bni|bsi|btpn|bank \w+|mandiri|cimb|danamon|seabank|virtual account|(?:no|nomor) va"
    r"|va (?:bca|bni|bri|mandiri)|maybank|rhb|ambank|bank|hong leong|akaun|dbs|posb|ocbc|uob|bdo|bpi|metrobank|landbank"
    r"|unionbank|rcbc|kbank|scb|bbl|ktb|stk|so tk|tai khoan|vcb|vietcombank|techcombank|bidv|vietinbank|agribank"
    r"|acb|sacombank|tpbank|vpbank|a/c|acc?t|account|card|kartu|kad|so the|visa|mastercard|amex"
    r"|ktp|nik|npwp|ic|mykad|nric|fin|passport|paspor|pasport|ho chieu|(?<!nhan )tin|sss|philhealth|umid"
    r"|cmnd|cccd|can cuoc|mst|ma so thue|uen|ssm|nib"
    r"|resi|tracking|awb|waybill|van don|ma don|don hang|otp|pin|passcode|password|tac|xac nhan|verifikasi"
    r"|verification|zoom|voucher|kupon|coupon|kode|code|ref|reference|(?<!line )(?<!wa )(?<!whatsapp )id"
)
_STRONG_OTHER = (
    "บัญชี|กสิกร|ไทยพาณิชย์|กรุงไทย|ออมสิน|บัตรประชาชน|บัตรเครดิต|บัตร|เลขประจำตัว|พัสดุ|ออเดอร์|คำสั่งซื้อ|รหัส|โอทีพี"
    "|账号|帳號|账户|帳戶|银行|銀行|卡号|卡號|身份证|身分證|护照|订单|訂單|单号|單號|快递|运单|验证码|密码|会议号"
)
# Words that precede an amount, an order or a parcel, but a phone number as well: "order 0812…" is how to reach the
# buyer. They count against a number that has neither trunk 0 nor plus, or when they say "order no. …".
_WEAK = (
    r"order|orders|pesanan|invoice|inv|parcel|booking|receipt|ticket|tiket|case|jne|jnt|j&t|spx|sicepat|anteraja"
    r"|poslaju|ninja ?van|lbc|ghn|ghtk|viettel post|rp|idr|rm|myr|sgd|php|thb|baht|vnd|pesos?|gia|harga|price|total"
    r"|jumlah|presyo|tong|sku|serial|imei|model"
)
_WEAK_OTHER = "ราคา|ยอด|รวม|价格|價格|总共|一共|共"
# What may stand between the word and the number; those of the second row make a weak word strong.
_BETWEEN = r"nya|saya|ku|aku|em|toi|cua|is|la|ialah|adalah|a\.?n\.?|my|เลขที่|ของ|คือ|是|的|我的"
_NUMBERED = r"no|nomor|nombor|num|number|so|id|kode|code|#|เลข|号码|号|號碼"


def _before(latin: str, other: str) -> re.Pattern[str]:
    words = f"(?:(?<![a-z])(?:{latin})(?![a-z])|(?:{fold(other)}))"
    link = f"(?:[\\s:#.()=*-]|(?<![a-z])(?:{fold(_BETWEEN)}|{fold(_NUMBERED)})(?![a-z]))"
    return re.compile(f"{words}(?P<link>{link}{{0,24}}+)\\Z")


_STRONG_BEFORE = _before(_STRONG, _STRONG_OTHER)
_WEAK_BEFORE = _before(_WEAK, _WEAK_OTHER)
_IS_NUMBERED = re.compile(f"#|(?<![a-z])(?:{fold(_NUMBERED)})(?![a-z])")
_STRONG_AT_START = re.compile(f"[\\s,.(-]*(?:(?:{_STRONG})(?![a-z])|{fold(_STRONG_OTHER)})")
_UNIT_AT_START = re.compile(
    r"\s*(?:pcs|pc|pax|biji|buah|orang|porsi|box|kg|gr?|ml|cm|k|rb|ribu|jt|juta|baht|d|vnd|dong|pesos?|php|rm|sgd|usd|kali"
    r"|hari|jam|cai|doi|kien|chiec|units?|sets?|pairs?)(?![a-z])|\s*(?:"
    + fold("บาท|ชิ้น|ตัว|คู่|กล่อง|อัน|元|块|件|个|只|双")
    + ")"
)
# Who introduces a number this way means a phone, even one without trunk 0.
_LABEL_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:hp|wa|whats?app|wasap|ws|no|nomor|nombor|number|num|call|text|te?lp?|tel(?:e?pon)?|telefon|phone|mobile"
    r"|contact|kontak|cp|cel|sms|sdt|dt|so|zalo|viber|line)(?![a-z])|"
    + fold("โทร|เบอร์|电话|電話|号码|手机|微信")
    + r")"
    r"(?:[\s:#.]|(?<![a-z])(?:saya|aku|ku|em|ko|po|is|my|me|at|nya|la)(?![a-z])|ค่ะ|是){0,16}\Z"
)

_DATE = re.compile(r"\d{1,2}([-./ ])\d{1,2}\1(?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d([-./ ]?)[01]?\d\2[0-3]?\d")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_DECIMAL = re.compile(r"\d{1,3}\.\d{5,}")
_CARD = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?!\d)|3[47]\d\d([ -])\d{6}\2\d{5}(?!\d)")
_MASK_AFTER = re.compile(r"[ .-]?[*•●xX_?]{2,}")
# A whole number before it, or a trunk 0 behind it, is another number beside it.
_GROUP_BEFORE = re.compile(r"(?<!\d)\d{4,7}[ -]\Z")
_GROUP_AFTER = re.compile(r"[ -](?!0)\d{4,}")


def is_named_otherwise(text: str, start: int) -> bool:
    """Whether the word right before `start` says that what follows is an account, an order, an amount …"""
    line = text[max(0, start - _REACH) : start].rpartition("\n")[2]
    before = fold(line)
    if _STRONG_BEFORE.search(before):
        return True
    weak = _WEAK_BEFORE.search(before)
    return weak is not None and (text[start] not in "0+(" or _IS_NUMBERED.search(weak["link"]) is not None)


def is_named_phone(text: str, start: int) -> bool:
    return _LABEL_BEFORE.search(fold(text[max(0, start - _REACH) : start])) is not None


def is_unit(rest: str) -> bool:
    """Whether what follows a number makes it a quantity or an amount ("2 pcs"), or names a bank ("86547 VCB")."""
    head = fold(rest[:_REACH])
    return _UNIT_AT_START.match(head) is not None or _STRONG_AT_START.match(head) is not None


def is_shaped_otherwise(written: str) -> bool:
    """Whether it is a date, an amount, a coordinate, a card or a count: "08-12-2024", "81.234.567", "38 39 40 41"."""
    shapes = (_DATE, _THOUSANDS, _DECIMAL, _CARD)
    return any(shape.fullmatch(written) for shape in shapes) or _is_count(written)


def _is_count(written: str) -> bool:
    groups = written.split()
    if len(groups) < 3 or not all(group.isdecimal() and len(group) <= 2 and group[0] != "0" for group in groups):
        return False
    numbers = [int(group) for group in groups]
    return all(later > earlier for earlier, later in itertools.pairwise(numbers))


def is_part_of_more(text: str, start: int, end: int) -> bool:
    """Whether digits, or a mask for them, go on beside it: "8810 2024 0812 7765", "0812-345-678**", "*123*0812…#"."""
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    if before[-1:].isdecimal() or after[:1].isdecimal() or _MASK_AFTER.match(after):
        return True
    if before.endswith("*") and after.startswith(("#", "*")) and "#" in after:
        return True
    is_grouped = not text[start:end].isdecimal()
    return is_grouped and bool(_GROUP_BEFORE.search(before) or _GROUP_AFTER.match(after))
