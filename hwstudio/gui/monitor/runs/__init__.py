"""The Runs page: training runs, what they used, their predictions and their curves."""
