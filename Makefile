# Two commands do everything on a fresh machine; tools/dev.py holds what they do.
PYTHON ?= python3

.PHONY: run test slow interpreted pythons check bench load audit lock
run:    ## set up what runs, start the dashboard, print its address (HOST and PORT are obeyed)
	@$(PYTHON) tools/dev.py run
test:   ## set up, run every test but the slow ones, the browser's too
	@$(PYTHON) tools/dev.py test
slow:   ## the tests that take minutes each
	@$(PYTHON) tools/dev.py test -m slow
interpreted: ## the engine's tests with its kernels as plain Python (NUMBA_DISABLE_JIT=1)
	@$(PYTHON) tools/dev.py interpreted
pythons: ## engine and app tests under every other supported Python that this machine has
	@$(PYTHON) tools/dev.py pythons
check:  ## format, lint, types, import contracts
	@$(PYTHON) tools/dev.py check
bench:  ## the benchmarks, which the tests leave out
	@$(PYTHON) tools/dev.py test tests/benchmark --benchmark-only
load:   ## attackers and classes against a real server; LOAD_BEFORE=/another/checkout is measured too
	@$(PYTHON) tools/dev.py test tests/load -s
audit:  ## known vulnerabilities of what runs (pip-audit); fails where nobody knows
	@$(PYTHON) tools/dev.py audit
lock:   ## resolve the dependencies anew into the locks
	@$(PYTHON) tools/dev.py lock --upgrade
