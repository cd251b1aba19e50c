"""Whether an issuer has withdrawn a certificate, as far as anybody here can tell.

Asking the issuer needs a contract, so most facilities have no source and the answer is "unknown". Where
revocation lists reach the facility as files, they are read from a folder.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from drivers.card.errors import PARSER_ERRORS
from drivers.interface import Revocation

_log = logging.getLogger(__name__)

MAX_LIST = 64 << 20
"""Bytes of the largest revocation list that is read."""

_UNDERSTOOD = (
    x509.CRLNumber,
    x509.AuthorityKeyIdentifier,
    x509.IssuerAlternativeName,
    x509.IssuingDistributionPoint,
)


class RevocationSource(Protocol):
    """Tells the state of a certificate whose issuer is already known to be genuine."""

    def status(self, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime, /) -> Revocation:
        """UNKNOWN rather than a guess, and never an exception for what a file or a network holds."""


class UnknownRevocation:
    """The honest source of a facility that has none."""

    def status(self, _certificate: x509.Certificate, _issuer: x509.Certificate, _now: datetime) -> Revocation:
        """Always UNKNOWN."""
        return Revocation.UNKNOWN


@dataclass(slots=True)
class _List:
    stamp: tuple[int, int]
    crl: x509.CertificateRevocationList | None
    signed_by: dict[bytes, bool] = field(default_factory=dict)


class CrlFileSource:
    """Revocation lists (``*.crl``, DER or PEM, RFC 5280) in one folder, read again when a file changes.

    A list counts only if the certificate's own issuer signed it, if it covers the certificate, and while it
    is fresh: after its next update is due the answer is UNKNOWN, also for a certificate that it names.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lists: dict[Path, _List] = {}

    def status(self, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Revocation:
        """What the newest list that counts says; UNKNOWN where none does."""
        answers = [
            answer
            for entry in self._refresh()
            if (answer := _answer(entry, certificate, issuer, now)) is not None
        ]
        return max(answers)[1] if answers else Revocation.UNKNOWN

    def _refresh(self) -> Iterator[_List]:
        try:
            paths = sorted(self._directory.glob("*.crl"))
        except OSError:
            paths = []
        self._lists = {path: self._lists[path] for path in paths if path in self._lists}
        for path in paths:
            try:
                status = path.stat()
                stamp = (status.st_mtime_ns, status.st_size)
                if path not in self._lists or self._lists[path].stamp != stamp:
                    self._lists[path] = _List(stamp, _load(path, status.st_size))
                yield self._lists[path]
            except OSError as error:
                _log.warning("revocation list %s: %s", path.name, type(error).__name__)


def _answer(
    entry: _List, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime
) -> tuple[datetime, Revocation] | None:
    """When a list was made and what it says; None where it may not speak. Of two made at once, REVOKED is the
    greater word."""
    crl = entry.crl
    try:
        if crl is None or not _is_fresh(crl, now) or not _signed(entry, crl, issuer):
            return None
        if not _covers(crl, certificate):
            return None
        named = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        return crl.last_update_utc, Revocation.GOOD if named is None else Revocation.REVOKED
    except PARSER_ERRORS as error:
        _log.warning("revocation list: %s", type(error).__name__)
        return None


def _load(path: Path, size: int) -> x509.CertificateRevocationList | None:
    if size > MAX_LIST:
        _log.warning("revocation list %s: %d bytes are too many", path.name, size)
        return None
    data = path.read_bytes()
    load: Callable[[bytes], x509.CertificateRevocationList] = (
        x509.load_pem_x509_crl if data.lstrip().startswith(b"-----BEGIN") else x509.load_der_x509_crl
    )
    try:
        return load(data)
    except PARSER_ERRORS as error:
        _log.warning("revocation list %s: %s", path.name, type(error).__name__)
        return None


def _is_fresh(crl: x509.CertificateRevocationList, now: datetime) -> bool:
    return crl.next_update_utc is not None and crl.last_update_utc <= now <= crl.next_update_utc


def _signed(entry: _List, crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    fingerprint = issuer.fingerprint(hashes.SHA256())
    if fingerprint not in entry.signed_by:
        entry.signed_by[fingerprint] = _signature_holds(crl, issuer)
    return entry.signed_by[fingerprint]


def _signature_holds(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    if crl.issuer != issuer.subject or not isinstance(key, RSAPublicKey):
        return False
    try:
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return usage.crl_sign and crl.is_signature_valid(key)


def _covers(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether silence of this list means that the certificate is good. A list for some reasons only, a delta,
    or one for other distribution points does not tell."""
    point: x509.IssuingDistributionPoint | None = None
    for extension in crl.extensions:
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            point = extension.value
        elif extension.critical and not isinstance(extension.value, _UNDERSTOOD):
            return False
    if point is None:
        return True
    if point.only_contains_ca_certs or point.only_contains_attribute_certs or point.indirect_crl:
        return False
    if point.only_some_reasons or point.relative_name:
        return False
    return point.full_name is None or bool(set(point.full_name) & _distribution_points(certificate))


def _distribution_points(certificate: x509.Certificate) -> set[x509.GeneralName]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return set()
    return {name for point in points for name in point.full_name or ()}
