"""The settings file: what it takes, and how it says no."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ui.settings import Settings, SettingsError, load_settings, read_settings


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    """The one line after the file's name."""
    path = written(folder, text)
    with pytest.raises(SettingsError) as caught:
        read_settings(path)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(f"{path}: ")
    return line.removeprefix(f"{path}: ")


def test_nothing_at_all_is_a_simulated_kiosk(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, ""))
    assert settings.profile == settings.reader.kind == settings.eligibility.kind == "simulated"


WRONG = {
    "nosuch = 1": "Object contains unknown field `nosuch`",
    "profile = 'x'": "profile: Invalid enum value 'x'; known are simulated, production",
    "profile = 1": "profile: Expected `str`, got `int`",
    "terminal = 'A B'": "terminal: ",
    "terminal = \"A\\n\"": "terminal: ",
    "data = 5": "data: Expected a path as `str`, got `int`",
    "data = ''": "data: Not a path",
    "data = \"a\\u0000b\"": "data: Not a path",
    "data = '~nobody-of-this-name/x'": "data: There is no such user's home folder",
    "file = 'x'": "file: not a setting",
    "screen = 1": "screen: Expected `object`, got `int`",
    "[facility]\nmedical_institution_code = '123'": "facility.medical_institution_code: ",
    "[screen]\nnosuch = 1": "screen: Object contains unknown field `nosuch`",
    "[screen]\npanel = 'x'": "screen.panel: Invalid enum value 'x'; known are portrait, landscape, small",
    "[screen]\npx = [1080, 1920]": "screen: give px and mm together",
    "[screen]\npx = [1080]\nmm = [268, 476]": "screen.px: Expected `array` of length 2, got 1",
    "[screen]\npx = [1080, 0]\nmm = [268, 476]": "screen.px[1]: ",
    "[screen]\npx = [1080, 1920]\nmm = [nan, 476]": "screen.mm[0]: ",
    "[screen]\nlanguage = 'xx'": "screen.language: 'xx' is unknown; known are ja, ",
    "[screen]\ntext_size = 'huge'": "screen.text_size: Invalid enum value 'huge'; known are small, ",
    "[reader]\ntransmit_timeout_s = 0": "reader.transmit_timeout_s: ",
    "[reader]\nkind = 'usb'": "reader.kind: Invalid enum value 'usb'; known are simulated, pcsc, nfc",
    "[reader]\ndevice = '/dev/ttyUSB0'": "reader.device: ",
    "[reader]\ndevice = 'usb:054c:06c3:1'": "reader.device: ",
    "[card]\nanchors = 2026-01-01": "card.anchors: Expected a path as `str`, got `date`",
    "[eligibility]\ndeadline_s = nan": "eligibility.deadline_s: ",
    "[eligibility]\ndeadline_s = inf": "eligibility.deadline_s: ",
    "[eligibility]\ndeadline_s = -1": "eligibility.deadline_s: ",
    "[eligibility]\nkind = 'oqs_folder'": 'eligibility.request_folder: needed for kind = "oqs_folder"',
    "[eligibility]\nkind = 'oqs_folder'\nrequest_folder = 'r'": "eligibility.answer_folder: needed",
    "[eligibility]\nkind = 'oqs_folder'\nrequest_folder = 'r'\nanswer_folder = 'a'": (
        "facility.medical_institution_code: needed"
    ),
    "[eligibility]\nkind = 'oqs_web_api'": "eligibility.url: needed",
    "[eligibility]\nkind = 'oqs_web_api'\nurl = 'https://a'": "eligibility.tls: needed",
    "[eligibility]\nurl = 'http://a'": "eligibility.url: must begin with https://",
    "[eligibility.tls]\nkey = 'k'": "eligibility.tls: Object missing required field `authorities`",
    "[consent]\nitems = ['x']": "consent.items[0]: Invalid enum value 'x'; known are care, ",
    "[limits]\npage = '60'": "limits.page: Expected `int`, got `str`",
    "[limits]\npage = 0": "limits.page: ",
    "[limits]\npage = 20": "limits.warning: must be shorter than limits.page",
    "[ticket]\nprinter = 'a'\nfolder = 'b'": "ticket: give either printer or folder",
    "[ledger]\nretention_years = 0": "ledger.retention_years: ",
    "[recheck]\nfirst_s = 1": "recheck.first_s: ",
    "[recheck]\nfirst_s = 1200": "recheck.first_s: must not be longer than recheck.longest_s",
    "[log]\nto = 'syslog'": "log.to: Invalid enum value 'syslog'; known are stderr, file",
    "[scanner]\nkind = 'nfc'": "scanner.kind: Invalid enum value 'nfc'; known are none, keyboard, camera, ",
    "[scanner]\ncamera = -1": "scanner.camera: ",
    "[scanner]\nlayout = 'jp'": "scanner.layout: Invalid enum value 'jp'; known are terminal, us",
    "[facility]\nother_reader = 'yes'": "facility.other_reader: Expected `bool`, got `str`",
    "[rules.everything]\non = true\nbecause = 'x'": (
        "rules.everything: there is no such rule to switch; known are paper_with_unregistered_card, "
    ),
    "[rules.first_visit_saving]\non = true": (
        "rules.first_visit_saving: Object missing required field `because`"
    ),
    "[rules.first_visit_saving]\non = 1\nbecause = 'x'": "rules.first_visit_saving.on: Expected `bool`",
    "[rules.first_visit_saving]\non = true\nbecause = ' '": (
        "rules: switch first_visit_saving: a facility that changes a rule gives its reason"
    ),
    "[[contacts]]\nname = 'a'\nphone = '1'": "contacts[0]: Object missing required field `insurer`",
    "[[contacts]]\nname = 'a'\nphone = ' '\ninsurer = 'b'": "contacts[0].phone: empty",
    "[[contacts]]\nname = 'a'\nphone = '1'\ninsurer = 'b'\nfrom = 'x'": "contacts[0].from: Invalid ",
    "[[contacts]]\nname = 'a'\nphone = '1'\ninsurer = 'b'\nfrom = 2026-02-01\nuntil = 2026-01-01": (
        "contacts[0].until: before from"
    ),
    "x = ": "not TOML: ",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_value_is_one_line_with_file_place_and_what_would_be_right(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text).startswith(WRONG[text])


OWN_RULES = """
[facility]
other_reader = true
[rules.known_data_without_card]
on = true
because = "院内規程 第3条"
[rules.paper_with_unregistered_card]
on = false
because = "保険者の求め"
[[contacts]]
name = "見本健保 適用課"
phone = "03-0000-0000"
insurer = "見本健康保険組合"
hours = "平日 9:00〜17:00"
from = 2026-01-01
until = 2026-12-31
"""


def test_a_facility_turns_rules_and_adds_its_insurers_lines(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, OWN_RULES))
    assert settings.facility.other_reader
    assert [(one.switch, one.on, one.because) for one in settings.switched] == [
        ("known_data_without_card", True, "院内規程 第3条"),
        ("paper_with_unregistered_card", False, "保険者の求め"),
    ]
    (line,) = settings.own_contacts
    assert (line.name, line.phone, line.insurer) == ("見本健保 適用課", "03-0000-0000", "見本健康保険組合")
    assert (line.since, line.until) == (date(2026, 1, 1), date(2026, 12, 31))


