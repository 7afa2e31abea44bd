"""Training logs followed live: TensorBoard event files, CSV, JSON lines; no TensorFlow needed."""
