"""The version, said once for every face and for the installers."""

from __future__ import annotations

VERSION = "0.1.0"
