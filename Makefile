# Each target sets up what it needs; set-up is quick when all is there.
.PHONY: setup setup-run setup-camera setup-ocr setup-nfc run test check bench bench-face bench-hub hub docs pictures prove clean
PY := .venv/bin/python
MINUTES ?= 10
JOBS ?= 2

setup:
	@bash packaging/setup/setup.sh dev

setup-run:
	@bash packaging/setup/setup.sh run

# A kiosk with a camera: OpenCV and the networks of the face check as well.
setup-camera:
	@bash packaging/setup/setup.sh camera

# One whose camera reads the card's front, too: ONNX Runtime and its networks.
setup-ocr:
	@bash packaging/setup/setup.sh ocr

# One with a contactless reader that speaks no PC/SC: nfcpy, beside whatever is installed already.
setup-nfc:
	@bash packaging/setup/setup.sh nfc

run: setup-run
	@.venv/bin/uketsuke run

test: setup
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest -n $(JOBS) --dist loadfile

check: setup
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/vulture
	@$(PY) -m kiosk.visit.diagram | diff -u docs/visit.md - || { echo "docs/visit.md is not up to date: make docs"; exit 1; }
	@$(PY) -m kiosk.evidence.publish | diff -u docs/rules.md - || { echo "docs/rules.md is not up to date: make docs"; exit 1; }

bench: setup
	@QT_QPA_PLATFORM=offscreen $(PY) -m tests.bench

# The face check on the photographs of packages: who is taken for whom, how quickly, and which attacks get through.
bench-face: setup
	@$(PY) -m tests.bench.face

# A hundred terminals on one PostgreSQL that is killed twenty times: MINUTES=n, ten of them by default.
bench-hub: setup
	@$(PY) -m tests.bench.hub --minutes $(MINUTES)

# A PostgreSQL with a hub to try, until Ctrl-C.
hub: setup
	@$(PY) -m tests.support.try_hub

# The documents that are drawn from the code.
docs: setup
	@$(PY) -m kiosk.visit.diagram > docs/visit.md
	@$(PY) -m kiosk.evidence.publish > docs/rules.md

# The pictures of the documents, photographed from the running program.
pictures: setup
	@$(PY) packaging/pictures.py docs/pictures

prove: setup
	@$(PY) -m ui.cli soak --visits $$(( $(MINUTES) * 50000 )) --seed 1 --json

clean:
	rm -rf build dist out .mypy_cache .ruff_cache .pytest_cache .hypothesis
