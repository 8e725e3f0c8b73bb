# Two commands: `make serve` and `make test`. Everything lives in .venv and build/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: serve test slow fuzz virtuoso lint build check mutate catalogues browser screenshots
.PHONY: bench bench-http bench-pages soak fmt clean lock imports docs

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

build: $(STAMP)
	$(BIN)/kg build

serve: build
	$(BIN)/kg serve

# The tests of a checker at work, which take minutes; CI runs them too.
SLOW := $(addprefix tests/,test_action.py test_changed_runs.py test_check_changed.py test_check_run.py test_ci_page.py \
  test_difference.py test_faults.py test_identity.py test_mutate.py test_precommit.py test_pytest_plugin.py \
  test_shacl_report.py)

test: build
	$(BIN)/python -m pytest -n 2 --ignore=tests/browser $(addprefix --ignore=,$(SLOW))

slow: build
	$(BIN)/python -m pytest -n 2 -rs $(SLOW)

# The fuzzers of the tests, with many examples instead of a few.
fuzz: $(STAMP)
	FUZZ=many $(BIN)/python -m pytest tests/test_fuzz.py tests/test_openapi_fuzz.py tests/test_search.py

# Virtuoso in place of the graph, nginx before the server, Raptor and bibutils as other readers: from Debian's packages,
# which are unpacked and not installed. `oxigraph serve` is among the tests of `make test`.
virtuoso: build
	@command -v virtuoso-t > /dev/null || sh tests/unpack.sh .peers/virtuoso virtuoso-opensource-7-bin || true
	@command -v rapper > /dev/null || sh tests/unpack.sh .peers/rapper raptor2-utils || true
	@command -v bib2xml > /dev/null || sh tests/unpack.sh .peers/bibutils bibutils || true
	@command -v nginx > /dev/null || sh tests/unpack.sh .peers/nginx nginx || true
	$(BIN)/python -m pytest -rs tests/test_virtuoso.py tests/test_deploy.py tests/test_linked.py tests/test_downloads.py

# Pages in a real browser: every page type walked, with scripts and without, and judged by axe-core.
browser: $(STAMP)
	sh tests/browser/get.sh
	$(BIN)/python -m pytest -rs tests/browser

# Pictures of each page type, of the whole graph, for the documentation.
screenshots: build
	sh tests/browser/get.sh
	KG_PORT=8019 $(BIN)/kg serve & server=$$!; trap "kill $$server" EXIT; \
	for second in $$(seq 60); do $(BIN)/python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8019/suggest?q=a')" 2> /dev/null && break; sleep 1; done; \
	$(BIN)/python -m tests.browser.screenshots http://127.0.0.1:8019

lint: $(STAMP)
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/ruff format --check src tests benchmarks docs
	$(BIN)/mypy
	$(BIN)/kg fmt --check

check: $(STAMP)
	$(BIN)/kg check

# Do the shapes bite? Valid data made wrong in every way, and which rules notice; minutes.
mutate: $(STAMP)
	$(BIN)/kg check --mutate

fmt: $(STAMP)
	$(BIN)/ruff check --fix src tests benchmarks docs
	$(BIN)/ruff format src tests benchmarks docs
	$(BIN)/kg fmt

# Texts of the pages in other languages: take the new ones along, then compile what is translated.
CATALOGUES := src/kg/translations
catalogues: $(STAMP)
	cd src/kg && ../../$(BIN)/pybabel -q extract -F translations/babel.cfg -k N_ -k told \
	  --no-location --sort-output --omit-header -o translations/messages.pot . ../../queries
	$(BIN)/pybabel -q update -i $(CATALOGUES)/messages.pot -d $(CATALOGUES) \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d $(CATALOGUES)

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
	$(BIN)/python benchmarks/check.py --write
	$(BIN)/python benchmarks/export.py --write

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

# What each type of page takes the server, and the network a browser.
bench-pages: build
	$(BIN)/python benchmarks/pages.py --write
	sh tests/browser/get.sh
	$(BIN)/python benchmarks/browser.py --write

lock: $(STAMP)
	$(BIN)/python -m pip freeze --all --exclude-editable --exclude pip > requirements.lock

clean:
	rm -rf $(VENV) .venv-bench .peers build
