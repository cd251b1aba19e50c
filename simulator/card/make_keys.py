"""Adds keys to ``keys.json`` for personas that have none yet: ``python -m simulator.card.make_keys``."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

from simulator.card.keys import AUTHORITIES, BITS, EXPONENT, PERSONA_KEYS, SPARE
from simulator.people import identifiers


def _generate() -> str:
    numbers = rsa.generate_private_key(EXPONENT, BITS).private_numbers()
    half = BITS // 16
    return base64.b64encode(numbers.p.to_bytes(half, "big") + numbers.q.to_bytes(half, "big")).decode()


def complete(file: Path, persona_ids: list[str]) -> None:
    """Brings the file up to date: keys of unknown owners go, missing ones are made."""
    owners = [*persona_ids, *(f"spare{number}" for number in range(SPARE))]
    wanted = [f"authority/{name}" for name in AUTHORITIES]
    wanted += [f"{owner}/{name}" for owner in sorted(owners) for name in PERSONA_KEYS]
    kept: dict[str, str] = json.loads(file.read_text("ascii"))["keys"] if file.exists() else {}
    content = {
        "notice": "Simulated keys, published on purpose. They belong to invented people and protect nothing.",
        "keys": {name: kept.get(name) or _generate() for name in wanted},
    }
    file.write_text(json.dumps(content, indent=0) + "\n", "ascii")


if __name__ == "__main__":
    complete(Path(__file__).with_name("keys.json"), list(identifiers()))
