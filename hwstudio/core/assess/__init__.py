"""What this PC can do: readiness score, abilities and the changes that pay."""
