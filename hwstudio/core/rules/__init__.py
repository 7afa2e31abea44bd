"""Compatibility of parts: one file per family of rules, one engine that asks them all."""
