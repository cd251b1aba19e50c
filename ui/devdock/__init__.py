"""The developer's panel beside a simulated kiosk: people and their cards, faults, time, and what happens. README.md."""
