"""Copies and the search for a shape, with the processor in the place of a GPU."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from hwstudio.core.bench.peak import gpu_link  # noqa: E402
from hwstudio.worker.channel import Failure  # noqa: E402
from hwstudio.worker.kernels import host_copy, matmul_shapes, peer_copy, training_step  # noqa: E402
from hwstudio.worker.kernels.copies import Blocks, both_of, copy_of, refuse_if_changed  # noqa: E402
from hwstudio.worker.kernels.products import Shape  # noqa: E402
from hwstudio.worker.stopping import Budget  # noqa: E402

pytestmark = pytest.mark.torch
BRIEF = Budget(cap_s=0.05, warmup_s=0.0)


class Told:
    def __init__(self) -> None:
        self.found, self.conditions = {}, {}

    def emit(self, event, **data) -> None:
        if event == "series":
            self.found[data["series"]] = data
        if event == "condition":
            self.conditions[data["name"]] = data["value"]

    def check(self) -> None:
        pass


class Room:
    """Stands in for torch.cuda's streams and notes the order of what waits for what."""

    def __init__(self) -> None:
        self.log = []

    def Stream(self, device):
        return SimpleNamespace(wait_stream=lambda other: self.log.append("stream waits"))

    def current_stream(self, _device):
        return SimpleNamespace(wait_stream=lambda other: self.log.append("current waits"))

    @contextlib.contextmanager
    def stream(self, _stream):
        yield


class PageableWays(host_copy.Ways):
    """The processor has no pinned memory and no streams of its own."""

    def way(self, name):
        if name == "both_ways":
            self._torch = SimpleNamespace(cuda=Room(), xpu=None)
        made = self.blocks.host
        self.blocks.host = lambda is_pinned: made(is_pinned=False)
        return super().way(name)


@pytest.mark.parametrize("name", host_copy.POINTS)
def test_every_way_moves_the_bytes_and_counts_them(name):
    told = Told()
    ways = PageableWays(torch, "cpu", Blocks(torch, 1))
    host_copy.measure(torch, "cpu", ways, name, BRIEF, told)
    assert told.found[name]["block_bytes"] == 2**20
    assert ways.way(name)[2] == (2 if name == "both_ways" else 1) * 2**20


def test_a_byte_changed_on_the_way_is_an_error():
    blocks = Blocks(torch, 1)
    arrived = blocks.random.clone()
    refuse_if_changed(torch, arrived, blocks.random, "to_gpu")
    arrived[7] ^= 1
    with pytest.raises(Failure, match="changed on the way"):
        refuse_if_changed(torch, arrived, blocks.random, "to_gpu")


def test_both_ways_start_before_either_is_waited_for():
    room, done = Room(), []
    both_of(room, "cuda:0", lambda: done.append("there"), lambda: done.append("back"))()
    assert done == ["there", "back"]
    assert room.log == ["stream waits", "stream waits", "current waits", "current waits"]


def test_without_a_gpu_copies_are_refused_with_the_reason():
    with pytest.raises(Failure) as refused:
        host_copy.run({"device": "cpu"}, Told())
    assert (refused.value.kind, refused.value.what) == ("unsupported", "There is no GPU to copy to")
    if torch.cuda.device_count() < 2:
        with pytest.raises(Failure, match="needs two of them"):
            peer_copy.run({}, Told())


def test_an_apple_gpu_has_only_ordinary_memory():
    assert set(host_copy.lacking("mps", list(host_copy.POINTS))) == {
        "to_gpu_pinned", "from_gpu_pinned", "both_ways",
    }  # fmt: skip
    assert host_copy.lacking("cuda:0", list(host_copy.POINTS)) == {}


def test_pairs_of_gpus_are_all_or_those_of_the_first():
    gpus = ["cuda:0", "cuda:1", "cuda:2"]
    assert len(peer_copy.pairs_of(gpus, "all")) == 6
    assert all("cuda:0" in pair for pair in peer_copy.pairs_of(gpus, "first"))
    assert len(peer_copy.names_of(("cuda:0", "cuda:1"))) == 2
    assert peer_copy.names_of(("cuda:1", "cuda:0")) == ["one_way cuda:1 > cuda:0"]


def test_the_link_of_a_card_bounds_what_can_be_copied():
    card = SimpleNamespace(name="card", pcie_gen=4, pcie_lanes=16)
    assert gpu_link(card).value == pytest.approx(31.5e9, rel=0.01)
    assert gpu_link(card, ways=2).value == pytest.approx(63e9, rel=0.01)
    assert gpu_link(SimpleNamespace(name="card", pcie_gen=None, pcie_lanes=16)) is None
    assert gpu_link(None) is None


def test_a_copy_moves_what_was_there_when_it_is_called():
    origin, target = torch.zeros(3), torch.ones(3)
    call = copy_of(target, origin)
    origin += 5
    call()
    assert target.tolist() == [5, 5, 5]


# --- shapes -------------------------------------------------------------------------------------


