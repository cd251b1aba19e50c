"""Nothing that stands in an exchange folder may raise, hang or be half believed."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.coverage.qualification import Answer
from kiosk.eligibility import oqs
from kiosk.eligibility.oqs import Flaw, Malformed

HEAD = b"<XmlMsg><MessageHeader/><MessageBody>"
TAIL = b"</MessageBody></XmlMsg>"
BOMB = b"".join(
    [b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">']
    + [b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(8)]
    + [b"]><XmlMsg>&i;</XmlMsg>"]
)

CORPUS: list[tuple[bytes, Flaw]] = [
    (b"", Flaw.EMPTY),
    (b" \r\n", Flaw.EMPTY),
    (b"x" * 2_000_001, Flaw.TOO_LARGE),
    (b"PK\x03\x04zip", Flaw.NOT_WELL_FORMED),
    (b"<XmlMsg>", Flaw.NOT_WELL_FORMED),
    (HEAD, Flaw.NOT_WELL_FORMED),
    (HEAD + TAIL + b"<again/>", Flaw.NOT_WELL_FORMED),
    (HEAD + b"&undefined;" + TAIL, Flaw.NOT_WELL_FORMED),
    (HEAD + b"\x01" + TAIL, Flaw.NOT_WELL_FORMED),
    (HEAD + b"&#0;" + TAIL, Flaw.NOT_WELL_FORMED),
    (HEAD + b'<a b="1" b="2"/>' + TAIL, Flaw.NOT_WELL_FORMED),
    (BOMB, Flaw.DOCTYPE),
    (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><XmlMsg/>', Flaw.DOCTYPE),
    (b'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1/">]><XmlMsg>&e;</XmlMsg>', Flaw.DOCTYPE),
    (b"<!DOCTYPE XmlMsg><XmlMsg/>", Flaw.DOCTYPE),
    (b'<?xml version="1.0" encoding="EUC-JP"?><XmlMsg/>', Flaw.UNKNOWN_ENCODING),
    (b'<?xml version="1.0" encoding="UTF-7"?><XmlMsg/>', Flaw.UNKNOWN_ENCODING),
    ("<XmlMsg/>".encode("utf-16"), Flaw.UNKNOWN_ENCODING),
    (b'<?xml version="1.0" encoding="UTF-8"?><XmlMsg>\x8d\x82</XmlMsg>', Flaw.UNDECODABLE),
    (b'<?xml version="1.0" encoding="Shift_JIS"?><XmlMsg>\x81\xff</XmlMsg>', Flaw.UNDECODABLE),
    (HEAD + b"<a>" * 15 + b"</a>" * 15 + TAIL, Flaw.TOO_DEEP),
    (HEAD + b"<a/>" * 20_000 + TAIL, Flaw.TOO_MANY_ELEMENTS),
    (HEAD + b"<a " + b" ".join(b'a%d=""' % n for n in range(17)) + b"/>" + TAIL, Flaw.TOO_MANY_ELEMENTS),
    (HEAD + b"<Name>" + b"x" * 20_001 + b"</Name>" + TAIL, Flaw.TEXT_TOO_LONG),
    (HEAD + b'<a b="' + b"x" * 20_001 + b'"/>' + TAIL, Flaw.TEXT_TOO_LONG),
    ("<XmlMsg><é/></XmlMsg>".encode(), Flaw.STRANGE_NAME),
    (b"<html/>", Flaw.UNEXPECTED_ROOT),
    (b"<XmlMsg/>", Flaw.MISSING_ELEMENT),
    (b"<XmlMsg><MessageHeader/><MessageHeader/></XmlMsg>", Flaw.DUPLICATE_ELEMENT),
    (HEAD + b"<QualificationValidity>1</QualificationValidity><QualificationValidity>2</QualificationValidity>" + TAIL,
     Flaw.DUPLICATE_ELEMENT),
    (HEAD + b"<ResultList/><ResultList/>" + TAIL, Flaw.DUPLICATE_ELEMENT),
]  # fmt: skip

JSON_CORPUS: list[tuple[bytes, Flaw]] = [
    (b"", Flaw.EMPTY),
    (b"x" * 2_000_001, Flaw.TOO_LARGE),
    (b"{", Flaw.NOT_WELL_FORMED),
    (b"\xff", Flaw.NOT_WELL_FORMED),
    (b"[]", Flaw.UNEXPECTED_ROOT),
    (b'{"a": {}, "b": {}}', Flaw.UNEXPECTED_ROOT),
    (b'{"XmlMsg": []}', Flaw.UNEXPECTED_ROOT),
    (b'{"Other": {}}', Flaw.UNEXPECTED_ROOT),
    (b'{"XmlMsg": {}}', Flaw.MISSING_ELEMENT),
    (b'{"XmlMsg": {"MessageHeader": {"SegmentOfResult": 1}}}', Flaw.WRONG_TYPE),
    (b'{"XmlMsg": {"MessageHeader": {"SegmentOfResult": true}}}', Flaw.WRONG_TYPE),
    (b'{"XmlMsg": {"MessageHeader": {"ErrorCode": ["a", "b"]}}}', Flaw.DUPLICATE_ELEMENT),
    (b'{"XmlMsg": {"MessageHeader": {"<b>": ""}}}', Flaw.STRANGE_NAME),
    (b'{"XmlMsg": {"MessageHeader": {"ErrorCode": "\\u0000"}}}', Flaw.FORBIDDEN_CHARACTER),
    (b'{"XmlMsg":' * 30 + b"{}" + b"}" * 30, Flaw.TOO_DEEP),
    (b'{"XmlMsg": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}", Flaw.TOO_DEEP),
    (b'{"XmlMsg": {"a": [' + b",".join([b'""'] * 20_001) + b"]}}", Flaw.TOO_MANY_ELEMENTS),
    (b'{"XmlMsg": {"MessageHeader": {"ErrorCode": "' + b"x" * 20_001 + b'"}}}', Flaw.TEXT_TOO_LONG),
]


@pytest.mark.parametrize(("data", "flaw"), CORPUS, ids=lambda value: str(value)[:40])
def test_each_hostile_file_is_refused_for_what_is_wrong(data: bytes, flaw: Flaw) -> None:
    found = oqs.parse_answer(data, asked_at="t")
    assert isinstance(found, Malformed)
    assert found.flaw is flaw
    assert found.remedy


@pytest.mark.parametrize(("data", "flaw"), JSON_CORPUS, ids=lambda value: str(value)[:40])
def test_each_hostile_json_is_refused_for_what_is_wrong(data: bytes, flaw: Flaw) -> None:
    found = oqs.parse_answer_json(data, asked_at="t")
    assert isinstance(found, Malformed)
    assert found.flaw is flaw


def test_every_flaw_has_a_remedy_and_shows_no_value() -> None:
    assert set(oqs.REMEDIES) == set(Flaw)
    secret = "見えない"
    for data in (f"<XmlMsg><MessageHeader>{secret}", f"<XmlMsg><{secret}/></XmlMsg>"):
        assert secret not in repr(oqs.parse_answer(data.encode(), asked_at="t"))


def test_no_hostile_file_takes_long() -> None:
    # Bounded by the size limit; the figure leaves room for a busy machine.
    long_token = HEAD + b"<a b='" + b"x" * 1_900_000
    for data in [data for data, _flaw in CORPUS] + [long_token, b"<" * 2_000_000, b"&lt;" * 499_000]:
        start = time.process_time()
        oqs.parse_answer(data, asked_at="t")
        assert time.process_time() - start < 2.0


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    for parse in (oqs.parse_answer, oqs.parse_answer_json):
        assert isinstance(parse(data, asked_at="t"), Answer | Malformed)
    oqs.parse_request(data)
    oqs.parse_request_json(data)


_NAMES = [
    "XmlMsg",
    "MessageHeader",
    "MessageBody",
    "ResultList",
    "ResultOfQualificationConfirmation",
    "Name",
    "New",
]
_TREES = st.recursive(
    st.sampled_from(["", "1", "髙～●", "&amp;", "&#13;", "<![CDATA[<x>]]>", "<!--c-->", "<?pi x?>"]),
    lambda inner: st.builds(
        lambda name, parts: f"<{name}>{''.join(parts)}</{name}>",
        st.sampled_from(_NAMES),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(_TREES, st.sampled_from(["cp932", "utf-8"]), st.data())
def test_no_shuffled_mutilated_document_raises(tree: str, encoding: str, data: st.DataObject) -> None:
    whole = f"<XmlMsg><MessageHeader/>{tree}</XmlMsg>".encode(encoding)
    cut = data.draw(st.integers(0, len(whole)))
    flipped = bytearray(whole)
    flipped[min(cut, len(whole) - 1)] ^= data.draw(st.integers(1, 255))
    for document in (whole, whole[:cut], bytes(flipped)):
        found = oqs.parse_answer(document, asked_at="t")
        if isinstance(found, Answer):  # whatever was believed can be written and read again
            again = oqs.parse_answer(oqs.write_answer(found), asked_at="t")
            assert isinstance(again, Answer)
            assert again.results == found.results
