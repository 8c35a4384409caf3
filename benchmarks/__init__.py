"""Benchmarks: what we do against what others do, in one run on one machine.

`make bench` runs the quick sizes, `make bench-full` the full ones; docs/performance.md explains the
figures. None of it is a timed test: a missed target is reported, it does not fail the run.
"""
