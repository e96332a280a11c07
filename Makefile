# Each target sets up .venv first when it is missing or stale. Nothing outside this folder is changed.
PYTHON ?= python3
BIN = .venv/bin
READY = .venv/ready

.PHONY: run demo test check bench bench-long screenshots rehearsals

run: $(READY)
	$(BIN)/brushloop

demo: $(READY)
	$(BIN)/brushloop demo

test: $(READY)
	$(BIN)/python -m pytest -n 2

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python -m tests.benchmarks

# make bench-long DATA=DIR SETS="drive retinas" MINUTES=20: the sets of DIR, resumable
bench-long: $(READY)
	@test -n "$(DATA)" || { echo "Say where the labelled sets are: make bench-long DATA=DIR"; exit 1; }
	$(BIN)/python -m tests.benchmarks.long "$(DATA)" $(SETS) --minutes $(or $(MINUTES),20)

# make rehearsals DATA=DIR OPTIONS="--minutes 3 --seeds 0 1 2": a table of the sets of DIR that grows from call to call
rehearsals: $(READY)
	@test -n "$(DATA)" || { echo "Say where the labelled sets are: make rehearsals DATA=DIR"; exit 1; }
	$(BIN)/python -m tests.benchmarks.rehearsals "$(DATA)" $(OPTIONS)

screenshots: $(READY)
	$(BIN)/python -m tests.screenshots docs/screenshots

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
		|| { echo "Brushloop needs Python 3.11 to 3.13: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv is missing: sudo apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)
