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
    "small letters behind an unsure cue, known as a name": ("sy wulan kak mau tny", "wulan"),
    "small syllables": ("hello its mei yee, mail to mail@example.com", "mei yee"),
    "booked, and said to be oneself": ("meja atas nama Larasati ya, saya sendiri", "Larasati"),
    "before that's me": ("just ask for Wayan, that's me", "Wayan"),
    "by oneself in brackets": ("tanya bu Endah (saya)", "Endah"),
    "a calling name": ("panggil aja Dodo kak", "Dodo"),
    "with one's company": ("Ganesan from Wira Logistics here, which bay?", "Ganesan"),
    "a signature under the message": ("thanks, see you then\n-Boon Huat", "Boon Huat"),
    "a signature in small letters": ("nanti saya ambil\n~ hafiz iskandar", "hafiz iskandar"),
    "over one's firm": ("Regards,\nAtty. Ramon D. Salazar\nSalazar Law", "Ramon D. Salazar"),
    "behind thanks, with a comma": ("Tks, Reza (panitia reuni)", "Reza"),
    "a generation": ("Buyer name: Ernesto Villar Jr.\nQty: 3", "Ernesto Villar Jr."),
    "a family name that is a word elsewhere": ("Name: Ng Kah Hoe\nUnit 4", "Ng Kah Hoe"),
    "a field in the middle of a line": ("order 2 ya, nama: Lina Marlina, jalan Kenanga", "Lina Marlina"),
    "a title glued to it": ("Rgds, K.Napatsorn", "Napatsorn"),
    "a title that is a family name": ("ok noted - Teh Wei Jian", "Teh Wei Jian"),
    "nothing but a name": ("Ahmad Zikri bin Talib", "Ahmad Zikri bin Talib"),
    "a name and its particle": ("Gemma po", "Gemma"),
    "Sundanese": ("punten, abdi Dadang ti Garut", "Dadang"),
    "Cebuano": ("ako diay si Jovelyn taga Cebu", "Jovelyn"),
    "Taglish, far ahead": ("Bless po pangalan ko", "Bless"),
    "Vietnamese, what one is between": ("Thịnh bên nội thất đây, gửi bản vẽ chưa em", "Thịnh"),
    "Vietnamese, agreeing first": ("Dạ Diễm Phúc ạ, em đặt hai hộp", "Diễm Phúc"),
    "Vietnamese, a formal pronoun": ("Tôi Võ Minh Trí, làm thủ tục thuê xe", "Võ Minh Trí"),
    "Thai, by a pronoun": ("ดิฉันศุภวรรณค่ะ รบกวนส่งเอกสาร", "ศุภวรรณ"),
    "Thai, it's me": ("พี่โต้งเองน้อง ยืมบันไดหน่อย", "โต้ง"),
    "Thai, signed": ("กล่องบุบ รบกวนรับผิดชอบด้วย\nลงชื่อ สุรเดช", "สุรเดช"),
    "Thai, what to call": ("เรียกพี่ว่าตุ๊กก็ได้ค่ะ", "ตุ๊ก"),
    "Thai, a name and its particle": ("สุรีย์พรค่ะ", "สุรีย์พร"),
    "Thai in Latin letters": ("phom chue wichai khrap yak samak ngan", "wichai"),
    "Chinese, a calling name": ("叫我小敏就好了", "小敏"),
    "Chinese, without the family name": ("你好，我是志强。要订盆菜", "志强"),
    "Chinese, the family name first": ("我姓黄，黄雅雯", "黄雅雯"),
    "of six words": ("Name: Muhammad Nur Iman Bin Abdul Rahman\nHP: 91234567", "Muhammad Nur Iman Bin Abdul Rahman"),
    "small letters, a sentence behind": ("my name is rachel quek. Can I check", "rachel quek"),
    "behind a title that is a family name as well": ("em là anh Minh Tuấn, hôm qua có nhắn", "Minh Tuấn"),
    "Balinese": ("nama saya I Gede Made Surya, mau tanya", "I Gede Made Surya"),
    "Thai, behind it's me": ("ชื่อผู้โอนคือผมเอง อนุชา", "อนุชา"),
    "for what it is asked": ("My full name for the ferry booking is Beatrice Ong, thanks", "Beatrice Ong"),
    "for a ticket, in Malay": ("nama penuh saya untuk tempahan: Chong Wai Kit", "Chong Wai Kit"),
    "with a please between": ("Đặt bàn tối nay, ghi tên mình giúp: Mỹ Linh", "Mỹ Linh"),
    "put right": ("My name spelt wrongly on the cert, should be Kavitha d/o Selvam", "Kavitha d/o Selvam"),
    "put right, in Malay": ("Nama sy salah eja, sepatutnya Syakirah bukan Shakirah", "Syakirah"),
    "put right, in Tagalog": ("mali po spelling ng name ko, dapat Jhoanna hindi Joanna", "Jhoanna"),
    "put right, in Thai": ("ชื่อเราสะกดผิดค่ะ ต้องเป็น ณัฐธิดา ไม่ใช่ นัดธิดา", "ณัฐธิดา"),
    "put right, in Vietnamese": ("tên em bị sai, đúng là Gia Huy chứ không phải Gia Hưng", "Gia Huy"),
    "behind whom one calls": ("Alo anh ơi Tùng đây, cái lốp về chưa", "Tùng"),
    "who paid": ("người chuyển là em, Võ Hoàng Yến ạ", "Võ Hoàng Yến"),
    "of two given names": ("saya Anne-Marie Siahaan kak mau retur", "Anne-Marie Siahaan"),
    "two links together": ("Ako po si Jose Rizal de la Cruz Jr. taga Cavite", "Jose Rizal de la Cruz Jr."),
    "a number's label behind": ("My name is Suresh A/L Ramasamy IC 8801", "Suresh A/L Ramasamy"),
    "the next field behind": ("Họ tên: Lê Thị Mai Địa chỉ: Huế", "Lê Thị Mai"),
    "a street behind": ("Nama: Rina Wati Jl. Mawar 3", "Rina Wati"),
    "a sentence behind": ("My name is Kimberly Sy Business owner from Cebu", "Kimberly Sy"),
    "two words of a trade behind": ("Tôi là Nguyễn Hữu Phước Giám đốc Cty Nam Phát", "Nguyễn Hữu Phước"),
    "a Thai age behind": ("ผมชื่อเอก อายุ 30 ปี", "เอก"),
    "a Thai family name of a town": ("ดิฉันชื่อธนพร ณ อยุธยา ค่ะ", "ธนพร ณ อยุธยา"),
    "a calling name that is a word": ("เราชื่อ Mint นะคะ อยากจองโต๊ะ", "Mint"),
    "once, with a calling name behind": ("namaku Putri Ayu Ningtyas panggil Ayu aja", "Putri Ayu Ningtyas"),
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
    "whom one greets": "halo kak Dewi, ini masih ada?",
    "whom one thanks": "Thanks, Sir Mark",
    "whom one asks for": "hub pak Joko ya",
    "a name that is missing": "my name is missing from the attendee list",
    "what happened to a name": "nama saya pribadi dirugikan",
    "a state before its cue": "Buntis po ako, safe ba ito",
    "a thing before its cue": "Parking here ok?",
    "a thing": "name: Pikachu plush",
    "all in capitals": "I'M FURIOUS NOW",
    "a kind of people": "I'm Team Blue",
    "a recipient": "Penerima: Pak Slamet Widodo",
    "a Thai recipient": "ผู้รับ: ป้าสมจิตร บ้านเลขที่ 7",
    "a daughter": "con gái chị tên Cốm",
    "whom to look for": "hanapin nyo po si Ate Joy sa reception",
    "a place": "San Juan po",
    "a place of two syllables": "Boon Lay",
    "a Thai adjective": "ผมสนใจครับ",
    "a Thai province": "สุพรรณบุรีครับ",
    "what one does oneself": "เดี๋ยวไปรับเองค่ะ",
    "a guard": "ให้ช่างโทรหายามนะ ชื่อลุงแดง",
    "what one ordered in Chinese": "我叫外卖了",
    "somebody of one's own": "Tolong pos ke mak saya, Puan Rohani",
    "a mother": "My mum's name is Susan, put it on the cake",
    "a cat in Vietnamese": "mèo nhà em tên Mướp",
    "a wife": "I'm Daniel's wife",
    "where one is": "Pasir Ris here, can deliver?",
    "a city behind a pronoun": "mình Hà Nội, ship bao nhiêu",
    "who asks to be here": "Jenny here is my address",
    "the day of somebody": "It's Grace birthday next week",
    "a thing in a form": "Nama: Gamis Aurora Premium\nWarna: maroon",
    "a child in a form": "Name: Ethan (my son)\nTel: 91234567",
    "an authority": "Client: Ministry of Education",
    "what is wrong with a name": "nama saya double di list peserta kak",
    "a name that is doubled in Thai": "หนูชื่อซ้ำกับคนอื่น",
    "a name on a cake": "My name on the cake should be Sofia",
    "a company put right": "my name is wrong on the invoice, should be Acme Trading Pte Ltd",
    "a group of guests": "Khách: đoàn 20 người",
    "a brand and its thing": "Hiệu: Thanh Xuân\nTên: nồi áp suất 6 lít",
    "a sign of the stars in Chinese": "我是金牛座",
    "when to come in Chinese": "叫我明天来",
    "an address": "siti.nurhaliza@example.com",
}


