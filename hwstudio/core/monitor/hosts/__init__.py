"""Other computers, read by the metrics they serve: their sensors under our own names."""
