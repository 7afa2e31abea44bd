"""Alert rules: what is watched, when it is told, and how it reaches a person."""
