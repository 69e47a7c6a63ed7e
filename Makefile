# The commands that people and CI use; each is a small script of bin/.
export PORT ?= 8000
# Each of these starts many processes: what is compiled is kept, also where the environment would have it otherwise.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test lint bench coverage soak catalogues locks
run: ; @bin/setup && exec .venv/bin/polyforum run
test: ; @bin/setup dev && exec bin/test
lint: ; @bin/setup dev && exec bin/lint
bench: ; @bin/setup dev && exec .venv/bin/python -m bench
coverage: ; @bin/setup dev && exec bin/test --coverage
soak: ; @bin/setup dev && SOAK=1 exec bin/test
catalogues: ; @bin/setup dev && exec bin/catalogues
locks: ; @exec bin/locks
