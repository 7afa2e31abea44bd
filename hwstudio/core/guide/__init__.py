"""Presets, calculators and decision aids; their texts and figures lie in resources/guide."""
