# Two commands are enough on a fresh machine with Python 3.11 or newer: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
# Tests of screens wait for the screen about half of the time: two for each core.
TESTERS ?= $(shell $(PYTHON) -c "import os; print(2 * (os.cpu_count() or 1))")

.PHONY: demo run test clients check bench soak shots catalogues requirements clean

demo: $(READY)       ## the program on the demonstration's data
	@$(BIN)/ventanilla demo

run: $(READY)        ## the program on your own store, made on first use
	@$(BIN)/ventanilla init --demo --if-missing
	@$(BIN)/ventanilla

test: clients check  ## all checks and all tests
	$(BIN)/pytest -m "not soak" -r s -n $(TESTERS) --dist worksteal

clients: $(READY)    ## the real clients that tests come with: installed where that may be done, or asked for
	@$(BIN)/python -m tests.clients

check: $(READY)      ## style, types, import rules, catalogues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.catalogues

bench: $(READY)      ## figures, as ratios to a peer measured in the same run
	$(BIN)/python -m tests.bench

soak: $(READY) clients ## long fault runs: kills, full disks
	$(BIN)/pytest -m soak

shots: $(READY)      ## pictures of every screen, under shots/
	$(BIN)/python -m tests.shots

$(READY): requirements.txt pyproject.toml hatch_build.py $(wildcard billing/locale/*/LC_MESSAGES/*.po)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $(READY)

catalogues: $(READY) ## collect new messages into the catalogues, to be translated there
	-@$(BIN)/python -m tests.catalogues collect

requirements:        ## pin anew what pyproject.toml asks for
	$(PYTHON) -m venv .venv-pin
	.venv-pin/bin/python -m pip install --quiet pip-tools
	.venv-pin/bin/pip-compile --quiet --extra dev --generate-hashes --allow-unsafe --strip-extras \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --output-file requirements.txt pyproject.toml
	rm -rf .venv-pin

clean:
	rm -rf .venv build dist shots
