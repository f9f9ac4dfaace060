# Two commands matter: `make run` and `make test`. Both set everything up by themselves.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# Some machines switch bytecode off; every start would then compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

# The first interpreter that really is 3.11: PATH first, then Debian's own.
PYTHON ?= $(shell for one in python3.11 /usr/local/bin/python3.11 /usr/bin/python3.11 python3; do \
	"$$one" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && echo "$$one" && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMPS := build/stamps
CATALOGUES := $(wildcard translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)
PSEUDO := translations/en_XA/LC_MESSAGES/messages.mo
FONT_SCRIPT := mentor_desktop/documents/build_fonts.py
DISPLAYED := $(BIN)/python -m tools.display

# An environment whose interpreter has gone is made anew.
$(shell [ ! -e $(VENV) ] || $(BIN)/python -c pass 2>/dev/null || rm -rf $(VENV))

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# ------------------------------------------------------------ set-up

.PHONY: setup
setup: system $(VENV)/.installed $(COMPILED) $(PSEUDO) $(STAMPS)/fonts ## Make .venv with everything in it (system libraries too, as root on Debian)

.PHONY: system
system:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 is needed and was not found on this computer." >&2; exit 1; }
	@$(PYTHON) tools/system_packages.py

$(VENV)/.installed: requirements-dev.lock pyproject.toml | system
	@echo "Setting up $(VENV) with $$($(PYTHON) --version) …"
	@[ -x $(BIN)/python ] || { rm -rf $(VENV); $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q mentor_desktop
	@touch $@

%/LC_MESSAGES/messages.mo: %/LC_MESSAGES/messages.po $(VENV)/.installed
	@$(BIN)/python tools/strings.py compile $< $@

$(PSEUDO): translations/messages.pot tools/pseudo_locale.py $(VENV)/.installed
	@$(BIN)/python tools/pseudo_locale.py translations/messages.pot $(@D)/messages.po
	@$(BIN)/python tools/strings.py compile $(@D)/messages.po $@

$(STAMPS)/fonts: $(FONT_SCRIPT) $(VENV)/.installed
	@$(BIN)/python -m mentor_desktop.documents.build_fonts
	@mkdir -p $(@D) && touch $@

# ------------------------------------------------------------ run

.PHONY: run
run: setup ## Open the demo workshop in the window; without a display, print its papers into build/demo/
	@$(BIN)/python tools/run_demo.py

# ------------------------------------------------------------ test

.PHONY: test
test: setup check pytest smoke ## Run everything that CI runs
	@echo "All of make test is green."

.PHONY: check
check: setup ## Format, lint, layers, types, translations (seconds)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/python tools/strings.py check

# Two runs: most tests draw offscreen, in parallel; the journeys need a real display, alone.
.PHONY: pytest
pytest: setup
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not journey"
	$(DISPLAYED) $(BIN)/python -m pytest -q -m journey

.PHONY: soak
soak: setup ## Kill program and exchange 200 times, walk at random for an hour, then 30 minutes of 200 devices at one server
	MENTOR_KILL_ROUNDS=200 MENTOR_SIMULATION_S=3600 MENTOR_JOURNAL_WALKS=60 \
		QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q -m soak
	MENTOR_LOAD_S=1800 nice -n 5 $(BIN)/python benchmarks/run.py server_load

.PHONY: bench
bench: setup ## Measure each promise of speed beside its floor (ONLY=part-of-a-name for one)
	$(BIN)/python benchmarks/run.py $(ONLY)

# ------------------------------------------------------------ make things

.PHONY: package
package: setup ## Build the packaged program into build/dist/mentor-desktop/
	$(BIN)/python -m installer.build $(PYTHON)

.PHONY: smoke
smoke: package
	$(BIN)/python -m installer.smoke_test

.PHONY: screenshots
screenshots: setup ## Draw every page and print into docs/screenshots/ (ONLY=dark for one variant)
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tools.screenshots $(ONLY)

.PHONY: strings
strings: setup ## Collect texts, bring the catalogues up to date, build the pseudo-locale
	$(BIN)/python tools/strings.py update
	@$(MAKE) setup

.PHONY: format
format: setup ## Let ruff format and fix what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Existing pins are kept; `make lock UPGRADE=--upgrade` moves all of them.
LOCK := $(BIN)/uv pip compile pyproject.toml -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(UPGRADE)
.PHONY: lock
lock: setup ## Write the lock files anew after a change of pyproject.toml
	$(LOCK) -o requirements.lock > /dev/null
	$(LOCK) --extra package -c requirements.lock -o requirements-package.lock > /dev/null
	$(LOCK) --extra package --extra server --extra dev -c requirements-package.lock -o requirements-dev.lock > /dev/null

.PHONY: clean
clean: ## Remove everything that make made
	rm -rf build $(VENV) .mypy_cache .ruff_cache .pytest_cache *.egg-info resources/fonts
	rm -rf translations/en_XA
	find translations -name '*.mo' -delete
