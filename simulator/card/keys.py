"""RSA keys of the simulation. They are published on purpose and protect nothing; see the folder's README.

A key is kept as its two primes. ``make_keys`` adds keys for personas that have none yet.
"""

from __future__ import annotations

import base64
import json
from functools import cache
from hashlib import sha256
from importlib.resources import files

from cryptography.hazmat.primitives.asymmetric import rsa

EXPONENT = 65537
BITS = 2048
SPARE = 4
PERSONA_KEYS = (
    "auth",
    "sign",
    "face",
)  # authentication, signature, and the key of the card-face applications
AUTHORITIES = (
    *(f"{usage}_ca_{generation}" for usage in ("auth", "sign") for generation in (1, 2, 3)),
    "municipality",
    "card_verifiable_ca",
    "internal_authentication",
    "session",
)


def authority_key(name: str) -> rsa.RSAPrivateKey:
    """The key of one of ``AUTHORITIES``."""
    return _key(f"authority/{name}")


def persona_key(persona_id: str, name: str) -> rsa.RSAPrivateKey:
    """One of a persona's ``PERSONA_KEYS``: its own where the file has one, else one of a few spare ones, so that
    a persona written today works at once."""
    own = f"{persona_id}/{name}"
    if own in _primes():
        return _key(own)
    return _key(f"spare{sha256(persona_id.encode()).digest()[0] % SPARE}/{name}")


@cache
def _primes() -> dict[str, str]:
    stored: dict[str, str] = json.loads(files(__package__).joinpath("keys.json").read_text("ascii"))["keys"]
    return stored


@cache
def _key(name: str) -> rsa.RSAPrivateKey:
    raw = base64.b64decode(_primes()[name])
    half = len(raw) // 2
    p, q = int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
    d = rsa.rsa_recover_private_exponent(EXPONENT, p, q)
    numbers = rsa.RSAPrivateNumbers(
        p,
        q,
        d,
        rsa.rsa_crt_dmp1(d, p),
        rsa.rsa_crt_dmq1(d, q),
        rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(EXPONENT, p * q),
    )
    # Checking that the primes are prime takes 50 ms a key; a test does it once for all of them.
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)
