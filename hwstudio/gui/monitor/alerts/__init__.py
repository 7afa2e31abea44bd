"""The Monitor's page of alerts: what needs a person now, the rules, and what happened before."""
