"""Reads the printed front of a card that is held before a camera: what 照合番号B is made of, and nothing else."""
