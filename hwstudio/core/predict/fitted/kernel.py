"""How much two questions have in common: the covariance of what the ideal speed leaves open.

Written with the operations numpy and torch share, so that the fit (torch, for its gradients) and
the app (numpy) run the same lines. A sum of parts that a person can name: the unit, the device by
its data sheet, the kind of work, how the work meets the device, and what one model, device,
framework or publisher has to itself.
"""

from __future__ import annotations

from typing import Any

PARTS = 14
SOFT = 10
Matrix = Any  # numpy or torch, float


def _near(xp: Any, squared: Matrix) -> Matrix:
    """Return 1 / (1 + d^2 / 2): near things count fully, far ones a little."""
    return 1 / (1 + 0.5 * xp.clip(squared, 0, None))


# Block of coordinates, by the length it is measured with.
LENGTHS = {
    "device": "device", "device near": "device", "work": "work", "run": "run", "words": "words",
    "missing": "missing",
}  # fmt: skip


def measured(
    xp: Any, hyper: dict[str, Any], places: dict[str, Any], block: str, length: str
) -> tuple[Matrix, Matrix]:
    """Return rows measured by their lengths, and their squared norms."""
    rows = places[block] / xp.exp(hyper[length])
    return rows, (rows * rows).sum(1)


class _Between:
    """What two lists of questions have in common, part by part; shapes (a, b)."""

    def __init__(
        self, xp: Any, hyper: dict[str, Any], a: dict[str, Any], b: dict[str, Any]
    ) -> None:
        self._xp, self._hyper, self._a, self._b = xp, hyper, a, b
        self._firm = 1 / (1 + xp.exp(-hyper["soft"]))

    def squared(self, block: str, length: str) -> Matrix:
        """Return the squared distances of rows, every clue measured by its own length."""
        one = self._a[block] / self._xp.exp(self._hyper[length])
        ready = self._b.get(f"ready {length}")
        other, norm = ready or measured(self._xp, self._hyper, self._b, block, length)
        return (one * one).sum(1)[:, None] + norm[None] - 2 * (one @ other.T)

    def near(self, block: str) -> Matrix:
        return _near(self._xp, self.squared(block, block))

    def same(self, name: str) -> Matrix:
        """Return where a name is the same; one nobody measured (-1) is like no other."""
        one, other = self._a[f"code {name}"], self._b[f"code {name}"]
        return (one[:, None] == other[None]) & (other[None] >= 0)

    def slope(self, block: str) -> Matrix:
        steep = self._xp.exp(self._hyper[f"slope {block}"])
        return (self._a[block] * steep) @ (self._b[block] * steep).T

    def soft(self, equal: Matrix, place: int) -> Matrix:
        """Return 1 where equal, else the share that carries over."""
        return self._firm[place] + (1 - self._firm[place]) * equal

    def letters(self) -> Matrix:
        """Return how alike the models' names are."""
        alike = self._a["letters"] @ self._b["letters"].T - 1
        return self._xp.exp(self._xp.exp(self._hyper["letters"]) * alike)


def covariance(xp: Any, hyper: dict[str, Any], a: dict[str, Any], b: dict[str, Any]) -> Matrix:
    """Return the covariance of two lists of questions, shape (a, b).

    Args:
        xp: the module ``numpy`` or ``torch``.
        hyper: log lengths (``device``, ``device near``, ``work``, ``run``, ``words``,
            ``missing``), log slopes (``slope device``, ``slope run``), log amplitudes
            (``parts``, ``slopes``), ``soft`` and ``letters``.
        a, b: coordinates as ``coordinates`` returns them.
    """
    two = _Between(xp, hyper, a, b)
    same, soft, slope = two.same, two.soft, two.slope
    part, slopes = xp.exp(hyper["parts"]), xp.exp(hyper["slopes"])
    stack, kind, model = same("stack"), same("class"), same("model")
    framework, source, precision = same("framework"), same("source"), same("precision")
    how = soft(stack, 0) * soft(framework, 1) * soft(source, 2) * soft(precision, 3)
    kin = soft(kind, 4) * soft(same("family"), 5)
    letters = two.letters() * kin
    apart = two.squared("work", "work") + two.squared("missing", "missing")
    work = _near(xp, apart) * kin
    known_work = work * two.near("words")
    known = model * kind
    # In brackets what one job has in common on every device: a single row for a table of devices.
    run, device = two.near("run"), same("device")
    return (
        (kin * soft(stack, 7)) * (slopes[0] * slope("device") + slopes[1] * slope("run"))
        + (
            (2 * part[0]) * same("unit")
            + part[2] * known_work * how
            + part[5] * model * soft(stack, 6) * kin
            + part[8] * source * framework * kind
            + part[12] * letters * soft(stack, 9)
        )
        + two.near("device")
        * ((part[1] * kind * how) + run * ((part[4] * known_work + part[13] * letters) * how))
        + run * ((part[3] * kin + part[6] * model * work) * how)
        + device
        * (
            (part[7] * kind * soft(stack, 7) + part[11] * known * framework * soft(precision, 8))
            + run * (part[9] * framework * kind)
        )
        + _near(xp, two.squared("device", "device near")) * (part[10] * known * how)
    )
