"""One rank of the sharded training: each process keeps a share of every weight (FSDP)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwstudio.worker.kernels.part_rank import PartRank, apart

LESSONS = 4  # steps after which both ways of training must have the same weights


class ShardRank(PartRank):
    """Holds the whole network and the sharded one, as far as they were asked for."""

    def __init__(self, job: dict[str, Any]) -> None:
        super().__init__(job)
        self._steps: dict[bool, Callable[[], Any]] = {}
        self._gathered: list[Any] = []

    def _build(self, x: Any, y: Any, *, is_sharded: bool) -> tuple[Any, Any, Callable[[], Any]]:
        """Return a network, its optimiser and one step on some samples."""
        if is_sharded:
            network = self._sharded()
        else:
            network = self.torch.nn.Sequential(*self.blocks()).to(self.device)
        optimiser = self.optimiser(network)

        def step() -> Any:
            optimiser.zero_grad(set_to_none=True)
            loss = self.loss(network(x), y)
            loss.backward()
            optimiser.step()
            return loss.detach()

        return network, optimiser, step

    def _sharded(self) -> Any:
        from torch.distributed.device_mesh import init_device_mesh
        from torch.distributed.fsdp import fully_shard

        mesh = init_device_mesh(self.device.partition(":")[0], (self.count,))
        parts = []
        for part in self.blocks():  # one by one: no process ever holds more than one whole
            parts.append(part.to(self.device))
            fully_shard(parts[-1], mesh=mesh)
        network = self.torch.nn.Sequential(*parts)
        fully_shard(network, mesh=mesh)
        return network

    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        verb, is_sharded = order["do"], bool(order.get("shared", False))
        if verb == "weigh":
            return self.weigh(lambda: self._build(self.x, self.y, is_sharded=is_sharded))
        if verb == "train":
            if is_sharded not in self._steps:
                built = self._build(self.x, self.y, is_sharded=is_sharded)
                self._steps[is_sharded] = built[2]
            return self.timed(self._steps[is_sharded], int(order["steps"]))
        return self._learn() if verb == "learn" else self._compare()

    def _learn(self) -> dict[str, Any]:
        """Train the sharded network, every rank on its slice of one batch, and gather it."""
        slices = [each.chunk(self.count)[self.rank] for each in (self.x, self.y)]
        network, _, step = self._build(*slices, is_sharded=True)
        loss = [step() for _ in range(LESSONS)][-1]
        self._gathered = [weight.full_tensor().detach() for weight in network.parameters()]
        return {"loss": float(loss)}

    def _compare(self) -> dict[str, Any]:
        """Train the whole network on the whole batch; say how far the weights are apart."""
        network, _, step = self._build(self.x, self.y, is_sharded=False)
        loss = [step() for _ in range(LESSONS)][-1]
        far = apart(self._gathered, network.parameters())
        self._gathered = []
        return {"loss": float(loss), "apart": far}
