"""Benchmarks: what can be measured, the supervised run, the statistics and the verdict."""
