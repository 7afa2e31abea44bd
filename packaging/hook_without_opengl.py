"""Runs before the packaged window: pyqtgraph asks for PySide6.QtOpenGL, 9 MB, and never uses it.

It names the module when it is loaded and touches it only where a plot is told to draw by OpenGL,
which none of ours is. An empty module answers; touching it would raise AttributeError.
"""

import sys
import types

sys.modules["PySide6.QtOpenGL"] = types.ModuleType("PySide6.QtOpenGL")
