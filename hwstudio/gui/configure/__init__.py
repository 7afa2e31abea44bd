"""The Configure tab: from a budget and a job to a parts list that fits."""
