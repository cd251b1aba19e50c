"""How fast it is: every target beside its floor, measured in the same run. ``make bench``; nothing here is a test."""
