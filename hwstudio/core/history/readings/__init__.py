"""The history of readings: one file, seconds for a month, minutes for a season, hours for years."""
