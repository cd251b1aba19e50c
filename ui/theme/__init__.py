"""Colours, sizes and fonts of every screen. See README.md in this folder."""
