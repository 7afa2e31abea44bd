"""Other computers in the Monitor tab: their list, how each is doing, and one of them in full."""
