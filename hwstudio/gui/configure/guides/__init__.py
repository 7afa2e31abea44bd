"""Presets, calculators and decision aids as windows beside the plan."""
