"""Printers: the system's queue, or a folder."""

from drivers.printer.file import FilePrinter
from drivers.printer.lp import LpPrinter

__all__ = ["FilePrinter", "LpPrinter"]
