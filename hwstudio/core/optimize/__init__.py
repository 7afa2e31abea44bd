"""The best build for a job inside a budget, proven and independently checked."""
