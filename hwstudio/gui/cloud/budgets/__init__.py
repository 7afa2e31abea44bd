"""The page "Budgets": limits, a scaling policy, a plan month by month, and the return."""
