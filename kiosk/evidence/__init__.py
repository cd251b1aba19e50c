"""The rule book: why a visit cannot go on electronically. Documents and their order of acceptance join it here."""
