# `make up` and `make test` need nothing but Python 3.11 and make: they install the rest by themselves.
# Environment (PORT, SHOWSEWA_VAR, DATABASE_URL ...): see the README.

# The first Python that is new enough; the last word is the installer's, which says what is missing.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && exit; done; echo python3)
VENV_PYTHON := .venv/bin/python
INSTALL = @"$(PYTHON)" -I showsewa/running/install.py
# Checks look at code and need no server.
CHECK_ENV = SHOWSEWA_MODE=test DATABASE_URL=postgres://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0
TESTS ?= tests
# What `make check` runs: the house itself, and the way of a seat from map to ticket.
QUICK = tests/test_house.py tests/test_translations.py tests/test_mission.py tests/test_local_form.py \
	tests/test_promises.py tests/test_accounts.py tests/races/test_holds.py \
	$(addprefix tests/venues/test_,api_listings.py drawing.py find_pages.py layout.py pages.py seating.py) \
	$(addprefix tests/seatsync/test_,announcing.py api_availability.py api_blocks.py api_maps.py api_reports.py live.py) \
	$(addprefix tests/bookings/test_,api_access.py api_bookings.py api_checkout.py api_holds.py api_repeats.py best.py \
		notices.py pages.py prices.py qr.py seat_rules.py) \
	$(addprefix tests/payments/test_,api_process.py api_refund.py api_webhook.py counter.py pages.py taxes.py tickets.py)
# A worker for each core, a file a worker; in the order of the files, so that the longest do not come last.
JOBS ?= 2
PYTEST = $(VENV_PYTHON) -m pytest -n $(JOBS) --no-loadscope-reorder

.PHONY: help up down status test fuzz check format bench clean venv venv-run browser messages

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1: /p' Makefile

up: venv-run  ## the whole site: servers, demo data, web, sockets, worker, beat
	@$(VENV_PYTHON) -m showsewa.running up

down:  ## stop it, from another terminal
	@if [ -x $(VENV_PYTHON) ]; then $(VENV_PYTHON) -m showsewa.running down; else echo "Nothing is running."; fi

status:  ## what runs
	@$(VENV_PYTHON) -m showsewa.running status

test: venv browser messages  ## every test (TESTS=tests/races for a part, JOBS=1 for one worker)
	@$(PYTEST) $(TESTS)

fuzz: venv messages  ## the API called with many made-up values (FUZZ_EXAMPLES=200)
	@FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),200) $(VENV_PYTHON) -m pytest tests/security/test_schema.py

check: venv messages  ## the quick part: format, lint, types, layers, migrations, the tests of the main road
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m ruff check .
	$(CHECK_ENV) $(VENV_PYTHON) -m mypy
	$(CHECK_ENV) $(VENV_PYTHON) -c 'from importlinter.cli import lint_imports_command as c; c()'
	$(CHECK_ENV) $(VENV_PYTHON) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PYTEST) -q -m "not slow" $(QUICK)

format: venv  ## format and mend what can be mended by machine
	$(VENV_PYTHON) -m ruff format .
	$(VENV_PYTHON) -m ruff check --fix .

bench: venv  ## the hot paths beside their yardsticks
	@$(VENV_PYTHON) -m benchmarks

clean:  ## stop, then remove the environment and all data of this folder
	@if [ -x $(VENV_PYTHON) ]; then $(VENV_PYTHON) -m showsewa.running clean; fi
	@rm -rf .venv .venv.lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	$(INSTALL) dev

venv-run:
	$(INSTALL) run

browser:
	$(INSTALL) browser

messages: venv
	@$(VENV_PYTHON) -m showsewa.running messages
