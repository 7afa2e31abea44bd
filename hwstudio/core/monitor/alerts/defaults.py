"""The alert rules that come with hwstudio. Thresholds stand on each device's own limits."""

from __future__ import annotations

from hwstudio.core.model.finding import Severity
from hwstudio.core.monitor.alerts.rule import Also, Level, Rule, When

RECORDER = "recorder"  # what the rule about silence is about
_MINUTE = 60.0
_HOUR = 3600.0
_DAY = 86400.0


def default_rules() -> tuple[Rule, ...]:
    """Return the rules of a new installation."""
    return (*_heat(), *_memory(), *_health(), *_money())


def _heat() -> tuple[Rule, ...]:
    return (
        Rule(
            id="gpu-hot",
            title="GPU near its own temperature limit",
            sensor="gpu.*.temperature_c",
            when=When.ABOVE,
            level=Level(of_limit=True, margin=2.0),
            band=5.0,
            hold_s=30.0,
            advice="Check the fans, the filters and the room's temperature",
        ),
        Rule(
            id="gpu-slowed-by-hardware",
            title="GPU slowed down by its hardware",
            sensor="gpu.*.throttle_bits",
            when=When.BITS,
            level=Level(0x8 | 0x40 | 0x80),
            hold_s=10.0,
            severity=Severity.ERROR,
            advice="Check its power cables, the power supply and the cooling",
        ),
    )


def _memory() -> tuple[Rule, ...]:
    return (
        Rule(
            id="vram-full",
            title="GPU memory nearly full",
            sensor="gpu.*.vram_used_bytes",
            when=When.ABOVE,
            level=Level(of_limit=True, share=0.97),
            band=float(2**28),
            hold_s=_MINUTE,
            advice="A larger batch or longer input will end with out of memory",
        ),
        Rule(
            id="memory-full",
            title="Memory nearly full",
            sensor="memory.used_bytes",
            when=When.ABOVE,
            level=Level(of_limit=True, share=0.95),
            band=float(2**29),
            hold_s=30.0,
            advice="Close programs or use fewer data-loader workers before the system ends one",
        ),
        Rule(
            id="disk-will-fill",
            title="A disk will be full soon",
            sensor="filesystem.*.used_bytes",
            when=When.WILL_EXCEED,
            level=Level(of_limit=True, share=0.98),
            within_s=_DAY,
            hold_s=5 * _MINUTE,
            repeat_s=6 * _HOUR,
            advice="Remove old checkpoints or move them to another disk",
        ),
    )


def _health() -> tuple[Rule, ...]:
    return (
        Rule(
            id="gpu-lost",
            title="GPU lost",
            sensor="gpu.*",
            when=When.LOST,
            hold_s=15.0,
            severity=Severity.ERROR,
            repeat_s=12 * _HOUR,
            advice="Save what you can; a restart of the computer usually brings it back",
        ),
        Rule(
            id="gpu-memory-errors",
            title="GPU memory errors that could not be corrected",
            sensor="gpu.*.ecc_uncorrected_errors_count",
            when=When.GROWS,
            severity=Severity.ERROR,
            advice="Results since then may be wrong; restart, and if more follow have it checked",
        ),
        Rule(
            id="gpu-memory-errors-corrected",
            title="GPU memory errors, corrected",
            sensor="gpu.*.ecc_corrected_errors_count",
            when=When.GROWS,
            severity=Severity.INFO,
            repeat_s=_DAY,
            advice="Single ones are harmless; many a day are a reason to have the card checked",
        ),
        Rule(
            id="recorder-stopped",
            title="Recording stopped",
            sensor=RECORDER,
            when=When.SILENT,
            hold_s=30.0,
            advice="Start it again from the monitor or with: hwstudio monitor recorder start",
        ),
    )


def _money() -> tuple[Rule, ...]:
    return (
        Rule(
            id="gpu-idle-but-held",
            title="GPU idle while its memory is held",
            sensor="gpu.*.busy_share",
            when=When.BELOW,
            level=Level(0.03),
            band=0.05,
            hold_s=30 * _MINUTE,
            also=Also("vram_used_bytes", When.ABOVE, Level(of_limit=True, share=0.10)),
            severity=Severity.INFO,
            repeat_s=4 * _HOUR,
            advice="If the job is finished or hangs, end it: an idle GPU costs money",
        ),
    )
