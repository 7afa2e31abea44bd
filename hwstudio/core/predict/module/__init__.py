"""The memory of a module of one's own: what was reckoned, and what a card then needs."""
