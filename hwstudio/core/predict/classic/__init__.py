"""Classic machine learning on a processor: work, memory and time of one job."""
