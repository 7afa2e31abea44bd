"""Questions about cost as sheets: fields, presets, an answer, and the same sums as formulas."""
