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
    "begun anew": ("ID", ["0812", "0812 3450", "0011"], ["+6281234500011"]),
    "two whole ones": ("MY", ["012-345 6700", "atau 03-8123 4567"], ["+60123456700", "+60381234567"]),
}


@pytest.mark.parametrize(("market", "texts", "values"), SPLIT.values(), ids=SPLIT.keys())
def test_a_contact_split_over_messages_is_joined(market: str, texts: list[str], values: list[str]) -> None:
    assert values_in(texts, market) == values


WITH_WORDS = {
    "on and on": ("ID", ["0812 dulu", "terus 3450", "trus 0011"], "+6281234500011"),
    "the last ones": ("ID", ["0812 3450", "yang terakhir 0011 ya kak"], "+6281234500011"),
    "then": ("MY", ["first 012", "then 345", "then 6700"], "+60123456700"),
    "tapos": ("PH", ["0917 tapos", "123 tapos", "4567 po"], "+639171234567"),
    "in words": ("TH", ["ศูนย์แปดหนึ่งสองสาม", "ต่อนะ สี่ห้าหกศูนย์ศูนย์"], "+66812345600"),
    "rồi": ("VN", ["đầu số 0901", "rồi 234", "cuối 500"], "+84901234500"),
    "an address behind a sentence": ("VN", ["gửi hoa.le95@", "xin lỗi, xe xóc. example.com"], "hoa.le95@example.com"),
    "an address that goes on": ("PH", ["email ko ana.reyes", "tapos @gmail.com"], "ana.reyes@gmail.com"),
    "an address around an excuse": ("TH", ["nida.s@", "โทษที มือลั่น", "gmail.com"], "nida.s@gmail.com"),
}


@pytest.mark.parametrize(("market", "texts", "value"), WITH_WORDS.values(), ids=WITH_WORDS.keys())
def test_words_that_only_lead_on_stand_between_the_parts(market: str, texts: list[str], value: str) -> None:
    assert values_in(texts, market) == [value]


CORRECTED = {
    "the last four, and what they were": ("ID", "081234504417", "eh belakangnya 4471, bukan 4417", "+6281234504471"),
    "what they were first": ("ID", "081234504417", "maaf bukan 4417 tapi 4471", "+6281234504471"),
    "a star": ("ID", "081234504417", "*4471", "+6281234504471"),
    "in words": ("ID", "081234504417", "salah, belakangnya empat empat tujuh satu", "+6281234504471"),
    "five digits": ("ID", "081234550712", "sori, 5 digit terakhir: 50721", "+6281234550721"),
    "in the middle": ("ID", "081234504417", "tengahnya 2435 bukan 2345", "+6281243504417"),
    "English": ("SG", "8123 4417", "last four is 4471 not 4417", "+6581234471"),
    "Manglish": ("MY", "012-694 5027", "sorry behind is 5072 not 5027", "+60126945072"),
    "Tagalog": ("PH", "0917 123 8813", "ay mali, dulo pala 8831", "+639171238831"),
    "Thai, two digits": ("TH", "081-234-5634", "เอ้ย สองตัวท้าย 43 นะ ไม่ใช่ 34", "+66812345643"),
    "Vietnamese": ("VN", "sdt 0901234510", "3 số cuối là 501 k phải 510", "+84901234501"),
}


@pytest.mark.parametrize(("market", "text", "correction", "value"), CORRECTED.values(), ids=CORRECTED.keys())
def test_corrected_digits_make_a_new_number(market: str, text: str, correction: str, value: str) -> None:
    assert values_in([text, "ok", correction], market) == [value]


REPLACED = {
    "no longer used": ("ID", "wa 081234500011", "udah ga aktif kak, pake 0857-1100-2200", "+6285711002200"),
    "ignored": ("SG", "9111 2222", "ignore the number above, use 8123 4567", "+6581234567"),
    "the wrong number": ("SG", "9111 2222", "sorry wrong number just now, it's 8123 4567", "+6581234567"),
    "old": ("PH", "0918 222 3333", "luma na pala yan, ito na 0917 123 4567", "+639171234567"),
    "Thai": ("TH", "0899998888", "เบอร์เก่าไม่ใช้แล้ว โทร 081 234 5600", "+66812345600"),
    "Vietnamese": ("VN", "sdt 0912223334", "số kia bỏ rồi, gọi 0901234500 nha", "+84901234500"),
    "digits swapped": ("PH", "0917 123 4576", "baliktad, 0917 123 4567", "+639171234567"),
    "a digit short": ("ID", "08123450441", "kurang satu angka, 081234504471", "+6281234504471"),
}


@pytest.mark.parametrize(("market", "text", "correction", "value"), REPLACED.values(), ids=REPLACED.keys())
def test_a_number_taken_back_gives_way_to_the_new_one(market: str, text: str, correction: str, value: str) -> None:
    assert values_in([text, correction], market) == [value]


BOTH = {
    "if it is not answered": ("ID", "wa 081234500011", "kalau ga aktif ke 0857-1100-2200 aja"),
    "another one": ("ID", "wa 081234500011", "atau 0857-1100-2200"),
    "a slip among other things": ("ID", "wa 081234500011", "yang biru kurang satu, suami 0857-1100-2200"),
}


@pytest.mark.parametrize(("market", "text", "other"), BOTH.values(), ids=BOTH.keys())
def test_another_number_takes_nothing_back(market: str, text: str, other: str) -> None:
    assert values_in([text, other], market) == ["+6281234500011", "+6285711002200"]


NOT_CORRECTED = {
    "the same digits": ("ID", "081234504417", "belakangnya 4417 ya betul", "+6281234504417"),
    "a price": ("ID", "081234504417", "harga terakhir 4500 boleh?", "+6281234504417"),
    "a quantity": ("ID", "081234504417", "yang terakhir 200 pcs ya", "+6281234504417"),
    "a card": ("SG", "8123 4417", "last 4 digits of my card 4471", "+6581234417"),
    "a size": ("SG", "8123 4439", "size 38 not 39", "+6581234439"),
    "a house": ("SG", "8123 4417", "block 417 not 471", "+6581234417"),
    "an order": ("MY", "012-694 5027", "order 5072 not arrived", "+60126945027"),
    "no number with those digits": ("SG", "8123 4417", "last four is 4471 not 9999", "+6581234417"),
}


@pytest.mark.parametrize(("market", "text", "other", "value"), NOT_CORRECTED.values(), ids=NOT_CORRECTED.keys())
def test_other_digits_correct_no_number(market: str, text: str, other: str, value: str) -> None:
    assert values_in([text, other], market) == [value]


def test_a_corrected_number_tells_what_stayed_and_what_is_new() -> None:
    (contact,) = find_contacts_in_thread(["wa 0812-3450", "4417", "eh ujungnya 4471 bukan 4417"], "ID")

    assert [(part.index, part.text) for part in contact.parts] == [(0, "0812-3450"), (2, "4471")]
    assert contact.rule == "phone-corrected"


NOT_JOINED = {
    "an account, announced": ("ID", ["rek bca saya", "8123", "4567"]),
    "an account, announced in Thai": ("TH", ["เลขบัญชีค่ะ", "081", "2345600"]),
    "a code and a question": ("SG", ["8264", "9173? got two sms"]),
    "a price and its rest": ("TH", ["ราคา 081", "234", "5600"]),
    "an order in parts": ("PH", ["order 0917", "123", "4567"]),
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
