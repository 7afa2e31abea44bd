"""Reads and writes a drive past the system's cache, with several requests under way at once."""
