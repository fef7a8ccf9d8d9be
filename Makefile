# Two commands: `make run` does the main job on the shipped data, `make test` tests everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-fast mutants swaps chaos soak fuzz bench bench-city bench-city-large ui data suites golden docs site gallery messages bill advisories check clean help

help:           ## list these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/ —/'

run: $(VENV)/run.done        ## set up, then ingest, judge, report and alert for the shipped year
	$(BIN)/perf-pipeline run

test: $(VENV)/test.done check        ## set up, then lint, types and all tests
	sh scripts/install-test-programs.sh
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

test-fast: $(VENV)/test.done check        ## lint, types, unit tests and one small run on SQLite
	$(BIN)/pytest -n auto --on-sqlite tests/unit tests/integration/test_first_judgement.py

chaos: $(VENV)/test.done        ## kill runs at every point, on both databases; many years of anything; takes hours
	$(BIN)/python -m tests.chaos.kills
	$(BIN)/python -m tests.chaos.disturbances
	$(BIN)/python -m tests.chaos.whole_runs
	PERF_TEST_YEARS=200 PERF_TEST_STEPS=40 $(BIN)/pytest -n 0 tests/integration/test_a_year_of_anything.py

swaps: $(VENV)/test.done        ## any two columns of a result taken for each other, in every output; takes minutes
	PERF_TEST_SWAPS=all $(BIN)/pytest -n 0 tests/integration/test_figures_*.py

soak: $(VENV)/test.done        ## ten made-up years in a row: memory, open files, connections, files on disk
	$(BIN)/python -m tests.chaos.soak

fuzz: $(VENV)/test.done        ## whatever bytes come, every reader reads or refuses them; led by coverage, for an hour
	$(BIN)/python -m tests.fuzz.readers out/fuzz -max_total_time=3600 -max_len=20000 -timeout=120

check: $(VENV)/test.done        ## lint, format and strict types
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy

bench: $(VENV)/test.done        ## time and memory, as ratios against a named baseline
	$(BIN)/python tests/benchmarks/bench_run.py
	$(BIN)/python tests/benchmarks/bench_judgement.py
	$(BIN)/python -m tests.benchmarks.bench_extract
	$(BIN)/python tests/benchmarks/bench_workbooks.py
	$(BIN)/python tests/benchmarks/bench_small_files.py
	$(BIN)/python tests/benchmarks/bench_intake.py
	$(BIN)/python tests/benchmarks/bench_outlook.py
	$(if $(OUTLOOK_TABLES),$(BIN)/python -m tests.benchmarks.bench_outlook_rivals $(OUTLOOK_TABLES))
	$(BIN)/python -m tests.benchmarks.bench_site
	$(BIN)/python -m tests.benchmarks.bench_forms

mutants: $(VENV)/test.done        ## put small faults into the rules; tell those that no test notices
	$(BIN)/python -m scripts.mutants

bench-city: $(VENV)/test.done        ## a made-up district of 30 and of 300 departments, on both databases
	$(BIN)/python -m tests.benchmarks.bench_city
	$(BIN)/python -m tests.benchmarks.bench_by_hand --departments 30 100

bench-city-large: $(VENV)/test.done        ## a city of 3000 departments on PostgreSQL; takes hours
	$(BIN)/python -m tests.benchmarks.bench_city --sizes 300 3000 --databases postgresql \
		--quarters 1 --payments 3333 --cases 667 --indicators 10

ui: $(VENV)/run.done        ## the Dagster UI on http://127.0.0.1:3000
	$(BIN)/perf-pipeline ui

data: $(VENV)/run.done        ## rebuild the shipped document and the made-up year
	$(BIN)/python scripts/build_documents.py
	$(BIN)/python scripts/build_sample_year.py

suites: $(VENV)/run.done        ## renew expectations/ from the register declarations
	$(BIN)/python -m scripts.build_suites

golden: $(VENV)/test.done        ## renew the golden forms; look at the difference first
	$(BIN)/python -m tests.golden_forms

messages: $(VENV)/run.done        ## take new messages into the catalogues of languages, and compile them
	$(BIN)/python -m babel.messages.frontend -q extract -F babel.cfg --no-location --sort-output -o messages.pot .
	$(VENV)/bin/pybabel -q update -N --ignore-obsolete --ignore-pot-creation-date -D perf_pipeline -i messages.pot -d perf_pipeline/locale
	$(VENV)/bin/pybabel -q compile -D perf_pipeline -d perf_pipeline/locale
	rm messages.pot

docs: $(VENV)/run.done        ## renew the pages of reference in docs/ from declarations and code
	$(BIN)/python -m scripts.build_reference

site: docs $(VENV)/test.done        ## the documentation as a site in out/site; a broken link stops it
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

gallery: $(VENV)/test.done        ## pictures of all that people see, in out/gallery, and those in README
	sh scripts/install-test-programs.sh
	$(BIN)/perf-pipeline run
	$(BIN)/python -m scripts.build_gallery

bill: $(VENV)/test.done        ## renew the bill of materials and the licences in docs/
	$(BIN)/python scripts/build_bill.py

advisories: $(VENV)/run.done        ## ask about known advisories; says so where it cannot ask
	$(BIN)/python -m scripts.ask_advisories

clean:          ## remove what runs leave behind, not the virtual environment
	rm -rf out

$(VENV)/run.done: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.12, say")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/test.done: $(VENV)/run.done
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/mypy > $(VENV)/first_check.txt || true  # reads the libraries' types once, for each check
	touch $@
