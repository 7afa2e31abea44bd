"""The planner on trial: random questions over real parts, and judges that do not trust it."""
