"""Room to grow, checklists and the order of assembly, beside the parts list."""
