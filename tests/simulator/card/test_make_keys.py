"""Keys are added for new personas and never changed for old ones."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from simulator.card import make_keys
from simulator.people import identifiers


def test_a_new_persona_gets_keys_and_the_others_keep_theirs(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(files("simulator.card").joinpath("keys.json").read_text("ascii"), "ascii")
    before = json.loads(file.read_text("ascii"))["keys"]
    make_keys.complete(file, [*identifiers(), "somebody_new"])
    after = json.loads(file.read_text("ascii"))["keys"]
    assert set(after) - set(before) == {f"somebody_new/{name}" for name in ("auth", "sign", "face")}
    assert {name: after[name] for name in before} == before


def test_the_stored_keys_are_complete(tmp_path: Path) -> None:
    stored = Path(str(files("simulator.card").joinpath("keys.json")))
    copy = tmp_path / "keys.json"
    copy.write_bytes(stored.read_bytes())
    make_keys.complete(copy, list(identifiers()))
    assert copy.read_bytes() == stored.read_bytes()
