"""The frozen nouns every room speaks in: part, build, machine, workload, result."""
