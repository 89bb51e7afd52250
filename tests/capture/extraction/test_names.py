import pytest

from chalicelib.capture.extraction import find_contacts


def names_in(text: str, market: str = "ID") -> list[str]:
    return [contact.value for contact in find_contacts(text, market) if contact.kind == "name"]


STATED = {
    "Indonesian": ("nama saya Rina Wulandari kak, mau pesan", "Rina Wulandari"),
    "Indonesian, all small": ("nama saya rina wulandari, mau pesan", "rina wulandari"),
    "Indonesian, one word of many": ("namaku Bagas", "Bagas"),
    "Indonesian, with a greeting": ("halo min, saya Bagas, mau tanya", "Bagas"),
    "Indonesian, with a title": ("dengan ibu Ratna, mau konfirmasi", "Ratna"),
    "Javanese": ("jenengku Slamet mas", "Slamet"),
    "Malay": ("saya Aminah binti Ahmad, nak order", "Aminah binti Ahmad"),
    "of a father, Tamil": ("My name is Suresh a/l Muniandy", "Suresh a/l Muniandy"),
    "English": ("Hi, my name is Daniel Tan", "Daniel Tan"),
    "English, short": ("I'm Charlotte and I have a question", "Charlotte"),
    "Singlish": ("Wei Han here, is it ready", "Wei Han"),
    "with a doctor's title": ("I am Dr. Regina Villanueva; please call", "Regina Villanueva"),
    "Tagalog": ("ako po si Juan dela Cruz", "Juan dela Cruz"),
    "Tagalog, the name first": ("Kaye po ako, size 8", "Kaye"),
    "Tagalog, with its article": ("si Maria po ito", "Maria"),
    "Thai": ("ผมชื่อธนกฤตครับ", "ธนกฤต"),
    "Thai, with a family name": ("ดิฉันชื่อจารุวรรณ แสงทองค่ะ", "จารุวรรณ แสงทอง"),
    "Vietnamese": ("Dạ em tên là Hạnh ạ", "Hạnh"),
    "Vietnamese without marks": ("minh ten la Khanh Vy, muon dat banh", "Khanh Vy"),
    "Vietnamese, by a pronoun": ("Em Quyên đây chị", "Quyên"),
    "Chinese": ("你好，我叫陈美玲，想问一下", "陈美玲"),
    "Chinese, I am": ("我是李国豪，昨天有去", "李国豪"),
    "a form": ("Nama : H. Abdul Rozak\nAlamat : Jember", "H. Abdul Rozak"),
    "a form with bars": ("FULL NAME: JOHN CARLO ABAD | SHIRT: XL", "JOHN CARLO ABAD"),
    "a Thai form": ("ชื่อ: กมลวรรณ สีดา\nที่อยู่: ขอนแก่น", "กมลวรรณ สีดา"),
    "the first line over a number": ("Rahmat Hidayat\n081234500011\nMakassar", "Rahmat Hidayat"),
    "signed": ("please send it today. Regards,\nDeepa Krishnan", "Deepa Krishnan"),
}


@pytest.mark.parametrize(("text", "name"), STATED.values(), ids=STATED.keys())
def test_a_name_its_bearer_states_is_found_as_it_was_typed(text: str, name: str) -> None:
    assert names_in(text) == [name]


NOT_STATED = {
    "what one wants": "saya mau tanya dong",
    "where one is from": "saya dari Semarang, ongkirnya berapa",
    "what one is": "em là sinh viên",
    "how one is": "I'm Interested In This",
    "a capital for politeness": "Saya Mau Tanya Harga",
    "a brand": "ini Dana atau Ovo?",
    "the holder of an account": "maybank 164048483088 nama Faridah",
    "an account's holder named so": "rek BCA 8831000456 atas nama Siti",
    "a husband": "suami saya namanya Agus",
    "a driver": "driver name Muthu",
    "a shop": "nama toko: Sumber Makmur Jaya",
    "a company": "name is Setia Jaya Hardware, can open credit?",
    "a product": "Tên hàng: váy công sở đen",
    "a Thai shop": "ชื่อร้านอะไรคะ",
    "a Thai dog": "น้องหมาชื่อโมจิ",
    "somebody called": "chị Hương ơi cho em hỏi",
    "somebody else": "Gửi cho chị Nga giúp em",
    "a question": "is this Jenny? the one from the outlet?",
    "a new customer in Chinese": "我是新客户",
    "an address": "siti.nurhaliza@example.com",
}


@pytest.mark.parametrize("text", NOT_STATED.values(), ids=NOT_STATED.keys())
def test_what_nobody_states_as_their_name_is_none(text: str) -> None:
    assert names_in(text) == []


def test_a_name_stands_beside_the_other_contacts() -> None:
    contacts = find_contacts("Nama: Rina\nHP: 0812-3450-0011\nEmail: rina@example.com", "ID")

    assert [(contact.kind, contact.value) for contact in contacts] == [
        ("name", "Rina"),
        ("phone", "+6281234500011"),
        ("email", "rina@example.com"),
    ]


def test_a_name_is_kept_with_the_marks_it_was_typed_with() -> None:
    (contact,) = find_contacts("หนูชื่อน้ำหวานค่ะ", "TH")

    assert (contact.value, contact.text) == ("น้ำหวาน", "น้ำหวาน")
