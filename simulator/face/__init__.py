"""A face check that follows a script. See README.md."""
