"""What is the user's own, in a database of its own with a journal."""
