"""The command ``uketsuke`` in a world of other faces and numbers: ``python -m tests.support.exchanged_command own|other
ARGUMENTS``."""

from __future__ import annotations

import sys

from tests.support.other_people import drawn, drawn_anew, other_people
from ui.cli import main

if __name__ == "__main__":
    other = sys.argv[1] == "other"
    with other_people(drawn_anew if other else drawn, others_number=other):
        sys.exit(main(sys.argv[2:]))
