# Each target builds what it needs; Python 3.11 or later and make are enough.
# A target does again only what its files ask for: the stamps lie in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --require-hashes --timeout 120
CODE := ingest search api tests bench
# One process for each core; `make test PYTEST_ARGS=-x` and the like replace it.
PYTEST_ARGS ?= -n auto --maxprocesses 4

.PHONY: help setup up test check audit bench lock clean

help:
	@echo "make setup   build .venv with the command $(BIN)/hustings"
	@echo "make up      sync and serve on http://127.0.0.1:8000"
	@echo "make test    run the tests"
	@echo "make check   run the linter, the type checker and the dependency audit"
	@echo "make bench   measure speed and quality"
	@echo "make lock    choose the newest dependencies and write the lock files"
	@echo "make clean   remove everything that the targets built"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Hustings needs Python 3.11 or later; name one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The project itself goes in without dependencies and without a build environment of its own, so that
# nothing is installed that the lock does not name.
$(VENV)/.setup: requirements.txt pyproject.toml | $(BIN)/python
	$(INSTALL) -r requirements.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.setup-dev: requirements-dev.txt $(VENV)/.setup
	$(INSTALL) -r requirements-dev.txt
	@touch $@

setup: $(VENV)/.setup

up: setup
	$(BIN)/hustings up

test: $(VENV)/.setup-dev
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(VENV)/.setup-dev
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	bash .ci/audit $(BIN)/pip-audit

bench: $(VENV)/.setup-dev
	$(BIN)/python -m bench

lock:
	bash .ci/lock $(PYTHON)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
