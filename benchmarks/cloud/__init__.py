"""Measures around rentable machines and their prices."""
