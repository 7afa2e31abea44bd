"""The user's own database: every result of every run."""
