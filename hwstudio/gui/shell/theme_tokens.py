"""The only colours of hwstudio, light and dark; text on bg and surface keeps 4.5:1."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """Named colours of one scheme."""

    name: str
    bg: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    ok: str
    warn: str
    error: str
    series: tuple[str, ...]  # fixed order, colour-blind safe; the first is this machine

    @property
    def is_dark(self) -> bool:
        return self.name == "dark"

    def status(self, kind: str) -> str:
        """Return the colour of ok, warn, error, or muted for anything else."""
        return {"ok": self.ok, "warn": self.warn, "warning": self.warn, "error": self.error}.get(
            kind, self.muted
        )


LIGHT = Tokens(
    name="light",
    bg="#F6F7F9",
    surface="#FFFFFF",
    raised="#ECEFF3",
    line="#D5DBE3",
    text="#1A2330",
    muted="#526071",
    accent="#2563C9",
    on_accent="#FFFFFF",
    ok="#177247",
    warn="#8F5F00",
    error="#BF2B36",
    series=("#0072B2", "#D55E00", "#009E73", "#AA4499", "#B8860B", "#3A9BDC", "#6B7280"),
)

DARK = Tokens(
    name="dark",
    bg="#11151B",
    surface="#1A2029",
    raised="#242C37",
    line="#364150",
    text="#E7EBF1",
    muted="#A0ACBA",
    accent="#74A9FF",
    on_accent="#0C1420",
    ok="#4FC98F",
    warn="#E5B64A",
    error="#FF8078",
    series=("#5AB4F0", "#FF9A5C", "#3FD0A0", "#E08FD0", "#F0C050", "#9AD0FF", "#A0ACBA"),
)
