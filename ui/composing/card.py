"""The card reader, and which issuers of cards are believed."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from drivers.card.certificates import Anchor, AnchorError, load_anchors
from drivers.card.issuers import IssuerKeyError, load_issuer_keys
from drivers.card.revocation import CrlFileSource, RevocationSource, UnknownRevocation
from drivers.interface import CardReader
from ui.composing.clock import today
from ui.composing.simulated import Simulated
from ui.settings import Settings


def reader_of(settings: Settings, simulated: Simulated | None) -> CardReader:
    """Raises ``SettingsError`` for a simulated reader in production."""
    if settings.reader.kind == "pcsc":
        from drivers.pcsc.reader import PcscReader

        return PcscReader(settings.reader.name or None, settings.reader.transmit_timeout_s)
    if settings.reader.kind == "nfc":
        from drivers.nfc.reader import NfcReader

        return NfcReader(settings.reader.device, settings.reader.transmit_timeout_s)
    if simulated is None:
        raise settings.wrong("reader.kind", "a simulated reader in a production profile")
    from simulator.links.inprocess import InProcessReader

    simulated.reader = InProcessReader("模擬カードリーダー")
    return simulated.reader


def card_trust(settings: Settings) -> tuple[tuple[Anchor, ...], RevocationSource]:
    """The issuers that are believed, and who tells of revocations, outside a running kiosk."""
    lists = settings.card.revocation_lists
    return anchors_of(settings), CrlFileSource(lists) if lists is not None else UnknownRevocation()


def anchors_of(settings: Settings) -> tuple[Anchor, ...]:
    """The issuers that are believed. Raises ``SettingsError``."""
    if settings.card.anchors is not None:
        try:
            return load_anchors(settings.card.anchors, test=settings.profile == "simulated")
        except (AnchorError, OSError) as error:
            raise settings.wrong("card.anchors", _plain(error)) from None
    if settings.profile == "production":
        raise settings.wrong("card.anchors", "a production terminal believes no simulated issuer")
    from simulator.playing.cast import trust

    return trust()


def revocation_of(settings: Settings, folder: Path) -> RevocationSource:
    """``folder``: where a simulated issuer's lists are published."""
    if settings.card.revocation_lists is not None:
        return CrlFileSource(settings.card.revocation_lists)
    if settings.profile == "production":
        return UnknownRevocation()
    from simulator.people import everyone
    from simulator.playing.cast import publish_revocations

    publish_revocations(folder, everyone(), today())
    return CrlFileSource(folder)


def face_issuers_of(settings: Settings) -> tuple[RSAPublicKey, ...]:
    """Who certifies the signers of cards' faces; nobody, where production names none. Raises ``SettingsError``."""
    if settings.card.face_issuers is not None:
        try:
            return load_issuer_keys(settings.card.face_issuers)
        except (IssuerKeyError, OSError) as error:
            raise settings.wrong("card.face_issuers", _plain(error)) from None
    if settings.profile == "production":
        return ()
    from simulator.playing.cast import face_issuers

    return face_issuers()


def _plain(error: Exception) -> str:
    """An error of the system without the file's name, which the settings' place already tells."""
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
