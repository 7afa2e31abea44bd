"""Reports as neutral document blocks, and the writers that turn them into files."""
