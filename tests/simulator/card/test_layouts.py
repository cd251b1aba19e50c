"""The files' insides, taken apart by hand."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from io import BytesIO

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec.structs import replace
from PIL import Image

from simulator.card import codes, issue
from simulator.card.pictures import PHOTO_SIZE
from simulator.people import identifiers, load
from tests.support.talk import COMMON, JPKI, RESIDENT, SURFACE, TEXT, VISIT_DAY, Talk, talk_to

CODE_B = "56052020340000"


def objects(content: bytes) -> list[tuple[int, bytes, int]]:
    """Tag, value and position of each object; filler ends them."""
    found = []
    position = 0
    while position < len(content) and content[position] not in (0x00, 0xFF):
        start = position
        two = content[position] & 0x1F == 0x1F
        tag = int.from_bytes(content[position : position + 1 + two], "big")
        position += 1 + two
        length = content[position]
        position += 1
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(content[position : position + size], "big")
            position += size
        found.append((tag, content[position : position + length], start))
        position += length
    return found


def inside(file: bytes, outer: int) -> tuple[dict[int, bytes], list[int], int]:
    """The objects of a file by tag, their positions counted from the file's first byte, and where they begin."""
    assert int.from_bytes(file[:2], "big") == outer
    length_bytes = 1 + (file[2] & 0x7F if file[2] & 0x80 else 0)
    begin = 2 + length_bytes
    length = file[2] if length_bytes == 1 else int.from_bytes(file[3:begin], "big")
    inner = objects(file[begin : begin + length])
    return {tag: value for tag, value, _ in inner}, [begin + start for _, _, start in inner], begin


def offsets(table: bytes) -> list[int]:
    return [int.from_bytes(table[place : place + 2], "big") for place in range(0, len(table), 2)]


def rsa_key(value: bytes) -> RSAPublicKey:
    fields = {tag: content for tag, content, _ in objects(value)}
    assert len(value) == 265
    return RSAPublicNumbers(
        int.from_bytes(fields[0x90], "big"), int.from_bytes(fields[0x91], "big")
    ).public_key()


def issuer_key(certificate: bytes) -> RSAPublicKey:
    fields = {tag: value for tag, value, _ in objects(objects(certificate)[0][1])}
    assert len(fields[0x5F4E]) == 297
    assert len(fields[0x5F37]) == 256
    return rsa_key(fields[0x5F4E][32:])


def test_the_number_file_is_an_object_of_twelve_digits_and_two_bytes_of_filler() -> None:
    talk = talk_to("yamada", TEXT)
    talk.verify(0x11, "8026")
    file = talk.read(0x0001)
    assert file[:3] == bytes.fromhex("FF100C")
    assert file[3:15].decode("ascii") == codes.individual_number("yamada")
    assert file[15:] == b"\xff\xff"


def test_the_attributes_have_an_offset_table_that_is_right_for_every_persona() -> None:
    for persona in map(load, identifiers()):
        if persona.card.kind != "card" or not persona.card.text_pin_tries_left:
            continue
        talk = talk_to(persona.id, TEXT)
        talk.verify(0x11, persona.card.text_pin)
        fields, positions, _ = inside(talk.read(0x0002), 0xFF20)
        assert offsets(fields[0xDF21]) == positions[1:]
        assert fields[0xDF22].decode() == persona.person.name
        assert fields[0xDF23].decode() == persona.person.address
        assert fields[0xDF24].decode() == f"{persona.person.birth_date:%Y%m%d}"
        assert fields[0xDF25].decode() == persona.person.sex


def test_a_birth_of_an_unknown_day_is_spelt_with_zeros() -> None:
    known = load("foreign_resident")
    card = issue(replace(known, card=replace(known.card, birth_day_on_chip=False)), VISIT_DAY)
    assert card is not None
    talk = Talk(card)
    talk.select(TEXT)
    talk.verify(0x11, known.card.text_pin)
    fields, _, _ = inside(talk.read(0x0002), 0xFF20)
    assert fields[0xDF24] == b"19920000"


def test_the_integrity_record_covers_filler_and_leaves_the_offset_table_out() -> None:
    talk = talk_to("yamada", TEXT)
    talk.verify(0x11, "8026")
    attributes = talk.read(0x0002)
    _, positions, _ = inside(attributes, 0xFF20)
    record = talk.read(0x0003)
    fields, starts, begin = inside(record, 0xFF30)
    assert fields[0xDF31] == sha256(talk.read(0x0001)).digest()
    assert fields[0xDF32] == sha256(attributes[positions[1] :]).digest()
    key = issuer_key(talk.read(0x0004))
    key.verify(fields[0xDF33], record[begin : starts[-1]], PKCS1v15(), SHA256())


def test_the_text_application_publishes_its_signing_key() -> None:
    talk = talk_to("yamada", TEXT)
    talk.verify(0x15, CODE_B)
    record = talk.read(0x0007)
    fields, starts, begin = inside(record, 0xFF50)
    issuer_key(talk.read(0x0004)).verify(fields[0xDF52], record[begin : starts[-1]], PKCS1v15(), SHA256())
    assert talk.send("802A030004AABBCCDD00") == 0x9000
    rsa_key(fields[0xDF51]).verify(talk.data, bytes.fromhex("AABBCCDD"), PKCS1v15(), SHA256())