def test_as_shipped_a_facility_turns_nothing_and_has_one_reader_and_no_scanner() -> None:
    settings = Settings()
    assert (settings.switched, settings.own_contacts) == ((), ())
    assert not settings.facility.other_reader
    assert settings.scanner.kind == "none"


@pytest.mark.parametrize(("told", "camera"), [("2", 2), ("'C920'", "C920")])
def test_a_camera_is_named_by_number_or_by_part_of_its_name(
    tmp_path: Path, told: str, camera: int | str
) -> None:
    text = f"[scanner]\nkind = 'camera'\ncamera = {told}"
    assert read_settings(written(tmp_path, text)).scanner.camera == camera


PRODUCTION = """
profile = "production"
[reader]
kind = "pcsc"
[eligibility]
kind = "none"
[card]
anchors = "anchors"
"""


def test_production_with_real_parts_is_taken(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, PRODUCTION)).profile == "production"


@pytest.mark.parametrize(
    ("face", "wrong"),
    [
        (
            'authority = "simulator"',
            "face.authority: a production terminal verifies nobody by a simulated word",
        ),
        ('authority = "certified"', "face.authority: a certified reader's results come by"),
        ('authority = "authorised"', "face.authority: authorised needs face.authoriser"),
        ('authority = "authorised"\nauthoriser = "operator:Key"', "card.face_issuers: needed where"),
        ('authoriser = "a path"', "face.authoriser: name it as"),
        ("threshold = 0.36", "face.threshold: a face threshold of 0.36 is below 0.363"),
        ("threshold = 1.01", "face.threshold: at most 1"),
    ],
)
def test_a_face_counts_for_no_more_than_the_law_lets_it(tmp_path: Path, face: str, wrong: str) -> None:
    assert wrong in refusal(tmp_path, f"{PRODUCTION}\n[face]\n{face}")


