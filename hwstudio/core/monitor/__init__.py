"""Live readings over time: sampler, ring, snapshot and what limits the machine now."""
