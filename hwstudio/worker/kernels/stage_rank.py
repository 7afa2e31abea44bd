"""One rank of a network cut in two: the first half on one device, the second on the other.

With one piece the devices take turns (model parallel). With several the batch is cut: while the
second device works on a piece, the first is at the next one (pipeline).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwstudio.worker.kernels.part_rank import PartRank, apart

LESSONS = 4


class StageRank(PartRank):
    """Holds its half, and the whole network as far as it was asked for."""

    def __init__(self, job: dict[str, Any]) -> None:
        super().__init__(job)
        self._steps: dict[int, Callable[[], Any]] = {}

    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        pieces = int(order.get("pieces", 0))
        if order["do"] == "weigh":
            return self.weigh(lambda: self._build(pieces))
        if order["do"] == "train":
            if pieces not in self._steps:
                self._steps[pieces] = self._build(pieces)[2]
            return self.timed(self._steps[pieces], int(order["steps"]))
        return self._learn(pieces)

    def _build(self, pieces: int) -> tuple[Any, Any, Callable[[], Any]]:
        """Return a network, its optimiser and one step. ``pieces`` 0: the whole, without a peer."""
        cut = (int(self.job["depth"]) + 1) // 2
        parts = []
        for number, part in enumerate(self.blocks()):
            if not pieces or (number < cut) == (self.rank == 0):
                parts.append(part)
        network = self.torch.nn.Sequential(*parts).to(self.device)
        optimiser = self.optimiser(network)
        work = {0: self._first, 1: self._second}[self.rank] if pieces else self._whole

        def step() -> Any:
            optimiser.zero_grad(set_to_none=True)
            loss = work(network, pieces)
            optimiser.step()
            return loss

        return network, optimiser, step

    def _whole(self, network: Any, _pieces: int) -> Any:
        loss = self.loss(network(self.x), self.y)
        loss.backward()
        return loss.detach()

    def _first(self, network: Any, pieces: int) -> Any:
        """Send every piece on as soon as it is done, then take the gradients back in order."""
        peers = self.torch.distributed
        kept, sent = [], []
        for piece in self.x.chunk(pieces):
            out = network(piece)
            kept.append(out)
            sent.append(peers.isend(out.detach(), 1))
        for out, handle in zip(kept, sent, strict=True):
            gradient = self.torch.empty_like(out)
            peers.recv(gradient, 1)
            handle.wait()
            out.backward(gradient)

    def _second(self, network: Any, pieces: int) -> Any:
        """Go forward and back with one piece after another: its gradient is sent at once."""
        peers, total, handles = self.torch.distributed, 0.0, []
        for wanted in self.y.chunk(pieces):
            piece = self.torch.empty(len(wanted), self.width, device=self.device)
            peers.recv(piece, 0)
            piece.requires_grad_()
            # The mean over the batch is the sum of the pieces' means, each by its share.
            loss = self.loss(network(piece), wanted) * (len(wanted) / self.batch)
            loss.backward()
            handles.append(peers.isend(piece.grad, 0))
            total = total + loss.detach()
        for handle in handles:
            handle.wait()
        return total

    def _learn(self, pieces: int) -> dict[str, Any]:
        """Train cut in two, then whole; say how far this half's weights are apart."""
        network, _, step = self._build(pieces)
        loss = [step() for _ in range(LESSONS)][-1]
        whole, _, alone = self._build(0)
        expected = [alone() for _ in range(LESSONS)][-1]
        weights = list(whole.parameters())
        own = list(network.parameters())
        same = weights[: len(own)] if self.rank == 0 else weights[-len(own) :]
        return {
            "loss": None if loss is None else float(loss),
            "expected_loss": float(expected),
            "apart": apart(own, same),
        }
