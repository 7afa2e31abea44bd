"""The small process that runs heavy kernels; plain .py that any Python with torch can run."""
