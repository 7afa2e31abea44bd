"""Widgets without a domain: table, plot, card, field, task."""
