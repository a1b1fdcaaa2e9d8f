# `make demo` and `make test` are all that a clean clone needs: each makes .venv itself, from hash-locked requirements.
# It takes any Python from 3.11 on; `make demo PYTHON=/path/to/python3.12` names one.

.POSIX:
.SUFFIXES:
.PHONY: help demo dashboard install test slow check bench lock schemas docs screenshots clean

PYTHON =
PY = .venv/bin/python
VENV = PYTHON='$(PYTHON)' sh scripts/make-venv
# As many workers as there are cores, and for slow tests one more; `make test TESTS=tests/tracker` runs one folder.
TESTS =
# `make bench BENCH=--quick` is a first look, `make bench BENCH=--million` goes on to a million transactions.
BENCH =
WORKERS = auto

help:
	@echo 'make demo       a believable year from three demo servers, in a tracker of its own: no key, no network'
	@echo 'make dashboard  that year in a browser; revintel-mcp dashboard shows your own tracker'
	@echo 'make install    revintel-mcp in ~/.local/bin, for your own tracker'
	@echo 'make test       the quick tests             make check  linters and types'
	@echo 'make slow       browsers, other servers     make bench  the benchmarks'
	@echo 'make lock       the hash-locked requirements, after a change in pyproject.toml (needs uv)'
	@echo 'make schemas    the committed JSON Schemas    make docs   the tables of README and docs/'
	@echo 'make screenshots  the pictures in docs/images/ (needs Chromium)'

demo:
	@$(VENV) server
	@.venv/bin/revintel-mcp demo
	@command -v revintel-mcp >/dev/null || echo 'revintel-mcp is .venv/bin/revintel-mcp here; make install puts it on your PATH.'

dashboard:
	@$(VENV) dashboard
	@$(PY) scripts/demo_dashboard.py

install:
	@$(VENV) dashboard
	@sh scripts/link-command

test:
	@$(VENV) dev
	$(PY) -m pytest -m 'not slow' -n $(WORKERS) $(TESTS)

slow:
	@$(VENV) dev
	@sh scripts/make-outside
	$(PY) -m pytest -m slow -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

check:
	@$(VENV) dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports

bench:
	@$(VENV) dev
	$(PY) -m benchmarks $(BENCH)

lock:
	@sh scripts/make-lock

schemas:
	@$(VENV) dev
	$(PY) scripts/make_schemas.py

docs:
	@$(VENV) dev
	$(PY) scripts/make_docs.py

screenshots:
	@$(VENV) dev
	$(PY) -m scripts.make_screenshots

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
