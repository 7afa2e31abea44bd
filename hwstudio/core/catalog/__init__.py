"""The catalogue: parts, offers, workloads and prices, each cell with its source and date."""
