"""The window in which prices of rentable machines are refreshed."""
