"""The Monitor tab: what is busy now, what limits, and the last minutes."""
