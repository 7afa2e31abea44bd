"""The Pythons of this computer: found, asked what they hold, matched, made and removed."""
