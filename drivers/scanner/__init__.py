"""Codes on papers: read from pictures, and cameras that give the pictures."""
