"""``uketsuke face``: how often the face check errs on one's own pictures, and whether it could run here."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from drivers.confined.files import models_dir
from drivers.face.rules import LOWEST_THRESHOLD
from drivers.face.weights import Weights, listed, load
from ui.cli.problem import Problem

_NO_OPENCV = "OpenCV is not installed. Run make setup-camera."


def add(name: str, commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help="the face check: how often it errs, and whether it runs"
    )
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="WHAT")
    evaluate = kinds.add_parser(
        "evaluate",
        help="error rates on a folder of one's own pairs",
        description="Compares the pairs of a list (CSV: a,b,same and, if known, person_a,person_b). Writes nothing.",
    )
    evaluate.add_argument("folder", type=Path, metavar="DIR", help="where the pictures are")
    evaluate.add_argument(
        "--pairs", type=Path, required=True, metavar="CSV", help="which pictures to compare"
    )
    evaluate.add_argument(
        "--threshold",
        type=float,
        action="append",
        metavar="T",
        help="instead of the usual ones; can be repeated",
    )
    check = kinds.add_parser("check", help="whether the networks are there, right, and load")
    for kind in (evaluate, check):
        kind.add_argument("--models", type=Path, metavar="DIR", help="where the networks are")
        kind.add_argument("--json", action="store_true")
    parser.set_defaults(act=run)


def run(options: argparse.Namespace) -> int:
    return _evaluate(options) if options.kind == "evaluate" else _check(options)


def _networks(folder: Path | None) -> Any:
    weights = load(models_dir(folder))
    if not isinstance(weights, Weights):
        raise Problem(weights.detail)
    try:
        from drivers.face import networks
    except ImportError:
        raise Problem(_NO_OPENCV) from None
    try:
        return networks.Networks(weights)
    except ImportError:
        raise Problem(_NO_OPENCV) from None
    except networks.WeightsRefused as refused:
        raise Problem(str(refused)) from None


def _evaluate(options: argparse.Namespace) -> int:
    networks = _networks(options.models)
    from drivers.face import evaluating

    thresholds = options.threshold or evaluating.THRESHOLDS
    pairs = evaluating.read_pairs(options.pairs, options.folder)
    report = evaluating.report(evaluating.evaluate(networks, pairs), thresholds)
    print(json.dumps(report, ensure_ascii=False, indent=1) if options.json else _table(report))
    return 0


def _table(report: dict[str, Any]) -> str:
    pairs, failed = report["pairs"], report["failure_to_enrol"]
    lines = [
        f"{report['pictures']} pictures, {failed['errors']} without a usable face; "
        f"{pairs['genuine']} pairs of one person, {pairs['impostor']} of two; "
        f"not compared: {pairs['not_compared']['genuine']} and {pairs['not_compared']['impostor']}",
        "",
        f"{'threshold':>9}  {'FNMR [95 %]':32}  {'FMR [95 %]':32}",
    ]
    for row in report["thresholds"]:
        low = "  below what settings may name" if row["threshold"] < LOWEST_THRESHOLD else ""
        lines.append(
            f"{row['threshold']:9.3f}  {_rate(row['fnmr']):32}  {_rate(row['fmr']):32}{low}".rstrip()
        )
    lines += ["", report["intervals"]]
    return "\n".join(lines)


def _rate(shown: dict[str, Any]) -> str:
    if shown["rate"] is None:
        return "no such pairs"
    text = f"{shown['rate']:.4g} [{shown['low']:.2g}, {shown['high']:.2g}]"
    if shown["by_people"]:
        low, high = shown["by_people"]
        text += f" people [{low:.2g}, {high:.2g}]"
    return text


def _check(options: argparse.Namespace) -> int:
    _networks(options.models)
    import cv2

    files = [{"name": one.name, "sha256": one.sha256, "licence": one.licence} for one in listed()]
    if options.json:
        print(json.dumps({"opencv": cv2.__version__, "networks": files}))
    else:
        print(f"OpenCV {cv2.__version__} loads both networks:")
        print("\n".join(f"  {one['name']} ({one['licence']}) sha256 {one['sha256']}" for one in files))
    return 0
