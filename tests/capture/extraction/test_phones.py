import pytest

from chalicelib.capture.extraction import find_contacts


def phones_in(text: str, market: str) -> list[str]:
    return [contact.value for contact in find_contacts(text, market) if contact.kind == "phone"]


ONE_NUMBER = {
    "Indonesian mobile in one block": ("ID", "wa 081234500011 ya kak", "+6281234500011"),
    "Indonesian with dashes": ("ID", "hubungi 0812-3450-0011 aja", "+6281234500011"),
    "Indonesian with spaces and a name behind": ("ID", "0857 1100 2200 (Rina)", "+6285711002200"),
    "Indonesian with plus": ("ID", "+62 812 3450 0011", "+6281234500011"),
    "Indonesian with its code and no plus": ("ID", "6281234500011 wa nya", "+6281234500011"),
    "Indonesian landline in brackets": ("ID", "kantor (021) 5550 1234", "+622155501234"),
    "stars between the groups": ("ID", "0812*3450*0011", "+6281234500011"),
    "glued to a colon and a comma": ("ID", "hp:081234500011,alamat nyusul", "+6281234500011"),
    "glued to emoji": ("ID", "📞081234500011📞", "+6281234500011"),
    "bold in the chat's own markup": ("ID", "*081234500011*", "+6281234500011"),
    "zero-width spaces inside": ("ID", "0812\u200b3450\u200b0011", "+6281234500011"),
    "a date before it": ("ID", "kirim tgl 12-08-2026 ke 0812-3450-0011", "+6281234500011"),
    "an order before it is how to reach the buyer": ("ID", "order saya 0812-3450-0011", "+6281234500011"),
    "a quantity directly behind it": ("ID", "0812-3450-0011 2 pcs", "+6281234500011"),
    "Singaporean mobile": ("SG", "call me 8123 4567 pls", "+6581234567"),
    "Singaporean with single spaces": ("SG", "8 1 2 3 4 5 6 7", "+6581234567"),
    "Singaporean landline": ("SG", "shop line 6123 4567", "+6561234567"),
    "full-width in Chinese text": ("SG", "我的电话是８１２３４５６７，谢谢", "+6581234567"),
    "keycaps": ("SG", "8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣", "+6581234567"),
    "times two behind it": ("SG", "81234567 x2", "+6581234567"),
    "international prefix instead of plus": ("MY", "00 65 8123 4567", "+6581234567"),
    "Malaysian mobile": ("MY", "hp saya 012-345 6700", "+60123456700"),
    "Malaysian with dots": ("MY", "012.345.6700", "+60123456700"),
    "Malaysian with trunk zero behind the code": ("MY", "+60 (0)12-345 6700", "+60123456700"),
    "Malaysian eleven digits": ("MY", "011-1234 5670", "+601112345670"),
    "a neighbour's without plus": ("ID", "adik di kl 60123456700", "+60123456700"),
    "a neighbour's with plus": ("TH", "+84 901 234 500 zalo", "+84901234500"),
    "Philippine mobile": ("PH", "0917 123 4500 po", "+639171234500"),
    "behind a hash": ("PH", "CP#09171234500", "+639171234500"),
    "tildes between the groups": ("PH", "0917~123~4500", "+639171234500"),
    "Philippine landline": ("PH", "(02) 8123 4567 office", "+63281234567"),
    "Thai mobile": ("TH", "โทร 081-234-5600 ค่ะ", "+66812345600"),
    "Thai glued to the word": ("TH", "เบอร์0812345600ค่ะ", "+66812345600"),
    "Thai digits": ("TH", "๐๘๑-๒๓๔-๕๖๐๐", "+66812345600"),
    "Thai landline": ("TH", "ร้าน 02-123-4567", "+6621234567"),
    "Vietnamese mobile": ("VN", "sđt em 0901 234 500 ạ", "+84901234500"),
    "Vietnamese with its code and no plus": ("VN", "84901234500 nha shop", "+84901234500"),
    "Vietnamese, sent a message to": ("VN", "nhắn tin 0901234500 giúp em", "+84901234500"),
    "Vietnamese, in a form of lines": ("VN", "Tên: Mai\nSĐT: 0901.234.500\nSL: 2", "+84901234500"),
    "missing its zero, but named": ("VN", "sdt 901.234.500", "+84901234500"),
    "a Line id that is a number": ("TH", "line id 0812345600", "+66812345600"),
}


@pytest.mark.parametrize(("market", "text", "value"), ONE_NUMBER.values(), ids=ONE_NUMBER.keys())
def test_a_written_number_is_found(market: str, text: str, value: str) -> None:
    assert phones_in(text, market) == [value]


LINKS = {
    "wa.me": ("ID", "https://wa.me/6281234500011", "+6281234500011"),
    "wa.me with plus and without scheme": ("SG", "klik wa.me/+6281234500011 ya", "+6281234500011"),
    "wa.me with a trunk zero": ("ID", "wa.me/081234500011", "+6281234500011"),
    "api.whatsapp.com": ("MY", "https://api.whatsapp.com/send?phone=60123456700&text=hi%2012", "+60123456700"),
    "api.whatsapp.com, phone last": (
        "MY",
        "https://api.whatsapp.com/send?text=hi&phone=%2B60123456700",
        "+60123456700",
    ),
    "zalo.me with the code": ("VN", "zalo.me/84901234500 nhé", "+84901234500"),
    "zalo.me with a trunk zero": ("VN", "https://zalo.me/0901234500", "+84901234500"),
    "tel:": ("PH", "tel:+639171234500", "+639171234500"),
    "tel: of the market": ("SG", "tel:81234567", "+6581234567"),
    "sms:": ("TH", "sms:0812345600", "+66812345600"),
    "t.me": ("VN", "https://t.me/+84901234500", "+84901234500"),
    "viber": ("PH", "viber://chat?number=%2B639171234500", "+639171234500"),
    "signal": ("SG", "https://signal.me/#p/+6581234567", "+6581234567"),
}


