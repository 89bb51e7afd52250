"""The plain way to review a policy, as a baseline: per check a short list of keywords in six languages.

What a team writes in an afternoon: a check is stated if one of its words stands anywhere in the text.
"""

from typing import Final

from chalicelib.markets import get_market
from chalicelib.review.checks import CHECKS, HARD_CORE
from chalicelib.review.document import DocumentRefused, read_document

TITLE: Final = (
    "privacy", "data protection", "privasi", "pelindungan data", "perlindungan data", "palisiya sa pribasiya",
    "pagkapribado", "ความเป็นส่วนตัว", "ข้อมูลส่วนบุคคล", "quyền riêng tư", "bảo mật", "dữ liệu cá nhân",
)  # fmt: skip
# English, Indonesian, Malay, Tagalog, Thai and Vietnamese, in this order where they differ.
KEYWORDS: Final[dict[str, tuple[str, ...]]] = {
    "controller": (),  # the company's name
    "contact": ("contact", "@", "hubungi", "kontak", "makipag-ugnayan", "ติดต่อ", "liên hệ"),
    "purposes": (
        "purpose", " use ", " used ", "tujuan", "gunakan", "digunakan", "guna", "layunin", "ginagamit", "gamit",
        "วัตถุประสงค์", "ใช้", "mục đích", "sử dụng", "dùng",
    ),
    "categories": (
        "phone", "e-mail", "email", "collect", "telepon", "telefon", "nomor", "e-mel", "telepono", "เบอร์", "อีเมล",
        "điện thoại", "thu thập",
    ),
    "legal_basis": (
        "legal basis", "lawful basis", "consent", "legitimate interest", "dasar hukum", "dasar pemrosesan",
        "persetujuan", "asas undang", "legal na batayan", "pahintulot", "ฐาน", "ความยินยอม", "cơ sở pháp lý", "đồng ý",
    ),
    "rights": (
        "right", "access", "correct", "delete", "hak ", "akses", "hapus", "padam", "karapatan", "สิทธิ", "quyền",
    ),
    "withdrawal": (
        "withdraw", "opt out", "unsubscribe", "change your mind", "menarik", "tarik", "cabut", "bawiin", "ถอน", "rút",
    ),
    "retention": (
        "retain", "retention", "how long", "keep", "kept", "simpan", "tempoh", "itatago", "itinatago", "panatilihin",
        "เก็บ", "ระยะเวลา", "lưu", "thời hạn", "thời gian", "giữ",
    ),
    "recipients": (
        "share", "third part", "disclos", "pihak ketiga", "membagikan", "kongsi", "dedah", "partido", "ibinabahagi",
        "ibinibigay", "เปิดเผย", "บุคคลที่สาม", "ส่งให้", "bên thứ ba", "chia sẻ",
    ),
    "source": (
        "source", "you give", "you provide", "from you", "sumber", "anda berikan", "dari anda", "galing", "mula sa",
        "แหล่ง", "จากคุณ", "จากท่าน", "nguồn", "cung cấp",
    ),
    "obligation": (
        "mandatory", "voluntary", "must ", "required", "need not", "wajib", "sukarela", "obligatori", "kusang",
        "kailangan", "จำเป็น", "สมัครใจ", "bắt buộc", "tự nguyện",
    ),
    "transfer": (
        "transfer", "abroad", "overseas", "outside", "luar negeri", "luar negara", "ibang bansa", "ต่างประเทศ",
        "nước ngoài",
    ),
    "complaint": ("complain", "commission", "keluhan", "aduan", "adu ", "reklamo", "ร้องเรียน", "khiếu nại"),
    "marketing": (
        "marketing", "promot", "offers", "pemasaran", "promosi", "iklan", "alok", "การตลาด", "โปรโมชั่น", "ข่าวสาร",
        "tiếp thị", "quảng cáo", "khuyến mãi",
    ),
}  # fmt: skip
# Frequent words tell that a language is written at all.
COMMON: Final[dict[str, tuple[str, ...]]] = {
    "en": (" the ", " your "), "id": (" yang ", " untuk "), "ms": (" yang ", " untuk "), "tl": (" ang ", " mga "),
    "th": ("และ", "ของ"), "vi": (" và ", " của "),
}  # fmt: skip


def review_by_keywords(document: bytes, filename: str, market: str, company: str) -> tuple[str, frozenset[str]]:
    """A verdict, approve or reject, and the checks found stated: approved is what has a word for all it needs."""
    law = get_market(market)
    try:
        text = read_document(document, filename).lower()
    except DocumentRefused:
        return "reject", frozenset()
    stated = {check for check, words in KEYWORDS.items() if any(word in text for word in words)}
    if company.lower() in text:
        stated.add("controller")
    if any(word in text for language in law.languages for word in COMMON[language]):
        stated.add("language")
    title = next(line for line in text.splitlines() if any(map(str.isalnum, line)))
    is_complete = stated >= {*HARD_CORE, *law.review.required} and any(word in title for word in TITLE)
    return ("approve" if is_complete else "reject"), frozenset(stated & set(CHECKS))
