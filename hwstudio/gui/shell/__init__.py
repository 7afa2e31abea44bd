"""What every screen stands on: theme, commands, session, crash dialog."""
