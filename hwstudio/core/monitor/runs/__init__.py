"""The arithmetic of one training run over recorded sensors: energy, cost, use, prediction."""
