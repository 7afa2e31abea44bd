"""Benchmarks on a Slurm cluster: the job script, the run inside the job, the results read back."""
