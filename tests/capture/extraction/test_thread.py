import pytest

from chalicelib.capture.extraction import find_contacts_in_thread, is_possible_part


def values_in(texts: list[str], market: str) -> list[str]:
    return [contact.value for contact in find_contacts_in_thread(texts, market)]


SPLIT = {
    "in two": ("VN", ["sđt em 0901", "234500"], ["+84901234500"]),
    "in three": ("TH", ["081", "234", "5600"], ["+66812345600"]),
    "chat in between": ("ID", ["0812 3450", "bentar kak", "0011"], ["+6281234500011"]),
    "much chat in between": ("ID", ["wa 0812", "eh sori", "bentar ya", "34500011"], ["+6281234500011"]),
    "a polite word behind": ("TH", ["เบอร์ 081-234", "5600 ค่ะ"], ["+66812345600"]),
    "with its code": ("MY", ["+60 12", "345 6700"], ["+60123456700"]),
    "without trunk zero, named": ("SG", ["my number 8123", "4567"], ["+6581234567"]),
    "without trunk zero, alone": ("SG", ["8123", "4567"], ["+6581234567"]),
    "Thai digits": ("TH", ["๐๘๑", "๒๓๔๕๖๐๐"], ["+66812345600"]),
    "a longer number takes the place of its beginning": ("ID", ["0812345000", "11"], ["+6281234500011"]),
    "two, one after the other": ("TH", ["081", "2345600", "089", "1234500"], ["+66812345600", "+66891234500"]),
    "an address before its sign": ("VN", ["mail hoa.le95", "@example.com"], ["hoa.le95@example.com"]),
    "an address of a plain word": ("ID", ["email saya siti", "@example.com ya"], ["siti@example.com"]),
    "an address behind its sign": ("ID", ["siti.n88@", "example.com"], ["siti.n88@example.com"]),
    "an address at the dot": ("ID", ["siti@example", ".com"], ["siti@example.com"]),
    "an address behind the dot": ("ID", ["siti@example.", "com"], ["siti@example.com"]),
    "an address in three": ("PH", ["ana_reyes", "@example", ".com"], ["ana_reyes@example.com"]),
    "a longer address takes the place of its beginning": ("PH", ["ana@example.com", ".ph"], ["ana@example.com.ph"]),
    "an address that begins with a number": ("ID", ["081234500011", "@example.com"], ["081234500011@example.com"]),
    "chat inside an address": ("ID", ["email: siti.n", "bentar", "@example.com"], ["siti.n@example.com"]),
    "a name and a value": ("ID", ["nomor saya", "0812 3450 0011"], ["+6281234500011"]),
    "two whole ones": ("MY", ["012-345 6700", "atau 03-8123 4567"], ["+60123456700", "+60381234567"]),
}


@pytest.mark.parametrize(("market", "texts", "values"), SPLIT.values(), ids=SPLIT.keys())
def test_a_contact_split_over_messages_is_joined(market: str, texts: list[str], values: list[str]) -> None:
    assert values_in(texts, market) == values


NOT_JOINED = {
    "a price, a quantity and a date": ("ID", ["harga 1.500.000 kan", "3 pcs", "kirim tgl 12"]),
    "an account": ("MY", ["Maybank 0123", "456700"]),
    "an account whose bank comes last": ("VN", ["0901", "234500 VCB"]),
    "a tracking number": ("ID", ["resi 0812", "34500011 sampai mana"]),
    "an identity number": ("MY", ["IC 0123", "456700"]),
    "sizes and prices": ("VN", ["size 38", "giá 450", "12h trưa"]),
    "a quantity with its unit": ("TH", ["08123456", "00 ชิ้น"]),
    "a time": ("TH", ["081234", "5600:30"]),
    "digits inside chat": ("ID", ["0812 3450 eh", "0011"]),
    "a date and a count": ("ID", ["08-12-2026", "10"]),
    "a full stop and a handle": ("ID", ["IG siti.nur", "@siti.nur88"]),
    "a plain word and a domain": ("ID", ["makasih kak", "@example.com"]),
    "an address and a sentence": ("ID", ["siti@example", "makasih.ya"]),
}


