"""The Qt-free, torch-free core: everything hwstudio knows and decides."""
