"""What limits the machine now: a judgement with its evidence, from recorded numbers alone."""
