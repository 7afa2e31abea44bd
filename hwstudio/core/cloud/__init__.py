"""Rentable machines: filtering offers, judging their age, reading crowded markets."""
