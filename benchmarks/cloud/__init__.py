"""Own or rent on trial: how long its answers take."""
