"""Who answers whether somebody is insured."""

from __future__ import annotations

from contextlib import ExitStack

from kiosk.coverage.services import Capability
from kiosk.eligibility.port import EligibilityService
from ui.composing.clock import now
from ui.composing.exchange import face_readers_of, folder_service
from ui.composing.simulated import Simulated
from ui.settings import Settings


def service_of(settings: Settings, simulated: Simulated | None, undo: ExitStack) -> EligibilityService:
    """A line of its own to whoever answers; ``undo`` ends what was started for it."""
    wanted = settings.eligibility
    match wanted.kind:
        case "simulated":
            if simulated is None:
                raise settings.wrong("eligibility.kind", "the simulated system in a production profile")
            return _simulated_service(simulated, undo)
        case "oqs_folder":
            return folder_service(settings)
        case "oqs_web_api":
            return _web_api_service(settings)
        case "none":
            from kiosk.eligibility.refusing import Refusing

            return Refusing()


def capabilities_of(settings: Settings) -> frozenset[Capability]:
    """What the settings' service can carry, told without starting it."""
    wanted = settings.eligibility
    if wanted.kind == "simulated":
        from kiosk.eligibility.simulated_system import CAPABILITIES

        return CAPABILITIES
    by_numbers = {Capability.BY_NUMBERS} if wanted.kind in ("oqs_folder", "oqs_web_api") else set()
    face = {Capability.FACE_RESULT} if wanted.kind == "oqs_folder" and face_readers_of(settings) else set()
    return frozenset(by_numbers | face)


def _simulated_service(simulated: Simulated, undo: ExitStack) -> EligibilityService:
    """The simulated national system behind its own HTTPS service on this machine, asked as if it were far away."""
    from kiosk.eligibility.simulated_system import SimulatedSystemService
    from simulator.national.faults import Faults
    from simulator.national.service import serve
    from simulator.national.system import NationalSystem
    from simulator.people import everyone

    simulated.national = NationalSystem(everyone(), now)
    simulated.faults = Faults()
    served = undo.enter_context(serve(simulated.national, simulated.faults))
    return SimulatedSystemService(served.base_url, served.tls)


def _web_api_service(settings: Settings) -> EligibilityService:
    from kiosk.eligibility.https import TlsSettings, TlsSettingsError
    from kiosk.eligibility.web_api import WebApiService, WebApiSettings

    wanted = settings.eligibility
    if wanted.tls is None:
        raise settings.wrong("eligibility.tls", "needed for the web API")
    token_file = wanted.token_file

    def token() -> str:
        return token_file.read_text(encoding="ascii").strip() if token_file is not None else ""

    try:
        return WebApiService(
            WebApiSettings(
                base_url=wanted.url,
                medical_institution_code=settings.facility.medical_institution_code,
                tls=TlsSettings(
                    authorities=wanted.tls.authorities, certificate=wanted.tls.certificate, key=wanted.tls.key
                ),
            ),
            token,
        )
    except TlsSettingsError as error:
        raise settings.wrong("eligibility.tls", str(error)) from None
