"""The step rail: the wizard's questions on the left of the Configure tab."""