@pytest.mark.parametrize("text", NOT_STATED.values(), ids=NOT_STATED.keys())
def test_what_nobody_states_as_their_name_is_none(text: str) -> None:
    assert names_in(text) == []


BESIDE = {
    "behind a number": ("0812-3450-0011 (Rina Wulandari)", "Rina Wulandari"),
    "before an address": ("Ramon Salazar <ramon@example.com>", "Ramon Salazar"),
    "over a labelled number": ("Rina Wulandari, hp 0812-3450-0011", "Rina Wulandari"),
}


@pytest.mark.parametrize(("text", "name"), BESIDE.values(), ids=BESIDE.keys())
def test_a_known_name_beside_a_contact_is_its_owner(text: str, name: str) -> None:
    assert names_in(text) == [name]


@pytest.mark.parametrize("text", ["supir 0812-3450-0011 (Joko)", "rek BCA 8831000456\nRina Wati"])
def test_a_name_beside_another_ones_number_is_none(text: str) -> None:
    assert names_in(text) == []


def test_a_name_stands_beside_the_other_contacts() -> None:
    contacts = find_contacts("Nama: Rina\nHP: 0812-3450-0011\nEmail: rina@example.com", "ID")

    assert [(contact.kind, contact.value) for contact in contacts] == [
        ("name", "Rina"),
        ("phone", "+6281234500011"),
        ("email", "rina@example.com"),
    ]


def test_a_second_name_needs_a_line_of_a_form() -> None:
    assert names_in("I'm Bea, call me Beatrice") == ["Bea"]
    assert names_in("Passenger 1: Rina Wati\nPassenger 2: Budi Santoso") == ["Rina Wati", "Budi Santoso"]


def test_a_name_is_kept_with_the_marks_it_was_typed_with() -> None:
    (contact,) = find_contacts("หนูชื่อน้ำหวานค่ะ", "TH")

    assert (contact.value, contact.text) == ("น้ำหวาน", "น้ำหวาน")
