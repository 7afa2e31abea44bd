"""The window with the Pythons of this computer, in which PyTorch is chosen or installed."""
