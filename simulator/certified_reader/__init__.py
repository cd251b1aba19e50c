"""A simulated certified face-recognition reader, with its own screens and the files that it leaves."""

from simulator.certified_reader.reader import CertifiedReader, Session, Use
from simulator.certified_reader.writing import Drop, Written

__all__ = ["CertifiedReader", "Drop", "Session", "Use", "Written"]
