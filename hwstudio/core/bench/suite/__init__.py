"""One benchmark a file, each a ``BENCH`` that forms, command line and report derive from."""
