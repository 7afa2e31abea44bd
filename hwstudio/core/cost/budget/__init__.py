"""Budgets: nested limits, forecasts and notices, scaling policies, plans and their cash."""