def test_the_age_record_holds_a_birth_date_and_no_more() -> None:
    talk = talk_to("yamada", SURFACE)
    talk.verify(0x11, "560520")
    record = talk.read(0x0001)
    assert record[:5] == bytes.fromhex("FF1082021E")
    fields, starts, begin = inside(record, 0xFF10)
    assert list(fields) == [0xDF11, 0xDF12, 0xDF13]
    assert fields[0xDF11] == b"19810520"
    issuer_key(talk.read(0x0004)).verify(fields[0xDF13], record[begin : starts[-1]], PKCS1v15(), SHA256())


def test_the_card_face_is_signed_in_three_groups() -> None:
    talk = talk_to("yamada", SURFACE)
    talk.verify(0x12, CODE_B)
    file = talk.read(0x0002)
    fields, starts, _ = inside(file, 0xFF20)
    assert list(fields) == list(range(0xDF21, 0xDF2B))
    assert offsets(fields[0xDF21]) == starts[1:]
    groups = (file[starts[1] : starts[4]], file[starts[4] : starts[6]], file[starts[6] : starts[7]])
    hashes = b"".join(sha256(group).digest() for group in groups)
    numbers = issuer_key(talk.read(0x0004)).public_numbers()
    block = pow(int.from_bytes(fields[0xDF28], "big"), numbers.e, numbers.n).to_bytes(256, "big")
    assert block.endswith(bytes.fromhex("00307130 0D06096086480165030402010500 0460") + hashes)


def test_the_card_face_shows_what_is_printed() -> None:
    talk = talk_to("yamada", SURFACE)
    talk.verify(0x12, CODE_B)
    fields, _, _ = inside(talk.read(0x0002), 0xFF20)
    assert fields[0xDF22] == b"19810520"
    assert fields[0xDF23] == b"1"
    assert fields[0xDF29] == b"20340520"
    for tag in (0xDF25, 0xDF26, 0xDF2A):
        picture = Image.open(BytesIO(fields[tag]))
        assert (picture.format, picture.mode) == ("PNG", "1")
    assert Image.open(BytesIO(fields[0xDF2A])).size == (24, 12)


def test_the_photo_is_a_grey_jpeg_2000_in_its_container() -> None:
    talk = talk_to("yamada", SURFACE)
    talk.verify(0x12, CODE_B)
    photo = inside(talk.read(0x0002), 0xFF20)[0][0xDF27]
    assert photo[4:8] == b"jP  "
    picture = Image.open(BytesIO(photo))
    assert (picture.format, picture.mode, picture.size) == ("JPEG2000", "L", PHOTO_SIZE)
    assert len(set(picture.tobytes())) > 50  # a drawing with shades, not an empty field


def test_a_card_without_a_photo_has_an_empty_object_in_its_place() -> None:
    talk = talk_to("baby", SURFACE)
    code = codes.verification_code_b(load("baby").person.birth_date, load_expiry("baby"), "0000")
    assert talk.verify(0x12, code) == 0x9000
    assert inside(talk.read(0x0002), 0xFF20)[0][0xDF27] == b""


def load_expiry(persona: str) -> date:
    """The card's last day, as the common application tells it."""
    talk = talk_to(persona, COMMON)
    assert talk.send("00B2010C00") == 0x9000
    return date.fromisoformat(talk.data[-8:].decode())


def test_the_rendered_number_has_its_picture_and_signature() -> None:
    talk = talk_to("yamada", SURFACE)
    talk.verify(0x13, codes.individual_number("yamada"))
    record = talk.read(0x0005)
    fields, starts, begin = inside(record, 0xFF40)
    assert Image.open(BytesIO(fields[0xDF41])).size == (72, 12)
    issuer_key(talk.read(0x0004)).verify(fields[0xDF43], record[begin : starts[-1]], PKCS1v15(), SHA256())


def test_the_card_tells_its_number_municipality_and_expiry_in_a_record() -> None:
    talk = talk_to("yamada", COMMON)
    for command in ("00B2010C00", "00B2010400", "00B2010500"):
        assert talk.send(command) == 0x9000
        assert talk.data[:2] == b"\x01\x1c"
        digits = talk.data[2:].decode("ascii")
        assert digits.isdigit()
        assert digits[15:] == "9999920340520"
    assert talk.send("00B2020C00") == 0x6A83
    assert talk.send("00B2000C00") == 0x6A83
    assert talk.send("00B0810000") == 0x6981


def test_two_applications_share_a_key_reference() -> None:
    talk = talk_to("yamada", COMMON)
    assert talk.send("00B2011400") == 0x9000
    reference = talk.data
    assert len(reference) == 16
    talk.select(RESIDENT)
    assert talk.send("00B2011400") == 0x9000
    assert talk.data == reference


def test_the_token_information_is_160_bytes_of_pkcs_11() -> None:
    info = talk_to("yamada", JPKI).read(0x0006)
    assert len(info) == 160
    assert info[:32] == b"JPKIAPICCTOKEN2".ljust(32)
    assert info[96:124].hex() == "0000040d000000010000000000000001000000000000001000000006"
    assert info[124:] == b"\xff" * 16 + b"0301" + b"9" * 16
