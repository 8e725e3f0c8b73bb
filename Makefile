# Two commands: `make serve` and `make test`. Everything lives in .venv and build/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: serve test fuzz virtuoso lint build check bench bench-http soak fmt clean lock imports docs

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

build: $(STAMP)
	$(BIN)/kg build

serve: build
	$(BIN)/kg serve

test: build
	$(BIN)/python -m pytest

# The fuzzers of the tests, with many examples instead of a few.
fuzz: $(STAMP)
	FUZZ=many $(BIN)/python -m pytest tests/test_fuzz.py tests/test_openapi_fuzz.py

# Virtuoso in place of the graph, nginx before the server, and Raptor as another reader: from Debian's packages, which are
# unpacked and not installed. `oxigraph serve` is among the tests of `make test`.
virtuoso: build
	@command -v virtuoso-t > /dev/null || sh tests/unpack.sh .peers/virtuoso virtuoso-opensource-7-bin || true
	@command -v rapper > /dev/null || sh tests/unpack.sh .peers/rapper raptor2-utils || true
	@command -v nginx > /dev/null || sh tests/unpack.sh .peers/nginx nginx || true
	$(BIN)/python -m pytest -rs tests/test_virtuoso.py tests/test_deploy.py tests/test_linked.py

lint: $(STAMP)
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/ruff format --check src tests benchmarks docs
	$(BIN)/mypy
	$(BIN)/kg fmt --check

check: $(STAMP)
	$(BIN)/kg check

fmt: $(STAMP)
	$(BIN)/ruff check --fix src tests benchmarks docs
	$(BIN)/ruff format src tests benchmarks docs
	$(BIN)/kg fmt

# Needs the reader's own copies of the datasets: SOURCES=folder with a folder for each.
SOURCES ?= ../shared/sources
imports: $(STAMP)
	@if [ -d "$(SOURCES)" ]; then $(BIN)/python benchmarks/imports.py "$(SOURCES)"; \
	else echo "skipped: no datasets in $(SOURCES); set SOURCES"; fi

# Tables, numbers and examples of the documentation, from saved queries.
docs: build
	$(BIN)/python docs/tables.py

bench: build
	$(BIN)/python benchmarks/queries.py
	$(BIN)/python benchmarks/build.py
	$(BIN)/python benchmarks/writing.py

# A server under mixed load for an hour, with kills and reloads; SECONDS=60 for a shorter one.
SECONDS ?= 3600
soak: build
	$(BIN)/python benchmarks/soak.py $(SECONDS) --write

# The endpoint beside its peers, which have an environment of their own; wrk is a Debian package.
PEERS := .venv-bench
bench-http: build
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers.txt
	BENCH=$(PEERS) $(BIN)/python benchmarks/endpoint.py --write

lock: $(STAMP)
	$(BIN)/python -m pip freeze --all --exclude-editable --exclude pip > requirements.lock

clean:
	rm -rf $(VENV) .venv-bench .peers build
