"""Pages to read with own numbers in them, code to copy, and the tree of a new project."""
