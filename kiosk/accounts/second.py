"""One-time codes: TOTP (RFC 6238: SHA-1, 6 digits, 30 s, as every app has it) and recovery codes."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from kiosk.accounts.passwords import SALT_BYTES, Hasher
from kiosk.accounts.records import RecoveryCodes, Totp

STEP_S: Final = 30
DRIFT: Final = 1
"""Steps that a phone's clock may be fast or slow."""
_SECRET_BYTES: Final = 20
RECOVERY_CODES: Final = 10
_CODE_SIGNS: Final = 12  # of 5 bits each
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_MISREAD: Final = str.maketrans("OIL", "011")


# -- TOTP ------------------------------------------------------------------------------------------
def new_totp(random: Callable[[int], bytes]) -> Totp:
    return Totp(secret=base64.b32encode(random(_SECRET_BYTES)).decode())


def otpauth(totp: Totp, name: str, facility: str) -> str:
    """The URI that an authenticator app takes, as text or as a QR code."""
    from pyotp import TOTP

    return TOTP(totp.secret, interval=STEP_S).provisioning_uri(name=name, issuer_name=facility)


def after_code(totp: Totp, typed: str, now: datetime) -> Totp | None:
    """The TOTP with this code used up; None if the code is not that of this step or a neighbour, or if it or a later
    one was used before."""
    from pyotp import TOTP
    from pyotp.exceptions import OTPVerificationError

    digits = re.sub(r"\s", "", unicodedata.normalize("NFKC", typed))
    if not re.fullmatch("[0-9]{6}", digits):
        return None
    try:
        step = TOTP(totp.secret, interval=STEP_S).verify_and_get_timecode(
            digits, for_time=now, valid_window=DRIFT
        )
    except OTPVerificationError:
        return None
    return replace(totp, step=step) if step > totp.step else None


# -- recovery codes --------------------------------------------------------------------------------
def new_recovery_codes(
    hasher: Hasher, random: Callable[[int], bytes]
) -> tuple[RecoveryCodes, tuple[str, ...]]:
    """What is kept, and the codes themselves (60 bits each), to be shown once. Takes as long as ten passwords."""
    salt = random(SALT_BYTES)
    codes = tuple(_new_code(random) for _ in range(RECOVERY_CODES))
    return RecoveryCodes(salt=salt, left=tuple(_tag(hasher, salt, code) for code in codes)), codes


def _new_code(random: Callable[[int], bytes]) -> str:
    signs = "".join(_ALPHABET[byte % 32] for byte in random(_CODE_SIGNS))
    return "-".join(signs[at : at + 4] for at in range(0, _CODE_SIGNS, 4))


def code_tag(codes: RecoveryCodes, typed: str, hasher: Hasher) -> bytes:
    """What the typed code would be kept as. As slow as a password, so not inside a transaction."""
    return _tag(hasher, codes.salt, typed)


def without_code(codes: RecoveryCodes | None, tag: bytes) -> RecoveryCodes | None:
    """The codes with that one used up; None if it is none of those left."""
    if codes is None or tag not in codes.left:
        return None
    return replace(codes, left=tuple(left for left in codes.left if left != tag))


def _tag(hasher: Hasher, salt: bytes, code: str) -> bytes:
    plain = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", code)).upper().translate(_MISREAD)
    return hasher.derive(plain.encode("utf-8", "surrogatepass"), salt)
