"""The exchange by files in shared folders."""

from kiosk.eligibility.folders.service import FolderService
from kiosk.eligibility.folders.settings import (
    FaceReader,
    FolderSettings,
    MethodPlace,
    Oddity,
    Report,
    Reporter,
)

__all__ = ["FaceReader", "FolderService", "FolderSettings", "MethodPlace", "Oddity", "Report", "Reporter"]
