"""The second reader: what a passage reads like."""

import pytest

from chalicelib.review.document import normalise
from chalicelib.review.likeness import READ, likeness, load_table
from tests.bench.taught import digest

STATEMENTS = {
    "retention": (
        "We keep your order records for two years after the last purchase and then delete them.",
        "Data pesanan kami simpan selama dua tahun setelah pembelian terakhir, lalu kami hapus.",
        "Rekod pesanan disimpan selama dua tahun selepas pembelian terakhir dan kemudian dipadam.",
        "เราเก็บข้อมูลการสั่งซื้อไว้สองปีหลังการซื้อครั้งสุดท้าย แล้วลบทิ้ง",
        "Chúng tôi lưu thông tin đơn hàng hai năm kể từ lần mua cuối rồi xóa.",
        "Itinatago namin ang rekord ng order nang dalawang taon matapos ang huling pagbili at saka binubura.",
    ),
    "rights": (
        "You may ask to see your data, have it corrected or deleted, and object to its use.",
        "Anda berhak mengakses, memperbaiki, menghapus data Anda, dan menolak penggunaannya.",
        "Anda berhak mengakses, membetulkan dan memadam data anda serta membantah penggunaannya.",
        "ท่านมีสิทธิขอเข้าถึง แก้ไข ลบข้อมูล และคัดค้านการใช้ข้อมูลของท่าน",
        "Bạn có quyền xem, chỉnh sửa, xóa dữ liệu của mình và phản đối việc sử dụng.",
        "May karapatan kayong makita, maitama at mabura ang inyong datos at tumutol sa paggamit nito.",
    ),
}
NEIGHBOURS = (
    "We take great care of the safety of our building and thank you for your visit.",
    "Toko kami buka setiap hari dari pukul sembilan pagi sampai lima sore.",
    "ร้านเปิดทุกวันตั้งแต่เก้าโมงเช้าถึงห้าโมงเย็น",
    "Cửa hàng mở cửa mỗi ngày từ chín giờ sáng đến năm giờ chiều.",
)


@pytest.mark.parametrize(("check", "text"), [(check, text) for check, texts in STATEMENTS.items() for text in texts])
def test_a_statement_reads_like_one_of_its_check(check: str, text: str) -> None:
    found = likeness(normalise(text), "")

    assert max(found, key=lambda code: found[code]) == check
    assert found[check] > 0.5


@pytest.mark.parametrize("text", NEIGHBOURS)
def test_what_states_nothing_reads_like_no_statement(text: str) -> None:
    assert max(likeness(normalise(text), "").values()) < 0.5


def test_whose_address_it_is_says_nothing() -> None:
    one, other = (
        likeness(f"write to {address} or see {page}", "contact")
        for address, page in (("dpo@a.example", "www.a.example/privacy"), ("halo.kami@toko-b.co", "https://b.co.id/x"))
    )

    assert one == other


@pytest.mark.parametrize("text", ["", "?", "\u200b", "🙂🙂", "x" * 100_000, "ก" * 100_000, "a " * 100_000])
def test_every_text_gets_an_answer_for_each_check(text: str) -> None:
    found = likeness(text, text)

    assert tuple(found) == READ
    assert all(0 <= score <= 1 for score in found.values())


def test_the_table_was_made_of_the_present_corpora() -> None:
    assert load_table().trained_on == digest(), "the corpora have changed: `make train-review`"
