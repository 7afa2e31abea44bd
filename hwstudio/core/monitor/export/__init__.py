"""Readings out of the house: CSV, JSON and JSON lines, streamed, written whole or not at all."""
