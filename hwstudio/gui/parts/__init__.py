"""The Parts tab: the catalogue to search, every cell with who says so."""
