"""The folders of a new project: what there is, and what belongs into each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hwstudio.core.project.learn.own import Own

_IGNORED = """# Large or made again: not for git.
data/**
runs/**
models/**
!data/**/
!**/README.md
__pycache__/
.venv/
"""
_SETTINGS = """# Everything that decides how a run goes. Copy this file for each experiment.
seed = 0
epochs = 10
batch = 64
learning_rate = 1e-3
precision = "bf16"
"""
_README = """# Name of the project

What it is for, which data it uses and where they are from, how to start a run.
"""
# Path -> what it is for. A folder ends with "/" and gets a README that says so.
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "README.md": "what the project is for, and how to start a run",
        ".gitignore": "keeps data, runs and models out of git",
        "configs/base.toml": "the settings of a run; one file for each experiment",
        "data/raw/": "data as they came; never changed",
        "data/prepared/": "made from raw by code; can be deleted and made again",
        "src/": "code that is used more than once",
        "notebooks/": "trying things out",
        "runs/": "one folder for each run: its settings, log and checkpoints",
        "models/": "the few models that are kept",
        "reports/": "figures and results to show",
        "tests/": "tests of the code in src",
    }
)
_TEXTS = {"README.md": _README, ".gitignore": _IGNORED, "configs/base.toml": _SETTINGS}


def files() -> dict[str, str]:
    """Return the files of the tree by their path, with "/" between folders."""
    made = {}
    for path, words in WORDS.items():
        if path.endswith("/"):
            name = path.rstrip("/").rpartition("/")[2]
            made[f"{path}README.md"] = f"# {name}\n\n{words[:1].upper()}{words[1:]}.\n"
        else:
            made[path] = _TEXTS[path]
    return made


def tree_here(_own: Own) -> str:
    """Return the tree as a block of Markdown."""
    widest = max(map(len, WORDS)) + 2
    lines = [f"{path.ljust(widest)}{words}" for path, words in WORDS.items()]
    return "\n".join(("```", *lines, "```"))
