"""docs/traceability.md: every answer of the founding documents is proven, or does not concern a reception."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "traceability.md"
HERE = Path(__file__).parent.relative_to(ROOT)
ROW = re.compile(r"\| (S[0-4][^|]*?) \| ([^|]+) \| (.+) \|")
NAMED = re.compile(r"`([^`]+\.py)::(\w+)`")

ANSWERS = (
    ["S0 cards", "S0 list 1-8", "S0 deregistration"]
    + [f"S0 old card Q{n}" for n in range(1, 6)]
    + [f"S0 card Q{n}" for n in range(1, 7)]
    + [f"S0 certificate Q{n}" for n in range(1, 8)]
    + [f"S1#{n}" for n in range(1, 12)]
    + [f"S1#12{mark}" for mark in "①②③④⑤"]
    + [f"S1#{n}" for n in range(13, 16)]
    + ["S2 1(1)", "S2 1(2)", "S2 2(1)", "S2 2(2)", "S2 table", "S2 schedule"]
    + ["S3 はじめに", *(f"S3 §{n}" for n in range(1, 9))]
    + [f"S4#{n}" for n in range(1, 34)]
)


def rows() -> list[tuple[str, str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [(match[1], match[3]) for line in lines if (match := ROW.fullmatch(line))]


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_answer_has_its_line_in_order_and_none_twice() -> None:
    assert [answer for answer, _ in rows()] == ANSWERS


def test_an_answer_names_its_tests_or_why_it_has_none() -> None:
    for answer, proof in rows():
        if proof.startswith("– "):
            assert len(proof) > 10, answer
            assert not NAMED.search(proof), answer
        else:
            assert not NAMED.sub("", proof).strip(), answer


def test_every_named_test_exists() -> None:
    named = [(answer, *found) for answer, proof in rows() for found in NAMED.findall(proof)]
    assert named
    for answer, file, test in named:
        path = ROOT / (file if "/" in file else HERE / file)
        assert test.startswith("test_"), answer
        assert path.is_file(), (answer, file)
        assert test in functions_of(path), (answer, f"{file}::{test}")


def test_every_test_of_a_source_is_named() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for file in ("test_sources_S0_to_S3.py", "test_source_S4.py"):
        for test in functions_of(ROOT / HERE / file):
            assert f"::{test}`" in page or not re.match(r"test_S\d", test), test
