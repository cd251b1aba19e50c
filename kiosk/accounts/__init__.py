"""The staff of a reception desk: accounts, roles, signing in, sessions, break-glass. README.md tells the rules."""
