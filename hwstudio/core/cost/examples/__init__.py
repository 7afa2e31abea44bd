"""Published calculations run by the name of their formula, F1 to F14, from named inputs."""
