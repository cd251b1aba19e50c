#!/usr/bin/env bash
# Sets up everything a fresh Debian 12 needs: system packages, .venv from hash-locked requirements, fonts.
# usage: setup.sh run|camera|ocr|nfc|dev     Safe to call again: what is there is left alone.
# camera: as run, with OpenCV and the networks of the face check. ocr: as camera, with what reads the card's front.
# nfc: as run, with nfcpy for contactless readers without PC/SC. dev: as ocr and nfc, with tools and what tests need.
set -euo pipefail
cd "$(dirname "$0")/../.."
kind="${1:-run}"
here=packaging/setup
say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 2; }

case "$kind" in
  run | camera | ocr | nfc) groups_wanted="run build" ;;
  dev) groups_wanted="run build test" ;;
  *) die "usage: setup.sh run|camera|ocr|nfc|dev" ;;
esac

wanted_packages() {
  awk -v groups="$groups_wanted" '
    /^#/ || /^$/ { next }
    /^\[/ { gsub(/[][]/, ""); on = index(" " groups " ", " " $0 " "); next }
    on { print }' "$here/system-packages.txt"
}

install_system_packages() {
  local missing=() package
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "this is not Debian: install the equivalents of $here/system-packages.txt yourself; going on"
    return
  fi
  while read -r package; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done < <(wanted_packages)
  [ "${#missing[@]}" -eq 0 ] && return
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo)
    elif command -v sudo >/dev/null && [ -t 0 ]; then as_root=(sudo)
    else die "system packages are missing and neither root nor sudo is here. Ask an administrator to run
  apt-get install --no-install-recommends ${missing[*]}
and call this again; nothing else needs an administrator."
    fi
  fi
  say "installing system packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  # The reader service belongs to the machine's administrator; a socket-activated pcscd starts by itself when needed.
}

mark_of() { sha256sum "$1" requirements/build.txt pyproject.toml | sha256sum | cut -c1-64; }

install_python_packages() {
  local python lock=requirements/run.txt stamp=.venv/.setup-stamp mark
  if [ "$kind" != run ]; then lock="requirements/$kind.txt"; fi
  python="${PYTHON:-python3}"
  "$python" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null \
    || die "Python 3.11 or newer is needed; '$python' is older or not there. Set PYTHON=/path/to/python3.11"
  mark="$(mark_of "$lock")"
  # A development environment already holds everything that running needs; one with a camera, all that one without does.
  local enough=(-e "$mark" -e "$(mark_of requirements/dev.txt)")
  if [ "$kind" = run ] || [ "$kind" = camera ]; then enough+=(-e "$(mark_of requirements/ocr.txt)"); fi
  if [ "$kind" = run ]; then
    enough+=(-e "$(mark_of requirements/camera.txt)" -e "$(mark_of requirements/nfc.txt)")
  fi
  if [ -f "$stamp" ] && grep -qx "${enough[@]}" "$stamp"; then return; fi
  say "installing Python packages from $lock"
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
  # Twice quiet: setuptools warns of every editable installation. Errors still show.
  .venv/bin/python -m pip install -qq --disable-pip-version-check --no-build-isolation --no-deps -e .
  printf '%s\n' "$mark" > "$stamp"
}

install_fonts() {
  local target=build/fonts line sum path
  mkdir -p "$target"
  while read -r sum path; do
    case "$sum" in ''|'#'*) continue ;; esac
    line="$target/$(basename "$path")"
    if [ -f "$line" ] && printf '%s  %s\n' "$sum" "$line" | sha256sum --check --status; then continue; fi
    [ -f "$path" ] || die "font $path is missing: install the Debian font packages of $here/system-packages.txt"
    printf '%s  %s\n' "$sum" "$path" | sha256sum --check --status \
      || die "font $path is not the version this program was checked with (sha256 differs)"
    cp "$path" "$line"
  done < "$here/fonts.sha256"
}

# Single files out of packages, by hash: the face check's networks, and the photographs that judge them in tests.
take_files() {
  local lists=()
  case "$kind" in camera | ocr | dev) lists+=(drivers/face/models.toml) ;; esac
  case "$kind" in ocr | dev) lists+=(drivers/front/models.toml) ;; esac
  if [ "$kind" = dev ]; then lists+=(packaging/setup/pictures.toml); fi
  if [ "${#lists[@]}" -gt 0 ]; then .venv/bin/python packaging/take.py "${lists[@]}"; fi
}

install_system_packages
install_python_packages
install_fonts
take_files
