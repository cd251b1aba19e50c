"""Hardware-facing talk with the My Number Card: bytes become values here."""
