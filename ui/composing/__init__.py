"""What the settings choose, part by part. `ui/compose.py` and `ui/compose_staff.py` put the parts together."""
