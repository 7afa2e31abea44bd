"""Reads the guides' texts and brings them together with the catalogue and the planner."""
