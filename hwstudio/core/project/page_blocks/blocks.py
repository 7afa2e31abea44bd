"""The places of pages and who fills them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from hwstudio.core.project.page_blocks.ground import Ground
from hwstudio.core.project.page_blocks.own_parts import own_cpu, own_drives, own_gpu, own_memory
from hwstudio.core.project.page_blocks.project_memory import project_memory
from hwstudio.core.project.page_blocks.times import (
    sheet_rates,
    size_times,
    story_times,
    task_speeds,
)
from hwstudio.core.project.page_blocks.tips import tips_here

BLOCKS: Mapping[str, Callable[[Ground], str]] = MappingProxyType(
    {
        "story_times": story_times,
        "sheet_rates": sheet_rates,
        "size_times": size_times,
        "project_memory": project_memory,
        "task_speeds": task_speeds,
        "own_cpu": own_cpu,
        "own_gpu": own_gpu,
        "own_memory": own_memory,
        "own_drives": own_drives,
        "tips_here": tips_here,
    }
)
