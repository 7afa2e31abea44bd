"""Words without a domain: errors, units, paths, settings, registry, clock, log."""
