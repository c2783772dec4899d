# Everything a person or CI does here. Each target makes what it needs first; a second call finds it ready.
# `make help` lists them. Variables: PYTHON (the interpreter to build on), JOBS (test processes), ARGS (passed on).

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Where this is set, every process compiles every library anew; tests that start commands then take twice the CPU time.
unexport PYTHONDONTWRITEBYTECODE

JOBS ?= 2
ARGS ?=
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help demo test check bench docs fmt screenshots messages bom lock reference install chromium clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

demo: $(READY) ## the example network, at an address that it prints
	@$(BIN)/coproduce demo $(ARGS)

test: $(READY) chromium ## every test, browser tests included; ARGS="tests/events -k codec" for some
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --durations=5 $(ARGS)

check: $(READY) ## lint, format, types, import contracts: changes nothing
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(READY) chromium ## the bars, measured; results as JSON in benchmarks/results
	@$(BIN)/python -m benchmarks $(ARGS)

docs: $(READY) reference ## the documentation as a site, in site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict $(ARGS)

reference: $(READY) ## the reference pages, written anew from the code
	@$(BIN)/python -m scripts.reference

fmt: $(READY) ## format, and mend what lint can mend
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format

screenshots: $(READY) chromium ## every page at phone and desktop width, in screenshots/; the README's own is kept
	@$(BIN)/python -m scripts.screenshots $(ARGS)

messages: $(READY) ## every text of the pages, to translate; ARGS="-l fr" begins or renews French, and compiles it
	@cd src && ../$(BIN)/python -m django makemessages --settings=coproduce.network.settings $(ARGS)
	@cd src && ../$(BIN)/python -m django compilemessages --settings=coproduce.network.settings

bom: $(READY) ## bill of materials of what runs with Coproduce (CycloneDX), in build/bom.json
	@$(BIN)/python -m scripts.bom

lock: ## requirements.lock anew from pyproject.toml; ARGS="--upgrade" takes newer versions
	@scripts/lock $(ARGS)

install: $(READY) ## only make .venv ready

chromium: ## Debian's Chromium for browser tests; says what to do where it cannot be had
	@scripts/chromium

clean: ## take away what was built here
	@rm -rf .venv .cache build site screenshots .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(READY): requirements.lock pyproject.toml scripts/install
	@scripts/install
	@touch $@
