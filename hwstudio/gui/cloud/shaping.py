"""Works out the speeds of a job on every offer and GPU in the background, before they are shown."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from hwstudio.core.assess.own_or_rent import Shapes
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.speed import refused
from hwstudio.gui.cloud.state import Stock
from hwstudio.gui.kit.task import Task

WAITING = "Estimating how fast this job runs …"


class Shaping(QObject):
    """``made`` carries Shapes whose speeds are known, so that showing them never waits."""

    made = Signal(object)
    failed = Signal(str)

    def __init__(self, stock: Stock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stock = stock
        self._task = Task(self)
        self._task.done.connect(self.made)
        self._task.failed.connect(self.failed)

    def set_stock(self, stock: Stock) -> None:
        """Work with other offers from the next time on."""
        self._stock = stock

    def make(self, workload: Workload, own_count: int) -> None:
        """Make them for a job and a number of own GPUs; at once where nothing need be read."""
        if self._stock.predictors is None:
            self.made.emit(Shapes(workload, self._stock.gpus))
        else:
            self._task.start(partial(shapes_of, self._stock, workload, own_count))

    def is_current(self, shapes: Shapes, own_count: int) -> bool:
        """Say whether shapes rest on all that was measured and hold this number of own GPUs."""
        known = self._stock.predictors
        if known is None:
            return True
        return own_count in shapes.owned_counts and known.is_current(shapes.predictor)


def not_yet(workload: Workload) -> Prediction:
    """Return the absent speed that stands until the first one is there."""
    return refused(f"{workload.unit}/s", WAITING)


def shapes_of(stock: Stock, workload: Workload, own_count: int) -> Shapes:
    """Return the shapes of a job with their speeds; may read the measurements first."""
    if stock.predictors is None:
        return Shapes(workload, stock.gpus)
    shapes = Shapes(workload, stock.gpus, stock.predictors.now())
    shapes.prepare(stock.offers, {1, own_count})
    return shapes
