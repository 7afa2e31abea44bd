"""How this machine is seen: one sensor family a file, and what the machine is made of."""
