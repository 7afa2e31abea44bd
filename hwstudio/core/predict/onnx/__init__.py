"""Reads what an ONNX file says of its model, without the onnx library and without its weights."""
