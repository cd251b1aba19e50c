"""Invented patients as data files."""
