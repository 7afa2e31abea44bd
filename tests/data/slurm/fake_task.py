"""The task of a Slurm job with a rank that needs no torch. FAKE_RANK: "stop 1", "oom 1"."""

import sys
from pathlib import Path

from hwstudio.worker.slurm import task

RANK = Path(__file__).resolve().with_name("fake_rank.py")
task.rank_command = lambda: [sys.executable, str(RANK)]
sys.exit(task.main())