@pytest.mark.parametrize(("market", "texts"), NOT_JOINED.values(), ids=NOT_JOINED.keys())
def test_what_is_no_split_contact_is_not_joined(market: str, texts: list[str]) -> None:
    assert values_in(texts, market) == []


WHOLE_BEFORE = {
    "another whole number": ("ID", ["081234500011", "085711002200"], ["+6281234500011", "+6285711002200"]),
    "a quantity": ("ID", ["0812345000", "2 pcs"], ["+62812345000"]),
    "a single digit, an answer": ("ID", ["0812345000", "2"], ["+62812345000"]),
    "an extension": ("SG", ["office 6123 4567", "ext 12"], ["+6561234567"]),
    "an address and a sentence": ("ID", ["siti@example.com.", "ok"], ["siti@example.com"]),
}


@pytest.mark.parametrize(("market", "texts", "values"), WHOLE_BEFORE.values(), ids=WHOLE_BEFORE.keys())
def test_a_whole_contact_is_not_joined_with_what_follows(market: str, texts: list[str], values: list[str]) -> None:
    assert values_in(texts, market) == values


def test_a_joined_contact_tells_where_each_part_was_typed() -> None:
    texts = ["เบอร์ ๐๘๑-234", "แป๊บนะคะ", "5600 ค่ะ"]

    (contact,) = find_contacts_in_thread(texts, "TH")

    assert [(part.index, part.text) for part in contact.parts] == [(0, "๐๘๑-234"), (2, "5600")]
    assert all(texts[part.index][part.start : part.end] == part.text for part in contact.parts)
    assert (contact.start, contact.end, contact.text) == (6, 13, "๐๘๑-234")
    assert contact.rule == "phone-split"


def test_a_joined_address_ends_before_the_full_stop() -> None:
    (contact,) = find_contacts_in_thread(["mail hoa.le95", "@example.com."], "VN")

    assert [part.text for part in contact.parts] == ["hoa.le95", "@example.com"]


def test_a_repeated_contact_appears_once_with_its_last_evidence() -> None:
    (contact,) = find_contacts_in_thread(["wa 081234500011", "kak?", "0812-3450-0011"], "ID")

    assert [(part.index, part.text) for part in contact.parts] == [(2, "0812-3450-0011")]


def test_an_empty_thread_gives_nothing() -> None:
    assert find_contacts_in_thread([], "ID") == ()


EVERYDAY_CHAT = [
    "halo kak, masih ada?",
    "ada warna merah ga",
    "makasih ya 🙏",
    "rekening nya apa kak",
    "hi, still available?",
    "can deliver tomorrow anot",
    "boleh kurang sikit tak",
    "magkano po ito",
    "salamat po!",
    "สวัสดีค่ะ สนใจค่ะ",
    "ส่งฟรีไหมคะ",
    "shop ơi còn hàng không ạ",
    "cho em xem thêm mẫu đỏ nhé",
    "请问还有货吗？谢谢。",
    "...",
    "",
    "👍👍",
]


@pytest.mark.parametrize("text", EVERYDAY_CHAT)
def test_everyday_chat_is_no_possible_part(text: str) -> None:
    assert not is_possible_part(text)


PARTS = [
    "0812",
    "๐๘๑",
    "９０１",
    "mail nguyen",
    "อีเมล nida",
    "nguyen.hoa",
    "@gmail",
    ".com",
    "com",
    "siti_n",
    "电邮 lim",
]


@pytest.mark.parametrize("text", PARTS)
def test_what_may_go_on_in_another_message_is_a_possible_part(text: str) -> None:
    assert is_possible_part(text)
