"""The exchange folders, and the certified readers that leave their results in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from ui.settings import Settings

if TYPE_CHECKING:
    from kiosk.eligibility.folders.service import FolderService
    from kiosk.eligibility.folders.settings import FaceReader, MethodPlace, Report

_log = structlog.get_logger(__name__)


def folder_service(settings: Settings) -> FolderService:
    from kiosk.eligibility.folders.service import FolderService
    from kiosk.eligibility.folders.settings import FolderSettings

    wanted = settings.eligibility
    if wanted.request_folder is None or wanted.answer_folder is None:
        raise settings.wrong("eligibility", "request_folder and answer_folder are needed")
    return FolderService(
        FolderSettings(
            request_folder=wanted.request_folder,
            answer_folder=wanted.answer_folder,
            face_readers=face_readers_of(settings),
            face_method=_method_of(settings),
            dedicated_face_folder=wanted.face_folder_is_ours,
            medical_institution_code=settings.facility.medical_institution_code,
            encoding=wanted.encoding,
        ),
        report=_report_oddity,
    )


def face_readers_of(settings: Settings) -> tuple[FaceReader, ...]:
    """The certified readers whose results this terminal picks up."""
    from kiosk.eligibility.folders.settings import FaceReader

    wanted = settings.eligibility
    readers = [
        FaceReader(folder=folder, desk=reader.desk, name=reader.name)
        for reader in wanted.face_readers
        if (folder := reader.folder or wanted.face_folder) is not None
    ]
    if not readers and wanted.face_folder is not None:
        readers = [FaceReader(folder=wanted.face_folder, desk=settings.terminal)]
    return tuple(readers)


def _method_of(settings: Settings) -> MethodPlace | None:
    from kiosk.coverage.face_result import Method
    from kiosk.eligibility.folders.settings import MethodPlace

    wanted = settings.eligibility.face_method
    if wanted is None:
        return None
    return MethodPlace(
        element=wanted.element, codes={code: Method(means) for code, means in wanted.codes.items()}
    )


def _report_oddity(report: Report) -> None:
    """Not the file's name: it may be another program's, and about a patient."""
    _log.warning("exchange.oddity", oddity=report.oddity, detail=report.detail)
