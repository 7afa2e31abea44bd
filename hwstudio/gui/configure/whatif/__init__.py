"""Builds side by side, and what would change if prices, use or speed were others."""
