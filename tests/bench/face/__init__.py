"""What the face check takes, finds and misses, on the photographs that packages carry."""
