"""The This PC tab: what this computer is, what it can do, and what would help most."""
