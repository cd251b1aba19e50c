"""Encrypted files on this machine and their keys: what ledger, patients, accounts and outbox share."""
