"""By HTTPS: signed, keyed, and judged by what the other side says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import pickle
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.eligibility.https import TlsSettings, tls_context
from kiosk.handoff.carrier import Later, Outcome, Refused, Taken
from kiosk.handoff.https_post import HttpsCarrier, Secret, SecretError, load_secret
from kiosk.handoff.parcel import Parcel
from simulator.national.tls import SERVER, Authority
from tests.support.handoff import NOW
from tests.support.webhook import WebHook

KEY = bytes(range(32))
PARCEL = Parcel("a.json", "application/json", '{"name": "山田"}'.encode())


@pytest.fixture(scope="module")
def hook() -> Iterator[WebHook]:
    with WebHook() as hook:
        yield hook


@pytest.fixture(autouse=True)
def clean(hook: WebHook) -> None:
    hook.script.clear()
    hook.kept.clear()
    hook.requests.clear()


def deliver(hook: WebHook, *, conflict_taken: bool = True, key: str = "key-1") -> Outcome:
    carrier = HttpsCarrier(
        hook.url, tls_context(hook.tls), secret=Secret(KEY), conflict_taken=conflict_taken, deadline_s=10
    )
    try:
        return carrier.deliver(PARCEL, key, NOW)
    finally:
        carrier.close()


def test_a_parcel_arrives_with_its_key_and_a_signature_that_fits(hook: WebHook) -> None:
    assert deliver(hook) == Taken()
    ((path, headers, body),) = hook.requests
    assert (path, body) == ("/visits/in?from=uketsuke", PARCEL.content)
    assert headers["Idempotency-Key"] == '"key-1"'
    assert headers["Content-Type"] == "application/json"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert (headers["webhook-id"], int(headers["webhook-timestamp"])) == ("key-1", int(NOW.timestamp()))


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of the specification's libraries."""
    secret = Secret(base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    signed = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Taken()), (202, Taken()), (204, Taken()), (409, Taken()), (400, Refused("http_400")),
        (401, Refused("http_401")), (403, Refused("http_403")), (404, Refused("http_404")),
        (410, Refused("http_410")), (422, Refused("http_422")), (301, Refused("http_301")),
        (308, Refused("http_308")), (408, Later("http_408")), (425, Later("http_425")),
        (429, Later("http_429")), (500, Later("http_500")), (503, Later("http_503")),
    ],
)  # fmt: skip
def test_what_a_status_means(hook: WebHook, status: int, outcome: Outcome) -> None:
    hook.script.append(status)
    assert deliver(hook) == outcome
    assert len(hook.requests) == 1  # nothing is followed, nothing repeated by itself


def test_a_conflict_at_a_fhir_server_is_no_proof_that_it_is_there(hook: WebHook) -> None:
    hook.script.append(409)
    assert deliver(hook, conflict_taken=False) == Later("http_409")


def test_a_receiver_that_forgot_to_answer_is_asked_again_and_has_it_once(hook: WebHook) -> None:
    hook.script.extend(["hang_up", "forget"])
    assert [deliver(hook) for _ in range(3)] == [Later("no_reply"), Later("no_reply"), Taken()]
    assert hook.kept == {"key-1": PARCEL.content}
    assert len(hook.requests) == 3


def test_nobody_there_is_for_later() -> None:
    with WebHook() as gone:
        url, context = gone.url, tls_context(gone.tls)
    carrier = HttpsCarrier(url, context, secret=None, conflict_taken=True, deadline_s=5)
    assert carrier.deliver(PARCEL, "k", NOW) == Later("no_reply")
    carrier.close()


def test_a_server_that_another_authority_vouches_for_is_told_nothing(hook: WebHook, tmp_path: Path) -> None:
    strange = Authority(tmp_path, "strange")
    context = tls_context(TlsSettings(authorities=strange.certificate))
    carrier = HttpsCarrier(hook.url, context, secret=Secret(KEY), conflict_taken=True)
    assert carrier.deliver(PARCEL, "k", NOW) == Later("not_trusted")
    assert hook.requests == []
    carrier.close()


def test_a_client_certificate_for_another_use_is_not_taken(hook: WebHook) -> None:
    wrong = hook.authority.issue("wrong", SERVER, life=timedelta(days=1))
    tls = TlsSettings(authorities=hook.authority.certificate, certificate=wrong.certificate, key=wrong.key)
    carrier = HttpsCarrier(hook.url, tls_context(tls), secret=None, conflict_taken=True, deadline_s=5)
    assert isinstance(carrier.deliver(PARCEL, "k", NOW), Later)
    assert hook.requests == []
    carrier.close()


# -- the secret ------------------------------------------------------------------------------------
def write(file: Path, text: str, mode: int = 0o600) -> Path:
    file.write_text(text)
    file.chmod(mode)
    return file


def test_a_secret_is_read_with_and_without_its_prefix(tmp_path: Path) -> None:
    encoded = base64.b64encode(KEY).decode()
    signed = Secret(KEY).sign("id", 1, b"x")
    for text in (f"whsec_{encoded}\n", encoded):
        assert load_secret(write(tmp_path / "secret", text)).sign("id", 1, b"x") == signed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        "whsec_!!!!",
        base64.b64encode(b"x" * 23).decode(),
        base64.b64encode(b"x" * 65).decode(),
        "é",
    ],
)
def test_what_is_no_secret_is_refused_without_being_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(SecretError) as caught:
        load_secret(write(tmp_path / "secret", text))
    assert "secret: not whsec_" in str(caught.value)


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    encoded = base64.b64encode(KEY).decode()
    with pytest.raises(SecretError, match="chmod 600"):
        load_secret(write(tmp_path / "secret", encoded, 0o644))
    with pytest.raises(SecretError, match="FileNotFoundError"):
        load_secret(tmp_path / "none")


def test_a_secret_is_not_shown_or_copied() -> None:
    secret = Secret(KEY)
    assert repr(secret) == "<Secret>"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
