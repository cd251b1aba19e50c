"""People, cards, readers and a national system that do not exist, but behave as the real ones do."""
