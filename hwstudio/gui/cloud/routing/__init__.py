"""The page "Where to run a job"."""
