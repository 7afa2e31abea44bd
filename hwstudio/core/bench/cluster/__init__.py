"""A run over several computers: their list, how each is called, and what is sent there."""
