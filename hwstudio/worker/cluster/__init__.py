"""Ranks on several computers: what runs on each of them, and what leads them from here."""