@pytest.mark.parametrize(("market", "text", "value"), LINKS.values(), ids=LINKS.keys())
def test_a_chat_link_holds_a_number(market: str, text: str, value: str) -> None:
    contacts = find_contacts(text, market)

    assert [(contact.value, contact.rule) for contact in contacts] == [(value, "phone-link")]


NO_NUMBER = {
    "an Indonesian price": ("ID", "harganya 1.500.000 ya?"),
    "a price without dots": ("ID", "1500000 boleh?"),
    "a price in the millions": ("SG", "total 81.234.567"),
    "a Vietnamese price": ("VN", "900.000.000 thôi"),
    "an amount with its currency": ("MY", "RM 1,234.50 untuk 12 unit"),
    "a date with dashes": ("ID", "08-12-2026"),
    "a range of dates": ("ID", "08/12/2026 - 10/12/2026 untuk 4 orang"),
    "times of day": ("TH", "10.30-12.30 น. วันที่ 8"),
    "measures": ("SG", "300 x 400 x 25"),
    "a list of sizes": ("SG", "38 39 40 41 ada?"),
    "coordinates": ("TH", "13.7563312, 100.5017621"),
    "a bank account": ("ID", "Transfer ke BCA 0812345678 ya"),
    "a bank account named in Thai": ("TH", "เลขบัญชี 081-2-34560-0"),
    "a bank account named in Vietnamese": ("VN", "STK: 0901234500 VCB"),
    "the same in full": ("VN", "Số tài khoản của em là 0901234500"),
    "a bank account named in Chinese": ("SG", "银行账号：81234567"),
    "a virtual account": ("ID", "nomor VA 081234500011"),
    "an order with its number": ("SG", "Order #81234567"),
    "an order's id": ("ID", "order id 081234500011"),
    "an order in Thai": ("TH", "ออเดอร์ 0812345600"),
    "an order in Chinese": ("SG", "订单号 81234567"),
    "a tracking number": ("VN", "mã vận đơn 0901234500"),
    "a parcel": ("TH", "เลขพัสดุ 0812345600"),
    "a receipt number": ("ID", "no resi 081234500011"),
    "a meeting": ("SG", "Meeting ID: 8123 4567"),
    "an identity card": ("MY", "IC 0123456700"),
    "a tax number": ("PH", "TIN 0917-123-4500"),
    "a one-time password": ("SG", "OTP 81234567"),
    "a company": ("SG", "UEN 81234567"),
    "a card": ("SG", "4111 8123 4567 1111"),
    "a longer account": ("SG", "8810 2024 8123 4567"),
    "masked digits": ("ID", "0812-3450-00**"),
    "a service code": ("ID", "*123*0812345678#"),
    "digits in a shop's link": ("SG", "https://shop.example.com/i.81234567.8123"),
    "digits in a link without scheme": ("VN", "fb.com/0901234500"),
    "a number beside letters": ("ID", "ABC081234500011X"),
    "a number with one digit too few": ("TH", "081-234-560"),
    "a hotline of four digits": ("ID", "telp 1500"),
    "counting": ("ID", "1 2 3 4 5 6 7 8 9"),
    "more digits than any number": ("ID", "081234500011" * 40),
}


@pytest.mark.parametrize(("market", "text"), NO_NUMBER.values(), ids=NO_NUMBER.keys())
def test_what_is_clearly_no_phone_number_is_left_alone(market: str, text: str) -> None:
    assert phones_in(text, market) == []


def test_a_price_is_not_a_phone_number() -> None:
    assert find_contacts("total Rp 1.250.000, ongkir 25.000", "ID") == ()


def test_several_numbers_stand_in_the_order_of_the_text() -> None:
    text = "+6581234567 atau 0812-3450-0011, 0857 1100 2200"

    assert phones_in(text, "ID") == ["+6581234567", "+6281234500011", "+6285711002200"]


def test_a_number_beside_an_account_is_still_found() -> None:
    text = "sudah transfer ke BCA 8831000456, wa saya 0812-3450-0011"

    assert phones_in(text, "ID") == ["+6281234500011"]


def test_a_number_beside_a_link_with_digits_is_still_found() -> None:
    text = "https://shop.example.com/i.81234567 call 8123 4567"

    assert phones_in(text, "SG") == ["+6581234567"]


def test_evidence_is_what_was_typed() -> None:
    text = "hp ０８１２-\u200b3450-0011 ya"

    (contact,) = find_contacts(text, "ID")

    assert contact.text == "０８１２-\u200b3450-0011"
    assert text[contact.start : contact.end] == contact.text
    assert [(part.index, part.text) for part in contact.parts] == [(0, contact.text)]


ASSUMED = {
    "no code": ("0812-3450-0011", True),
    "a plus": ("+62 812-3450-0011", False),
    "a code without plus": ("6281234500011", False),
    "a link with the code": ("wa.me/6281234500011", False),
    "a link without the code": ("wa.me/081234500011", True),
    "a neighbour's code": ("60123456700", False),
}


@pytest.mark.parametrize(("text", "is_assumed"), ASSUMED.values(), ids=ASSUMED.keys())
def test_the_region_is_assumed_where_no_code_says_it(text: str, is_assumed: bool) -> None:  # noqa: FBT001 - a table's column
    (contact,) = find_contacts(text, "ID")

    assert contact.is_region_assumed is is_assumed


def test_a_market_nobody_knows_still_gives_international_numbers() -> None:
    assert phones_in("+6581234567 or 8123 4567", "XX") == ["+6581234567"]
