"""The .hws file: what the user asked for and chose, kept whole."""
