"""Measures of the readiness score; run by hand."""