def test_shapes_that_do_not_fit_are_not_tried_and_squares_come_first():
    shapes = matmul_shapes.candidates((16, 32), "fp32", None)
    assert len(shapes) == 8
    assert shapes[:2] == [Shape(16, 16, 16), Shape(32, 32, 32)]
    few = matmul_shapes.candidates((16, 32), "fp32", 4 * 3 * 16 * 16 * 4)
    assert few == [Shape(16, 16, 16)]
    with pytest.raises(Failure, match="fits into the memory"):
        matmul_shapes.candidates((16, 32), "fp32", 100)


def test_the_finalists_are_the_fastest_and_always_a_square():
    wide = [Shape(16, 32, 64 + n) for n in range(5)]
    rates = {shape: 10.0 + n for n, shape in enumerate(wide)} | {Shape(8, 8, 8): 1.0}
    assert matmul_shapes.chosen(rates) == [wide[4], wide[3], wide[2], Shape(8, 8, 8)]
    rates[Shape(8, 8, 8)] = 99.0
    assert matmul_shapes.chosen(rates)[0] == Shape(8, 8, 8)
    assert len(matmul_shapes.chosen(rates)) == 3


def test_a_share_of_the_shapes_is_spread_over_all_of_them():
    assert matmul_shapes.evenly(list(range(100)), 0.04) == [0, 25, 50, 75]
    assert matmul_shapes.evenly([], 0.5) == []
    assert len(matmul_shapes.evenly(list(range(7)), 1.0)) == 7


def test_the_search_names_its_best_shape_and_what_squares_keep_of_it():
    told = Told()
    search = matmul_shapes.Search(torch, "cpu", "fp32", 1, told)
    rates = search.look(matmul_shapes.candidates((16, 32), "fp32", None), 5.0)
    assert len(rates) == 8
    search.measure(matmul_shapes.chosen(rates), BRIEF)
    assert set(told.found) == {"best", "square", "square_share"}
    assert told.found["best"]["precision_seen"] == "fp32"
    best, square = (told.found[n] for n in ("best", "square"))
    size = [eval(told.found[n]["shape"].replace("x", "*")) for n in ("best", "square")]
    spans = [2 * s / v for s, v in zip(size, (best["values"][0], square["values"][0]), strict=True)]
    expected = (size[1] / spans[1]) / (size[0] / spans[0])
    assert told.found["square_share"]["values"][0] == pytest.approx(expected)


# --- training -----------------------------------------------------------------------------------


class Stubborn(torch.nn.Module):
    """A network whose answer does not depend on its weights: it cannot learn."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(1))

    def forward(self, x):
        return torch.ones(len(x), 2) + 0 * self.weight


def lesson_of(network, name="bert", monkeypatch=None):
    plan = training_step.Plan(name, "fp32", 2, 4, 1)
    return training_step.Lesson(torch, "cpu", plan, network)


class Quick(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = torch.nn.EmbeddingBag(30522, 2)

    def forward(self, words):
        return self.words(words)


def test_a_loss_that_falls_is_told_from_the_first_step_to_the_last():
    lesson = lesson_of(Quick())
    for _ in range(3):
        lesson.step()
    first, last = lesson.check()
    assert last < first
    assert lesson.count == 3


def test_a_loss_that_does_not_fall_is_an_error_and_no_speed():
    lesson = lesson_of(Stubborn())
    lesson.step()
    with pytest.raises(Failure, match="went wrong") as refused:
        lesson.check()
    assert "has to fall" in refused.value.why
    assert lesson.count == 1 + training_step.LESSONS


def test_the_networks_trained_have_the_weights_of_the_published_ones():
    from hwstudio.worker.kernels.training_kinds import KINDS
    from hwstudio.worker.kernels.training_models import parameters_of

    with torch.device("meta"):
        found = {name: parameters_of(kind.build(torch, 1024)) for name, kind in KINDS.items()}
    assert found["resnet50"] == 25_557_032
    assert found["bert"] == 109_482_240 + 2 * 768 + 2
    assert found["gpt2"] == 124_439_808
    assert found["unet"] == pytest.approx(31.04e6, rel=0.01)  # the paper's widths


def test_the_work_of_a_u_net_is_that_which_torch_counts():
    from torch.utils.flop_counter import FlopCounterMode

    from hwstudio.worker.kernels import training_unet

    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        training_unet.unet(torch)(torch.zeros(1, 3, 64, 64))
    assert 2 * training_unet.macs_of_picture(64) == counter.get_total_flops()


@pytest.mark.parametrize("name", ["pictures", "text", "resnet50", "bert", "gpt2", "unet"])
def test_every_network_is_fed_what_it_can_be_judged_by(name):
    from hwstudio.worker.kernels.training_kinds import KINDS

    kind = KINDS[name]
    plan = training_step.Plan(name, "fp32", 2, 8 if kind.is_text else 0, 1)
    inputs, wanted = training_step.data_for(torch, "cpu", plan)
    places = (8 if kind.is_text else kind.side_px**2) if kind.is_dense else 1
    assert len(inputs) == 2
    assert wanted.numel() == 2 * places
    assert int(wanted.max()) < kind.answers
