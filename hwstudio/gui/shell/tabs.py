"""The tabs of the window, in their order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab and where its view class lives; imported when first shown."""

    id: str
    title: str
    icon: str
    target: str
    words: str


TABS = (
    Tab("machine", "This PC", "machine", "hwstudio.gui.machine.view:MachineView",
        "assessment score readiness detect hardware"),
    Tab("monitor", "Monitor", "monitor", "hwstudio.gui.monitor.view:MonitorView",
        "live charts cpu gpu temperature processes"),
    Tab("workload", "Workload", "workload", "hwstudio.gui.workload.view:WorkloadView",
        "model memory vram fit time train fine-tune lora chat predict"),
    Tab("configure", "Configure", "configure", "hwstudio.gui.configure.view:ConfigureView",
        "build budget parts psu wizard plan pc"),
    Tab("parts", "Parts", "parts", "hwstudio.gui.parts.view:PartsView",
        "catalogue prices compare search specifications"),
    Tab("bench", "Benchmark", "bench", "hwstudio.gui.bench.view:BenchView",
        "matmul ddp measure speed test"),
    Tab("cloud", "Cloud", "cloud", "hwstudio.gui.cloud.view:CloudView",
        "rent offers break-even price per hour"),
    Tab("learn", "Learn", "learn", "hwstudio.gui.learn.view:LearnView",
        "guide pages help explain code snippets copy folders"),
)  # fmt: skip
