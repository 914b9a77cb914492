# Everything sets itself up on first use: a virtual environment in .venv, the versions that were
# tested, and for tests the Debian packages that they use, where this user may install them.
.DEFAULT_GOAL := help
.PHONY: help run kiosk sample test test-slow test-pages test-live check lint types layers format bench wheel clean

PYTHON ?= python3
BIN := .venv/bin
OUT := out
SAMPLE := examples/audio

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/.installed ## start the live conversation; open the address that it prints
	@$(BIN)/visavis serve $(ARGS)

kiosk: .venv/.installed ## start a receptionist for a lobby; the same with a folder of yours: ARGS="--dir lobby"
	@$(BIN)/visavis kiosk $(ARGS)

sample: .venv/.installed ## draw a recorded conversation to out/conversation.mp4
	@mkdir -p $(OUT)
	@$(BIN)/visavis render --user-audio $(SAMPLE)/question.wav --speech $(SAMPLE)/answer.wav \
		--text "$$(cat $(SAMPLE)/answer.txt)" -o $(OUT)/conversation.mp4

test: .venv/.tested ## run the tests
	@.ci/debian-packages
	@$(BIN)/pytest -n 2 --dist loadgroup

test-slow: .venv/.tested ## run the tests that take long
	@.ci/debian-packages
	@$(BIN)/pytest -n 2 --dist loadgroup -m slow

test-pages: .venv/.tested ## run the tests of pages in Chromium
	@.ci/debian-packages
	@$(BIN)/pytest -n 2 --dist loadgroup -m page

test-live: .venv/.tested ## run the tests with a real server, in real time: nothing else should run
	@.ci/debian-packages
	@$(BIN)/pytest -m "(realtime or browser) and not page"

check: lint types layers test ## all that continuous integration runs

lint: .venv/.tested
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: .venv/.tested
	@$(BIN)/pyright

layers: .venv/.tested
	@$(BIN)/lint-imports

format: .venv/.tested ## lay out the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: .venv/.installed ## measure the speed that the README quotes
	@$(BIN)/visavis bench render
	@$(BIN)/python benchmarks/session.py
	@$(BIN)/visavis bench live

wheel: .venv/.tested ## build the distribution
	@$(BIN)/python -m build --wheel

clean: ## remove what was made here
	@rm -rf .venv $(OUT) dist build .pytest_cache .ruff_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -m venv .venv || { echo "python3 cannot make a virtual environment: install Debian's python3-venv"; exit 1; }

.venv/.installed: .venv/bin/python pyproject.toml constraints.txt
	@echo "installing visavis into .venv (once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.tested: .venv/.installed
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