def test_a_licensed_operator_may_verify_by_photographs_whose_signers_are_known(tmp_path: Path) -> None:
    told = PRODUCTION.replace("[card]", '[card]\nface_issuers = "issuers"')
    told += '[face]\nauthority = "authorised"\nauthoriser = "operator:Key"'
    assert read_settings(written(tmp_path, told)).face_authority == "authorised"


@pytest.mark.parametrize("device", ["usb", "usb:054c:06c3", "tty:USB0:pn532", "com:COM3:pn532"])
def test_a_production_terminal_may_read_without_pcsc(tmp_path: Path, device: str) -> None:
    told = PRODUCTION.replace('kind = "pcsc"', f'kind = "nfc"\ndevice = "{device}"\nphones = true')
    reader = read_settings(written(tmp_path, told)).reader
    assert (reader.kind, reader.device, reader.phones) == ("nfc", device, True)


@pytest.mark.parametrize(
    ("real", "simulated", "place"),
    [
        ('kind = "pcsc"', 'kind = "simulated"', "reader.kind"),
        ('kind = "pcsc"', "", "reader.kind"),
        ('kind = "pcsc"', 'kind = "nfc"\ndevice = "udp:127.0.0.1:54321"', "reader.device"),
        ('kind = "none"', 'kind = "simulated"', "eligibility.kind"),
        ('kind = "none"', "", "eligibility.kind"),
        ('anchors = "anchors"', "", "card.anchors"),
        ('kind = "pcsc"', 'kind = "pcsc"\n[scanner]\nkind = "simulated"', "scanner.kind"),
    ],
)
def test_production_refuses_whatever_is_simulated(
    tmp_path: Path, real: str, simulated: str, place: str
) -> None:
    assert refusal(tmp_path, PRODUCTION.replace(real, simulated)).startswith(f"{place}: ")


def test_a_relative_path_begins_at_the_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    settings = read_settings(written(tmp_path, PRODUCTION + '[ledger]\nfolder = "kept"\n'))
    assert settings.card.anchors == tmp_path / "anchors"
    assert settings.ledger_folder == tmp_path / "kept"


def test_a_home_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_settings(written(tmp_path, 'data = "~/kept"')).data == tmp_path / "kept"
    assert load_settings().data == tmp_path / ".local/share/uketsuke"


def test_the_named_file_comes_before_the_environment_and_that_before_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("UKETSUKE_SETTINGS", raising=False)
    places = {name: tmp_path / name for name in ("H", "E", "N")}
    places["H"] = tmp_path / ".config/uketsuke/settings.toml"
    places["H"].parent.mkdir(parents=True)
    for terminal, path in places.items():
        path.write_text(f'terminal = "{terminal}"', encoding="utf-8")
    assert load_settings().terminal == "H"
    monkeypatch.setenv("UKETSUKE_SETTINGS", str(places["E"]))
    assert load_settings().terminal == "E"
    assert load_settings(places["N"]).terminal == "N"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "settings.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        read_settings(path)


def test_what_turns_out_wrong_later_names_the_file_too(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    assert str(read_settings(path).wrong("a.b", "c")) == f"{path}: a.b: c"
    assert str(Settings().wrong("a.b", "c")) == "a.b: c"
