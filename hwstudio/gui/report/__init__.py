"""Reports from the window: choose, look at the pages, save."""
