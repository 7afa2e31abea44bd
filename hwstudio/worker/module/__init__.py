"""Reckons the memory of a step of the user's own module on tensors without data."""
