"""The Benchmark tab: run, watch, judge, compare."""
