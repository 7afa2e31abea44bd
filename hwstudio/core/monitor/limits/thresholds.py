"""Every threshold of the judgement in one table, each with its reason.

Limits of a device (its power limit, its slowdown temperature, its link, its size) are never here:
they come from the driver. What is here are shares of those limits, times and counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number to compare with, in ``unit``, and why it is this number."""

    value: float
    unit: str  # share s bytes bytes_per_s c count
    why: str


TABLE: Mapping[str, Threshold] = {
    # time
    "window_s": Threshold(60.0, "s", "the longest stretch looked at: two turns of a slow loader"),
    "now_s": Threshold(20.0, "s", "'now': long enough for several steps, short enough to follow"),
    "gap_s": Threshold(5.0, "s", "a longer hole means sleep or a pause: what was before is past"),
    "gap_intervals": Threshold(4.0, "count", "a hole is also measured against the interval"),
    "first_count": Threshold(3.0, "count", "fewer samples than this say nothing yet"),
    "pause_s": Threshold(15.0, "s", "a checkpoint or an evaluation may stop the GPU this long"),
    "pause_share": Threshold(0.35, "share", "more of the time than this is no pause, it is a wait"),
    "pause_count": Threshold(2.0, "count", "more stops than this in a minute are a rhythm"),
    "hung_s": Threshold(40.0, "s", "longer than a checkpoint, an evaluation or a short think"),
    "lost_s": Threshold(8.0, "s", "a GPU that gives nothing for this long while others do is gone"),
    # GPU
    "gpu_low": Threshold(0.10, "share", "below: no work; a screen alone takes up to this much"),
    "gpu_still": Threshold(0.03, "share", "below: nothing at all moves"),
    "gpu_active": Threshold(0.30, "share", "from here the GPU does something worth judging"),
    "gpu_busy": Threshold(0.85, "share", "from here the GPU itself sets the pace"),
    "gpu_waits": Threshold(0.80, "share", "below: a fifth of the GPU's time goes to waiting"),
    "gpu_work": Threshold(0.30, "share", "of the power limit; a kernel that only spins takes less"),
    "gpu_doubt": Threshold(0.45, "share", "of the power limit; below, the work is light"),
    "spin_memory": Threshold(0.03, "share", "a spinning kernel moves nothing in GPU memory"),
    "spin_power": Threshold(0.40, "share", "of the power limit; spinning stays below"),
    "gpu_memory_busy": Threshold(0.70, "share", "matrix products stay below, streaming is above"),
    "rest_power": Threshold(0.25, "share", "of the power limit; where utilisation is not shown"),
    "job_vram": Threshold(0.15, "share", "a desktop holds less of the GPU's memory than this"),
    "job_vram_bytes": Threshold(1.5 * 2**30, "bytes", "a desktop holds less than this"),
    "turns_low": Threshold(0.80, "share", "GPUs that take turns add up to about one"),
    "turns_high": Threshold(1.15, "share", "GPUs that take turns add up to about one"),
    "turns_apart": Threshold(0.30, "share", "of the samples may hold the end of one turn and more"),
    "slower_clock": Threshold(0.80, "share", "of its sisters' clock: normal spread is 5 %"),
    "cap_share": Threshold(0.50, "share", "of the samples with the power cap set: it rules"),
    "cap_power": Threshold(0.97, "share", "of the power limit, where the cap is not reported"),
    "lowered": Threshold(0.85, "share", "of the maker's limit: somebody lowered it on purpose"),
    "throttle_share": Threshold(0.25, "share", "of the samples: a single one is nothing"),
    "near_limit_c": Threshold(4.0, "c", "drivers begin to slow this close under the limit"),
    "slow_clock": Threshold(0.80, "share", "of the highest clock: slowed for a reason"),
    "braked_clock": Threshold(0.60, "share", "of the highest clock: far beyond normal control"),
    # memory
    "vram_full": Threshold(0.97, "share", "what is left is lost to pieces and workspaces"),
    "vram_heading": Threshold(0.95, "share", "from here a growing allocation is followed"),
    "vram_change": Threshold(0.002, "share", "of the GPU's memory: a change that counts"),
    "vram_changes": Threshold(3.0, "count", "reserved once is a habit, growing is a danger"),
    "memory_left": Threshold(0.08, "share", "of memory still available: close to the end"),
    "memory_left_bytes": Threshold(8.0 * 2**30, "bytes", "on big servers 8 % is still plenty"),
    "swap_left": Threshold(0.15, "share", "with more available than this nobody has to swap"),
    "swap_rate": Threshold(10e6, "bytes_per_s", "in or out; old pages at rest do no harm"),
    "memory_stall": Threshold(0.10, "share", "of the time a program waited for memory"),
    # host
    "cpu_busy": Threshold(0.85, "share", "from here programs queue for the processor"),
    "core_full": Threshold(0.88, "share", "one thread that moves between cores leaves a gap"),
    "turns_sum": Threshold(
        0.82, "share", "GPU and one core together fill the time: they alternate"
    ),
    "one_thread": Threshold(1.6, "count", "cores in use that one thread and the rest can explain"),
    "rest_of_cores": Threshold(0.35, "share", "busy on average: more is no one-core program"),
    "quiet_cores": Threshold(0.6, "count", "cores in use by what always runs in the background"),
    "quiet_share": Threshold(0.06, "share", "of the processor used by the background"),
    "disk_busy": Threshold(
        0.80, "share", "of the time with a request under way, while a GPU waits"
    ),
    "disk_alone": Threshold(0.90, "share", "the same with nobody seen waiting"),
    "disk_some": Threshold(0.50, "share", "a drive that is this busy explains programs that stall"),
    "disk_calm": Threshold(0.30, "share", "below: it is not the drive that programs stall for"),
    "disk_stall": Threshold(0.30, "share", "of the time a program stood still for its data"),
    "disk_wait_cores": Threshold(0.5, "count", "cores that could work and wait for a drive"),
    "move_bytes": Threshold(2e6, "bytes_per_s", "less than this is housekeeping"),
    "link_feeds": Threshold(0.70, "share", "of a network link, while a GPU waits"),
    "link_full": Threshold(0.80, "share", "of a network link: protocols take the rest"),
    "pcie_narrow": Threshold(0.26, "share", "of the widest link: a quarter hurts any loader"),
    "pcie_full": Threshold(0.60, "share", "of the link's raw rate: copies come in bursts"),
    "pcie_calm": Threshold(0.30, "share", "below: traffic is shown and the link is not the limit"),
    "cpu_active": Threshold(0.50, "share", "a processor that works enough to get hot"),
    "cpu_near_c": Threshold(3.0, "c", "under the sensor's own limit"),
    "cpu_slowed": Threshold(0.75, "share", "of the clock seen in this stretch"),
    "idle_cpu": Threshold(0.10, "share", "below: only the system itself runs"),
    "idle_core": Threshold(0.50, "share", "no core is kept by one program"),
    "idle_disk": Threshold(0.20, "share", "of the time"),
    "idle_network": Threshold(5e6, "bytes_per_s", "more than chatter"),
}
AT: Mapping[str, float] = {name: threshold.value for name, threshold in TABLE.items()}
