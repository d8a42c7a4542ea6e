# make run    the whole site of examples/quickstart, in the foreground; Ctrl-C ends it
# make test   everything that checks the project
# make attacks  what attackers of a hub and of a gateway get, and what the others notice; and whether the bench
#             runs, which loads the machine as they do; five minutes
# make fuzz   what takes bytes from outside, with inputs that nobody thought of, a minute each; SECONDS=600 for ten
# make soak   a mesh of three hubs works while parts of it are killed, for ten minutes; SECONDS=60 for one
# make packages  what is installed from a wheel and from the source distribution, on Python 3.11, 3.12 and 3.13, with
#             what is needed fetched; four minutes
# make bench  how fast it is, beside AMP, PB, a bare relay, twisted.web and NATS, in some ten minutes; ROUNDS=5 for more
# make docs   the documents as HTML in build/docs, half a minute; without a warning, or it fails
# make screenshot  the picture of the page of a hub that the README shows, in a minute
# make changelog  what users will notice of the next release; with RELEASE=0.2.0 it is written into docs/CHANGELOG.md
#
# All make what they need in .venv, and make it again when setup.cfg has changed.

PYTHON ?= python3
VENV := .venv
SITE := examples/quickstart/site.toml
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
RUNS := $(VENV)/.runs
TESTS := $(VENV)/.tests
BENCH := $(VENV)/.bench
FUZZ := $(VENV)/.fuzz
DOCS := $(VENV)/.docs

.DEFAULT_GOAL := run
.PHONY: run test attacks packages simulate scale bench fuzz soak docs screenshot changelog clean

# The shell passes Ctrl-C, and the end of make, on to twistd, and waits until that has
# closed everything; so make does not end before it. What shell and make would say of a
# program that a signal ended (143) is of no use to anybody. A terminal that is closed tells
# its first process alone, and if that is make, make waits; so it is looked at once a second.
run: $(RUNS)
	@$(BIN)/twistd --nodaemon --logger exchange.app.console.observer exchange --config $(SITE) --drain-time 0.5 & \
	site=$$!; exec 2>/dev/null; trap 'trap "" INT TERM HUP; kill -TERM $$site' INT TERM HUP; \
	if test -t 1; then (while test -t 1 && kill -0 $$site; do sleep 1; done; kill -TERM $$site) & fi; \
	wait $$site; status=$$?; while kill -0 $$site; do wait $$site; status=$$?; done; \
	test $$status -eq 143 || exit $$status

# Installs a package, where root may and Debian's name of it is known to be right; it never fails.
debian = test ! -f /etc/debian_version || test "$$(id -u)" != 0 || \
	{ echo "== installing $(1)" && apt-get update -qq && apt-get install -yqq $(1) >/dev/null; } || true

# The system tests mostly wait, and so run beside the others, which mostly work; tests/beside.py. What is measured of
# coverage is what the quick tests take; to measure the rest too would take three minutes more, and show no more.
PYTEST := $(BIN)/python -m pytest -rs
QUICK := $(BIN)/coverage run -m pytest -rs --ignore=tests/system -m "not heavy"
HEAVY := $(PYTEST) -m heavy $$(grep -rl "mark\.heavy" tests --include="test_*.py")
APART := tests/system/attacks tests/system/test_bench.py
SOME := tests/system/netns $(filter-out $(APART),$(sort $(wildcard tests/system/test_[a-f]*.py)))
WORKS := status=0; for part in mypy lint-imports; do echo "== $$part"; $(BIN)/$$part || status=1; done; \
	echo "== pytest: behaviour"; $(QUICK) && exit $$status
FIRST_SYSTEM := $(PYTEST) $(SOME); status=$$?; $(HEAVY) && exit $$status
OTHER_SYSTEM := $(PYTEST) tests/system $(addprefix --ignore=,$(APART) $(SOME))

