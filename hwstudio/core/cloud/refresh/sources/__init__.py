"""One module for each place that publishes prices: it reads that place's form and nothing else."""
