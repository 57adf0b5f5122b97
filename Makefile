# Sets Dateline up, runs it and tests it: `make help`. Everything is installed into .venv, nothing outside this folder
# but, for root on Debian, the Chromium that the browser tests drive.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
BENCH ?=

# What `make run` hands on; DATELINE_HOME is in the environment already. Where one is not given, the settings decide. Only
# what stands on make's own command line counts: some shells export HOST as the machine's name.
given = $(if $(filter command,$(firstword $(origin $(1)))),$($(1)))
SERVE_FLAGS := $(if $(call given,HOST),--host '$(HOST)') $(if $(call given,PORT),--port '$(PORT)')

# Prints True where no build serves yet. An editor's articles must outlive a second `make run`, so in doubt it says nothing.
NOTHING_INDEXED := from assistant.settings import load_settings; from index.home import Home; \
	print(Home(load_settings().settings.home).current() is None)

.DELETE_ON_ERROR:
.PHONY: help run install test chromium lint format bench soak constraints clean

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  PYTHON=python3.12      the Python to set up with (3.11 to 3.14)"
	@echo "  DATELINE_HOME=folder   the data folder of make run (dateline-data, or as dateline.toml says)"
	@echo "  HOST=address PORT=n    where make run serves (127.0.0.1, 7860, or as dateline.toml says)"

run: $(VENV)/.installed ## install, index seeds/ where nothing is indexed yet, and serve the chat
	@if [ "$$($(BIN)/python -c '$(NOTHING_INDEXED)' 2>/dev/null)" = True ]; then $(BIN)/dateline index build seeds; fi
	@exec $(BIN)/dateline serve $(SERVE_FLAGS)

install: $(VENV)/.installed ## make .venv and install Dateline into it, nothing more

test: lint chromium ## lint, check types and run the tests; ARGS="-k word" goes to pytest
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.installed-test ## check style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-test ## format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-test ## run tests/bench/bench_*.py on the data in BENCH=folder
	@if [ ! -d '$(BENCH)' ]; then \
		echo "Say where the data is: make bench BENCH=folder. tests/bench/README.md says what it holds." >&2; exit 2; fi
	@$(call run_each,bench)

soak: $(VENV)/.installed-test ## run tests/bench/soak_*.py, which need no data
	@$(call run_each,soak)

constraints: $(VENV)/.installed-test ## remake constraints.txt from pyproject.toml; ARGS=--upgrade takes the newest
	$(BIN)/python -m pip install --quiet uv
	grep '^#' constraints.txt > $(VENV)/head.txt
	$(BIN)/uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --fork-strategy fewest \
		--annotation-style line --no-header --quiet --output-file constraints.txt $(ARGS) > /dev/null
	cat $(VENV)/head.txt constraints.txt > $(VENV)/constraints.txt
	mv $(VENV)/constraints.txt constraints.txt

clean: ## remove .venv and what tools leave behind; the data folder stays
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find assistant index prompts tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp stands for one finished install, so an interrupted one is taken up again.

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(call install,.)
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt
	@$(call install,.[test])
	@touch $@ $(VENV)/.installed

define install
	command -v '$(PYTHON)' >/dev/null || { \
		echo "Dateline needs Python 3.11 or newer, and there is no '$(PYTHON)' here." >&2; \
		echo "Install Python (Debian, Ubuntu: apt install python3 python3-venv), or name one: make PYTHON=python3.12 …" >&2; \
		exit 1; }; \
	'$(PYTHON)' -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' || { \
		echo "Dateline runs on Python 3.11 to 3.14; '$(PYTHON)' is $$('$(PYTHON)' --version 2>&1)." >&2; \
		echo "Name another: make PYTHON=python3.12 …" >&2; \
		exit 1; }; \
	'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments: its venv module is incomplete." >&2; \
		echo "Install it (Debian, Ubuntu: apt install python3-venv), then run make again." >&2; \
		exit 1; }; \
	$(BIN)/python -m pip --version >/dev/null 2>&1 || '$(PYTHON)' -m venv --clear $(VENV) || { \
		echo "The virtual environment could not be made in $(VENV). Is there room on the disk, and may you write here?" >&2; \
		exit 1; }; \
	echo "Installing into $(VENV). The first time this takes minutes: PyTorch is large."; \
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '$(1)' || { \
		echo "Not everything could be installed; the lines above say what. If a download failed: check the network" >&2; \
		echo "(behind a proxy set HTTPS_PROXY, for a package mirror PIP_INDEX_URL) and the room on the disk, then run" >&2; \
		echo "make again: what has arrived is kept." >&2; \
		exit 1; }
endef

# The browser tests drive a Chromium that is already there. CI may not do without.
chromium:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests."; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation && exit 0; \
		echo "Chromium could not be installed; the lines above say why." >&2; \
	else \
		echo "There is no chromium, chromium-browser or google-chrome on PATH." >&2; \
	fi; \
	if [ -n "$$CI" ]; then echo "CI is set, and there no browser test may be skipped: install Chromium." >&2; exit 1; fi; \
	echo "The browser tests will be skipped. Install Chromium (Debian: apt install chromium) to run them." >&2

# A benchmark ends with 2 where it is given less than it needs; what ends otherwise has failed.
define run_each
	for script in tests/bench/$(1)_*.py; do \
		[ -e "$$script" ] || { echo "tests/bench/ has no $(1)_*.py to run." >&2; exit 1; }; \
		echo "== $$script"; \
		$(BIN)/python "$$script" $(if $(BENCH),'$(BENCH)') || { \
			[ $(1)-$$? = bench-2 ] || exit 1; echo "Not run: it wants more than that, as it says above."; }; \
	done
endef
