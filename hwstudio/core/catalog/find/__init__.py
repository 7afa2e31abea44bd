"""Search as people type: words, limits and choices over arrays in memory."""
