"""The settings file (TOML): what this facility has, and how this terminal stands in it.

Every field has a default that gives the simulated kiosk. A wrong word is an error that names its place. A relative
path begins at the settings file's own folder.
"""

from ui.settings.devices import Camera, Card, Face, Papers, Reader, Scanner, Screen, Ticket
from ui.settings.facility import Consent, Facility, Limits, Line, Rule
from ui.settings.model import Settings
from ui.settings.part import SettingsError, Tls
from ui.settings.reading import load_settings, read_settings
from ui.settings.records import Accounts, LedgerPart, Log, Patients
from ui.settings.services import Eligibility, Handoff, HubPart, Receiver, Recheck
from ui.settings.staff import Staff

__all__ = [
    "Accounts", "Camera", "Card", "Consent", "Eligibility", "Face", "Facility", "Handoff", "HubPart", "LedgerPart",
    "Limits", "Line", "Log", "Papers", "Patients", "Reader", "Receiver", "Recheck", "Rule", "Scanner", "Screen",
    "Settings", "SettingsError", "Staff", "Ticket", "Tls", "load_settings", "read_settings",
]  # fmt: skip
