"""Runs before the packaged window: pyqtgraph asks for Qt's OpenGL parts, 10 MB, and uses none.

It names the modules when it is loaded and touches them only where a plot is told to draw by
OpenGL, which none of ours is. Two empty modules answer; a plot that did ask would fail plainly.
"""

import sys
import types


class QOpenGLWidget:
    """Stands where pyqtgraph derives a class from Qt's; it refuses to be made."""

    def __init__(self, *_arguments: object) -> None:
        raise RuntimeError("This build of hwstudio draws without OpenGL.")


sys.modules["PySide6.QtOpenGL"] = types.ModuleType("PySide6.QtOpenGL")
_widgets = types.ModuleType("PySide6.QtOpenGLWidgets")
_widgets.QOpenGLWidget = QOpenGLWidget  # type: ignore[attr-defined]
sys.modules["PySide6.QtOpenGLWidgets"] = _widgets
