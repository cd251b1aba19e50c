"""The staff console: board, one visit, signing in, health, report. Dense, and worked by the keyboard alone."""
