"""The facility's own patients: import, matching, retention. README.md tells the rules."""
