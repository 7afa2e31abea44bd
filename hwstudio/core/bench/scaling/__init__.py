"""Scaling of data-parallel training, worked out from one machine and a link."""
