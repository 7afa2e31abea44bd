"""What stands in the places of pages to read: predicted times, own parts, tips that apply."""
