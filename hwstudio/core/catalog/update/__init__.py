"""A newer catalogue from a file: checked whole, switched in one step."""
