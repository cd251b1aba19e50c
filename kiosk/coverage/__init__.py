"""Insurers, qualification, certificate life and ages. Pure."""
