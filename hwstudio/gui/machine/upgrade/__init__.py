"""The upgrade plan of This PC: a timeline, what one owns, and the numbers that decide."""
