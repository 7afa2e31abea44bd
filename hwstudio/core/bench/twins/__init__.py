"""Equal machines side by side: which one is slow, in which test, and why most likely."""
