"""hwstudio: plan, measure and prove AI hardware."""
