# `make` alone lists the verbs. PYTHON names another interpreter, EXTRA=gpu the engine's CUDA build.
PYTHON ?= python3
EXTRA ?= cpu
PYTEST ?=
CHAOS ?=

CODE := inference producer consumer local docs tests benchmarks
# Each folder's conftest.py is a module of the same name: mypy can look at one at a time only.
APART := $(wildcard tests/*/conftest.py tests/*/*/conftest.py)
VENV := .venv/bin
SETUP := $(PYTHON) -m local.setup --extra $(EXTRA)
# What is generated and committed must be what would be generated now: commands, joined by `&&`.
DRIFT ?= $(VENV)/python -m docs.generate --check

.DEFAULT_GOAL := help
.PHONY: help run test check test-gpu bench fmt chaos setup clean
MAKEFLAGS += --no-print-directory

help: ## Show these verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start Kafka and everything else, show first answers, stay until Ctrl-C
	@$(SETUP) $(if $(KAFKA_BOOTSTRAP_SERVERS),--no-broker)
	@$(VENV)/python -m local

test: check ## Every check and every test, with a real broker
	@$(VENV)/pytest $(PYTEST)

check: setup ## Style, types, the laws of the architecture, drift of what is generated
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy --exclude 'tests/.+/conftest\.py|node_modules' $(CODE)
	@for file in $(APART); do $(VENV)/mypy --no-error-summary $$file || exit 1; done
	@$(VENV)/lint-imports
	@$(DRIFT)

test-gpu: ## The tests and figures that need a CUDA device, on a machine that has one
	@$(MAKE) setup EXTRA=gpu
	@$(VENV)/pytest tests/gpu $(PYTEST)
	@$(VENV)/python -m benchmarks.gpu

bench: setup ## Compare with the plainest loop that could do the same; takes minutes
	@$(VENV)/python -m benchmarks $(BENCH)

chaos: setup ## The long form of the proof that nothing is lost; takes many minutes
	@$(VENV)/python -m benchmarks.chaos $(CHAOS)
	@$(VENV)/python -m benchmarks.poison

fmt: setup ## Format, and repair what can be repaired
	@$(VENV)/ruff format .
	@$(VENV)/ruff check --fix .

setup: ## Install what is missing for all of these
	@$(SETUP) --tests $(if $(KAFKA_BOOTSTRAP_SERVERS),--no-broker)

clean: ## Remove all that was installed or kept here: Kafka's records and the store, too
	rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
