"""Ways to a simulated card: straight through memory, or through PC/SC's virtual reader."""
