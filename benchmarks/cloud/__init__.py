"""Rentable machines and their prices, own or rent: how long answers take, and what faults do."""