# Stories of several hosts are told in network namespaces, which iproute2 makes, and only for root; one caller of
# XML-RPC is Perl's; the page of a hub is looked at in Chromium; three shells complete words; systemd looks at
# units. What is not there is installed if it can be, and else pytest says what is in the way.
test: $(TESTS)
	@command -v tc >/dev/null || $(call debian,iproute2)
	@perl -MRPC::XML -e 1 2>/dev/null || $(call debian,librpc-xml-perl)
	@command -v chromedriver >/dev/null || $(call debian,chromium chromium-driver)
	@{ command -v zsh && command -v fish; } >/dev/null || $(call debian,zsh fish)
	@command -v systemd-analyze >/dev/null || $(call debian,systemd)
	@echo "== ruff: style" && $(BIN)/ruff check .
	@echo "== ruff: format" && $(BIN)/ruff format --check .
	@$(BIN)/coverage erase
	@$(BIN)/python -m tests.beside sh -c '$(WORKS)' -- sh -c '$(FIRST_SYSTEM)' -- $(OTHER_SYSTEM)
	@echo "== coverage: branches taken" && $(BIN)/coverage combine --quiet && $(BIN)/coverage report
	@$(BIN)/coverage report --include 'exchange/wire/*,exchange/routing/*' --fail-under 100

# They load the machine and measure latencies, so nothing else is to run beside them; docs/explanation/reliability.md.
attacks: $(TESTS)
	@$(BIN)/python -m pytest -rs tests/system/attacks tests/system/test_bench.py

# What make test does for a few hundred seeds, for many; docs/explanation/simulation.md.
SEEDS ?= 1000
FIRST ?= 0
MOVES ?= 500
HUBS ?= 0
PEERS ?= 12
simulate: $(TESTS)
	@$(BIN)/python -m tests.simulation.simulate --seeds $(SEEDS) --first $(FIRST) --moves $(MOVES) \
	--hubs $(HUBS) --peers $(PEERS)

# The figures of docs/explanation/scale.md; some minutes.
scale: $(TESTS)
	@$(BIN)/python -m tests.simulation.scale

# Only root may install a package, and only Debian's is known here; without it the bench says what it leaves out.
bench: $(BENCH)
	@command -v nats-server >/dev/null || $(call debian,nats-server)
	@$(BIN)/python -m tests.bench --rounds $(or $(ROUNDS),3)

# Each target for so many seconds; docs/explanation/fuzzing.md. What is found stands in .venv/findings.
fuzz: $(FUZZ)
	@$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60)

# The versions are those of setup.cfg; PYTHONS="3.12" tries one.
packages: $(TESTS)
	@$(BIN)/python -m tests.packages $(PYTHONS:%=--python %)

# Every call ends, and none runs twice; docs/explanation/reliability.md.
soak: $(TESTS)
	@$(BIN)/python -m tests.soak --seconds $(or $(SECONDS),600)

# Nothing is fetched; docs/conf.py. A page that is gone must not be found there still.
docs: $(DOCS)
	@rm -rf build/docs
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --nitpicky --doctree-dir build/doctrees --fresh-env docs build/docs
	@echo "build/docs/index.html"

# What the fragments in docs/changes come to; at a release they are removed.
changelog: $(DOCS)
	@$(BIN)/towncrier build $(if $(RELEASE),--yes --version $(RELEASE),--draft --version "the next release")

# It needs Chromium, as make test does.
screenshot: $(TESTS)
	@command -v chromedriver >/dev/null || $(call debian,chromium chromium-driver)
	@$(BIN)/python -m tests.system.page.screenshot

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "exchange needs Python 3.11 or later, and $(PYTHON) is older; name another: make PYTHON=python3.12" >&2; exit 1; }
	@echo "== making $(VENV)" && $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUNS): setup.cfg | $(BIN)/python
	@echo "== installing exchange in $(VENV)" && $(PIP) --editable .
	@touch $@

$(TESTS): setup.cfg | $(BIN)/python
	@echo "== installing exchange, and what its tests need, in $(VENV)" && $(PIP) --editable '.[test]'
	@touch $@ $(RUNS)

$(BENCH): setup.cfg | $(BIN)/python
	@echo "== installing exchange, and what it is measured beside, in $(VENV)" && $(PIP) --editable '.[soap,bench]'
	@touch $@ $(RUNS)

$(FUZZ): setup.cfg | $(BIN)/python
	@echo "== installing exchange, and what it is fuzzed with, in $(VENV)" && $(PIP) --editable '.[soap,fuzz]'
	@touch $@ $(RUNS)

$(DOCS): setup.cfg | $(BIN)/python
	@echo "== installing exchange, and what makes its documents, in $(VENV)" && $(PIP) --editable '.[soap,metrics,docs]'
	@touch $@ $(RUNS)

clean:
	rm -rf $(VENV) build dist exchange.egg-info
