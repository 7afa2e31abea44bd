"""Predictions with an interval and the ground they stand on: speed, memory, time, energy."""
