"""Measurements of the planner, the estimates and the monitor; run from the source tree."""
