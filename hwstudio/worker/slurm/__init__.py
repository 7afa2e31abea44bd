"""Ranks that Slurm starts on many nodes, and the line between them and the process that leads."""
