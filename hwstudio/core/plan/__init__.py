"""Plans weighed before money is spent: scenarios, what decides them, and how sure the choice is."""
