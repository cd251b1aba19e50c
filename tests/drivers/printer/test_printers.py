"""Printers take a document or say why not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from drivers.interface import Failure, Fault, Printer
from drivers.printer import FilePrinter, LpPrinter

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 300


def fake_lp(folder: Path, script: str) -> str:
    path = folder / "lp"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def fault(result: Failure | None) -> Fault:
    assert result is not None
    return result.fault


def test_the_queue_gets_name_title_and_the_document_through_a_pipe(tmp_path: Path) -> None:
    command = fake_lp(tmp_path, f'printf "%s|" "$@" > {tmp_path}/arguments; cat > {tmp_path}/document')
    printer: Printer = LpPrinter("Reception", command=command)
    assert printer.print_pdf("受付票 A-017; rm -rf", PDF) is None
    assert (tmp_path / "arguments").read_text() == "-d|Reception|-t|受付票 A-017; rm -rf|-|"
    assert (tmp_path / "document").read_bytes() == PDF


def test_without_a_name_the_default_printer_is_meant(tmp_path: Path) -> None:
    command = fake_lp(tmp_path, f'printf "%s|" "$@" > {tmp_path}/arguments; cat > /dev/null')
    assert LpPrinter(command=command).print_pdf("x", PDF) is None
    assert (tmp_path / "arguments").read_text() == "-t|x|-|"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("lp: The printer or class does not exist.", Fault.PRINTER_GONE),
        ("lp: Destination 'x' is not accepting jobs.", Fault.PRINTER_GONE),
        ("lp: Error - no default destination available.", Fault.PRINTER_GONE),
        ("lp: Error - scheduler not responding.", Fault.SERVICE_GONE),
        ("lp: Unable to connect to server", Fault.SERVICE_GONE),
        ("", Fault.PRINTER_GONE),
    ],
)
def test_a_refusal_is_told_by_its_message(tmp_path: Path, message: str, expected: Fault) -> None:
    command = fake_lp(tmp_path, f'cat > /dev/null; echo "{message}" >&2; exit 1')
    result = LpPrinter(command=command).print_pdf("x", PDF)
    assert fault(result) is expected
    assert result is not None
    assert message in result.detail


def test_a_queue_that_reads_nothing_and_refuses_is_a_failure_too(tmp_path: Path) -> None:
    command = fake_lp(tmp_path, "exit 1")
    assert fault(LpPrinter(command=command).print_pdf("x", PDF * 10)) is Fault.PRINTER_GONE


def test_a_queue_that_does_not_answer_is_timed_out(tmp_path: Path) -> None:
    command = fake_lp(tmp_path, "exec sleep 30")
    assert fault(LpPrinter(command=command, timeout_s=0.2).print_pdf("x", PDF)) is Fault.TIMED_OUT


def test_a_machine_without_cups_says_so(tmp_path: Path) -> None:
    assert fault(LpPrinter(command=str(tmp_path / "absent")).print_pdf("x", PDF)) is Fault.SERVICE_GONE


def test_a_folder_gets_numbered_whole_documents(tmp_path: Path) -> None:
    folder = tmp_path / "printed"
    printer: Printer = FilePrinter(folder)
    assert printer.print_pdf("受付票", PDF) is None
    assert FilePrinter(folder).print_pdf("../../etc/passwd", b"second") is None
    assert printer.print_pdf("", b"third") is None
    assert sorted(os.listdir(folder)) == ["0001-受付票.pdf", "0002-etc_passwd.pdf", "0003-document.pdf"]
    assert (folder / "0001-受付票.pdf").read_bytes() == PDF


def test_a_folder_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "printed").write_text("a file is in the way")
    assert fault(FilePrinter(tmp_path / "printed").print_pdf("x", PDF)) is Fault.PRINTER_GONE
