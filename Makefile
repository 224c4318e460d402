# Two commands do everything on a fresh machine; tools/dev.py holds what they do.
PYTHON ?= python3

.PHONY: run test check bench lock
run:    ## set up, start the dashboard, print its address (HOST and PORT are obeyed)
	@$(PYTHON) tools/dev.py run
test:   ## set up, run every test, the browser's too
	@$(PYTHON) tools/dev.py test
check:  ## format, lint, types, import contracts
	@$(PYTHON) tools/dev.py check
bench:  ## the benchmarks, which the tests leave out
	@$(PYTHON) tools/dev.py test tests/benchmark --benchmark-only
lock:   ## resolve the dependencies anew
	@$(PYTHON) tools/dev.py lock
