"""The Workload tab: what a job needs, how long it takes, and where it runs."""
