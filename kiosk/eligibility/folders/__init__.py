"""The exchange by files in shared folders."""

from kiosk.eligibility.folders.service import FolderService
from kiosk.eligibility.folders.settings import FolderSettings, Oddity, Report, Reporter

__all__ = ["FolderService", "FolderSettings", "Oddity", "Report", "Reporter"]
