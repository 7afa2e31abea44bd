"""The window: a face over the core, one folder per tab."""
