"""One measurement a file; each has ``run(params, channel)`` and imports torch only when run."""
