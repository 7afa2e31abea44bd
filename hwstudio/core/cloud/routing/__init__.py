"""Where a job should run: the job as people write it, the ways to run it, and the choice."""
