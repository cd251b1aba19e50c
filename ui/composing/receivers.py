"""The receivers of the hand-off, as the settings name them."""

from __future__ import annotations

from kiosk.eligibility.https import TlsSettings, TlsSettingsError, tls_context
from kiosk.handoff.carrier import Carrier
from kiosk.handoff.csv_rows import CsvRows
from kiosk.handoff.fhir_bundle import FhirBundle
from kiosk.handoff.folder import FolderCarrier
from kiosk.handoff.https_post import HttpsCarrier, SecretError, load_secret
from kiosk.handoff.parcel import Form
from kiosk.handoff.queue_json import QueueJson
from kiosk.handoff.receiver import Receiver
from kiosk.handoff.xml import OqsXml
from ui.settings import Receiver as Wanted
from ui.settings import Settings


def receivers_of(settings: Settings) -> list[Receiver]:
    """Raises ``SettingsError`` for a certificate or a secret that cannot be used."""
    return [
        Receiver(
            name=wanted.name,
            form=_form(settings, wanted),
            carrier=_carrier(settings, wanted, f"handoff.receivers[{place}]"),
            takes_simulated=wanted.simulated,
        )
        for place, wanted in enumerate(settings.handoff.receivers)
    ]


def _form(settings: Settings, wanted: Wanted) -> Form:
    code = settings.facility.medical_institution_code
    match wanted.format:
        case "oqs_xml":
            return OqsXml(medical_institution_code=code, file_name=wanted.file_name)
        case "fhir":
            return FhirBundle(facility=settings.facility.name, medical_institution_code=code)
        case "csv":
            return CsvRows(header=wanted.header, encoding=wanted.encoding)
        case "json":
            return QueueJson()


def _carrier(settings: Settings, wanted: Wanted, place: str) -> Carrier:
    if wanted.folder is not None:
        return FolderCarrier(wanted.folder)
    tls = wanted.tls
    if tls is None:
        raise settings.wrong(f"{place}.tls", "needed for url")
    try:
        context = tls_context(
            TlsSettings(authorities=tls.authorities, certificate=tls.certificate, key=tls.key)
        )
        secret = load_secret(wanted.secret_file) if wanted.secret_file is not None else None
    except TlsSettingsError as error:
        raise settings.wrong(f"{place}.tls", str(error)) from None
    except SecretError as error:
        raise settings.wrong(f"{place}.secret_file", str(error)) from None
    return HttpsCarrier(
        wanted.url,
        context,
        secret=secret,
        conflict_taken=wanted.format == "json",
        deadline_s=wanted.deadline_s,
    )
