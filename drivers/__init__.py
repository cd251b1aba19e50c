"""Hardware behind small interfaces. Knows nothing of insurance."""
