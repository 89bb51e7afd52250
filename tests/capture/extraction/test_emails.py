import pytest

from chalicelib.capture.extraction import find_contacts

ONE_ADDRESS = {
    "plain": ("email saya siti.n88@example.com ya", "siti.n88@example.com"),
    "alone": ("rudi@example.org", "rudi@example.org"),
    "in capitals": ("FINANCE@TOKO-KAMI.CO.ID", "finance@toko-kami.co.id"),
    "with plus": ("mai.le+shop@example.com", "mai.le+shop@example.com"),
    "underscore and digits": ("kelvin_ng88@abc.com.sg", "kelvin_ng88@abc.com.sg"),
    "a comma behind": ("send to juan@example.com, thanks", "juan@example.com"),
    "a full stop behind": ("Emel: farid@example.com.", "farid@example.com"),
    "in angle brackets": ("Ana <ana@example.com>", "ana@example.com"),
    "in brackets": ("(ana@example.com)", "ana@example.com"),
    "in quotes": ("'ana@example.com'", "ana@example.com"),
    "mailto": ("mailto:ana@example.com", "ana@example.com"),
    "glued to a colon": ("email:ana@example.com", "ana@example.com"),
    "Chinese directly before": ("我的电邮是lim.xh@example.com", "lim.xh@example.com"),
    "Chinese directly behind": ("发到lim.xh@example.com谢谢", "lim.xh@example.com"),
    "Chinese behind a full stop": ("lim.xh@example.com.谢谢", "lim.xh@example.com"),
    "Thai on both sides": ("เมลnida@example.comค่ะ", "nida@example.com"),
    "Vietnamese behind": ("gửi vào hoa95@example.com ạ", "hoa95@example.com"),
    "the next sentence without its space": ("nurul@example.com.Terima kasih", "nurul@example.com"),
    "each label in capitals": ("Nurul@Example.Com.My", "nurul@example.com.my"),
    "a mistyped domain stays": ("rina@gmial.con", "rina@gmial.con"),
    "a Thai domain": ("ติดต่อ info@ร้านตัวอย่าง.ไทย", "info@ร้านตัวอย่าง.ไทย"),
    "a Vietnamese domain": ("nam@ví-dụ.vn", "nam@ví-dụ.vn"),
    "full-width": ("ａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ana@example.com"),
    "a zero-width space inside": ("ana\u200b@example.com", "ana@example.com"),
    "a number before the sign": ("081234500011@example.com", "081234500011@example.com"),
    "dots before it": ("...ana@example.com", "ana@example.com"),
    "emoji before it": ("📧ana@example.com", "ana@example.com"),
}


@pytest.mark.parametrize(("text", "value"), ONE_ADDRESS.values(), ids=ONE_ADDRESS.keys())
def test_a_written_address_is_found(text: str, value: str) -> None:
    assert [(contact.kind, contact.value) for contact in find_contacts(text, "ID")] == [("email", value)]


SAID = {
    "a word for a place": ("email aku siti.nur di gmail com", "siti.nur@gmail.com"),
    "nothing for the sign": ("hoale95 gmail com", "hoale95@gmail.com"),
    "the provider alone": ("weiling88 at gmail", "weiling88@gmail.com"),
    "the provider alone, with a label": ("email ko anareyes at gmail", "anareyes@gmail.com"),
    "a Thai sign": ("nida88 เครื่องหมายแอด gmail ดอทคอม", "nida88@gmail.com"),
    "in brackets with spaces": ("wei (dot) ling (at) yahoo (dot) com (dot) sg", "wei.ling@yahoo.com.sg"),
    "place words in brackets": ("kedai_sri [di] yahoo [titik] com", "kedai_sri@yahoo.com"),
    "between dashes": ("weiling88 -at- gmail -dot- com", "weiling88@gmail.com"),
    "between underscores": ("weiling88_at_gmail_dot_com", "weiling88@gmail.com"),
    "letter by letter": ("w-e-i-l-i-n-g at gmail dot com", "weiling@gmail.com"),
    "letters and a word": ("w e i l i n g dot tan at hotmail dot com", "weiling.tan@hotmail.com"),
    "digits in words": ("weiling eight eight at gmail dot com", "weiling88@gmail.com"),
    "a number apart": ("siti 88 @ gmail com", "siti88@gmail.com"),
    "two dots at once": ("siti.nur@gmail..com", "siti.nur@gmail.com"),
    "Latin and Chinese in one label": ("info@kedai咖啡.my", "info@kedai咖啡.my"),
}


@pytest.mark.parametrize(("text", "value"), SAID.values(), ids=SAID.keys())
def test_an_address_in_words_is_found(text: str, value: str) -> None:
    assert [(contact.kind, contact.value) for contact in find_contacts(text, "ID")] == [("email", value)]


NO_ADDRESS = {
    "a provider": "email saya ada di gmail",
    "a provider with its ending": "please check your gmail com inbox",
    "an order at a provider": "order a12 ga masuk gmail ku",
    "a handle": "IG aku @siti.nur88 kak",
    "a handle on a server": "@siti@social.example",
    "a profile": "https://www.tiktok.com/@siti.nur",
    "a link's user": "https://siti@example.com/",
    "a place": "ketemu @ mall.jakarta",
    "a price each": "2 pcs @25.000",
    "no ending": "siti@gmail",
    "an ending in digits": "siti@192.168.0.1",
    "two dots": "siti..n@example.com",
    "a dot before the sign": "siti.@example.com",
    "a word torn by its accent": "nguyễnhoa@example.com",
    "a special-use domain": "root@printer.local",
    "only the sign": "@",
    "nothing before the sign": "@example.com",
    "more than any local part": "a" * 65 + "@example.com",
}


@pytest.mark.parametrize("text", NO_ADDRESS.values(), ids=NO_ADDRESS.keys())
def test_what_is_no_address_is_left_alone(text: str) -> None:
    assert find_contacts(text, "ID") == ()


def test_addresses_and_numbers_stand_in_the_order_of_the_text() -> None:
    text = "hp 0812-3450-0011 / ana@example.com;budi@example.com"

    values = [contact.value for contact in find_contacts(text, "ID")]

    assert values == ["+6281234500011", "ana@example.com", "budi@example.com"]


def test_a_region_is_never_assumed_for_an_address() -> None:
    (contact,) = find_contacts("ana@example.com", "ID")

    assert (contact.rule, contact.is_region_assumed) == ("email-written", False)
