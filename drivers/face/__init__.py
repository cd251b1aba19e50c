"""Is the person before the camera the one whose photograph the card carries, and is it a person? README.md tells how
that is judged, how well, and what it does not show."""
