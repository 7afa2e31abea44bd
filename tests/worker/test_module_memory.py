"""The memory of a person's own module: exact to the byte, and in words where it cannot be told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.paths import worker_root
from hwstudio.core.bench.launch import Interpreter, clean_environment
from hwstudio.core.predict.module.result import ModuleQuestion, read_result
from hwstudio.core.project.module_run import ModuleRunner

pytestmark = [
    pytest.mark.torch,
    pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed"),
]
HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
NET = """
class Net(nn.Module):
    def __init__(self, wide=1000, depth=1):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(wide, wide, bias=False) for _ in range(depth))
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
"""
GPT = """
class Block(nn.Module):
    def __init__(self, wide, heads):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(wide, 3 * wide), nn.Linear(wide, wide)
    def forward(self, x):
        b, t, w = x.shape
        q, k, v = (p.view(b, t, self.heads, -1).transpose(1, 2) for p in self.qkv(x).split(w, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=0.1)
        return x + self.out(y.transpose(1, 2).reshape(b, t, w))
class Gpt(nn.Module):
    def __init__(self, wide=64, heads=4, depth=3, words=500):
        super().__init__()
        self.words = nn.Embedding(words, wide)
        self.blocks = nn.ModuleList(Block(wide, heads) for _ in range(depth))
        self.head = nn.Linear(wide, words, bias=False)
    def forward(self, ids):
        x = self.words(ids)
        for block in self.blocks:
            x = block(x)
        return self.head(x)
def model():
    return Gpt()
"""


# Many files in one process, as torch takes seconds to load; what ends a process has its own below.
MANY = """
import json, sys
sys.path.insert(0, sys.argv[1])
from hwstudio.worker.channel import Failure
from hwstudio.worker.kernels import module_memory
class Told:
    value = None
    def check(self): pass
    def emit(self, kind, **data): self.value = data.get("value", self.value)
for line in sys.stdin:
    told = Told()
    try:
        module_memory.run(json.loads(line), told)
        print("ANSWER", json.dumps(told.value), flush=True)
    except Failure as failure:
        print("ANSWER", json.dumps([failure.what, failure.why, failure.remedy]), flush=True)
"""


@pytest.fixture(scope="module")
def reckon(tmp_path_factory):
    """Return what writes a file and has its memory reckoned; a list = what, why, remedy."""
    folder = tmp_path_factory.mktemp("modules")
    process = subprocess.Popen(
        [sys.executable, "-c", MANY, str(worker_root())],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**clean_environment(os.environ, frozen=False), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip

    def run(text, **asked):
        file = folder / "mine.py"
        file.write_text(HEAD + text, "utf-8")
        question = ModuleQuestion(file=str(file), **asked)
        process.stdin.write(json.dumps(question.params) + "\n")
        process.stdin.flush()
        said = next(line for line in process.stdout if line.startswith("ANSWER "))
        answer = json.loads(said.removeprefix("ANSWER "))
        return read_result(question, answer) if isinstance(answer, dict) else answer

    yield run
    process.communicate(timeout=30)


@pytest.fixture
def runner(tmp_path):
    """Return a runner and the path of a file to run."""
    python = Interpreter(sys.executable, "3", "2")
    return ModuleRunner(python, tmp_path / "logs"), tmp_path / "mine.py"


def sizes(found) -> dict[str, int]:
    return {item.label.split()[0]: item.bytes for item in found.items}


def test_a_step_that_can_be_added_up_by_hand_agrees_to_the_byte(reckon):
    own_loss = NET + "def loss(out):\n    return out.sum()\n"
    found = reckon(own_loss, input="1000", batch=500, optimiser="none", target="cpu")
    weights, inputs, outputs, gradient = 4_000_000, 2_000_000, 2_000_000, 4_000_000
    loss_and_its_gradient = 4 + 4
    assert found.peak_bytes == weights + inputs + outputs + gradient + loss_and_its_gradient
    assert sizes(found)["weights"] == sizes(found)["gradients"] == 4_000_000
    assert found.macs_per_sample == 1000 * 1000
    assert found.activations_per_sample == 1000
    assert found.peak_phase == "backward"
    assert found.loss == "the file's own loss"


@pytest.mark.parametrize(
    ("optimiser", "states"), [("sgd", 0), ("sgd-momentum", 1), ("adam", 2), ("adamw", 2)]
)
def test_an_optimiser_keeps_so_many_copies_of_the_weights(reckon, optimiser, states):
    found = reckon(NET, input="1000", batch=1, optimiser=optimiser)
    assert sizes(found).get("optimiser", 0) // 4_000_000 == states


def test_a_model_larger_than_this_computer_is_built_and_stepped(reckon):
    text = NET + "def big():\n    return Net(40_000, 20)\n"  # 128 GB of weights
    found = reckon(text, name="big", input="40000", batch=2)
    assert found.params_total == 20 * 40_000**2
    assert found.peak_bytes >= 4 * 4 * found.params_total  # weights, gradients, two moments


def test_running_keeps_nothing_for_a_backward_pass(reckon):
    text = NET + "def deep():\n    return Net(100, 30)\n"
    asked = {"name": "deep", "input": "100", "batch": 10_000}
    trained, run = reckon(text, **asked), reckon(text, **asked, is_inference=True)
    assert set(sizes(run)) == {"weights", "temporaries", "inputs"}
    assert sizes(run)["temporaries"] <= 2 * 4_000_256  # one layer's input and output
    assert sizes(trained)["activations"] >= 29 * 4_000_000


def test_a_checkpointed_module_keeps_less(reckon):
    text = """
from torch.utils.checkpoint import checkpoint
class Net(nn.Module):
    def __init__(self, saves=False):
        super().__init__()
        self.saves = saves
        self.parts = nn.ModuleList(
            nn.Sequential(nn.Linear(64, 256), nn.GELU(), nn.Linear(256, 64)) for _ in range(6))
    def forward(self, x):
        for part in self.parts:
            x = checkpoint(part, x, use_reentrant=False) if self.saves else part(x)
        return x
def saving():
    return Net(True)
"""
    asked = {"input": "64", "batch": 4096}
    plain, saving = reckon(text, name="Net", **asked), reckon(text, name="saving", **asked)
    assert saving.peak_bytes < plain.peak_bytes / 2


def test_on_a_card_dropout_keeps_a_byte_an_element(reckon):
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.drop = nn.Linear(8, 1000, bias=False), nn.Dropout(0.5)
    def forward(self, x):
        return self.drop(self.first(x))
def loss(out):
    return out.sum()
"""
    asked = {"input": "8", "batch": 1000, "optimiser": "none"}
    card, processor = reckon(text, **asked), reckon(text, **asked, target="cpu")
    assert processor.peak_bytes - card.peak_bytes == pytest.approx(3_000_000, rel=0.02)


def test_a_text_model_tells_its_layers_heads_and_words(reckon):
    found = reckon(GPT, name="model", input="tokens:32", batch=2)
    shape = found.shape
    assert (shape.layers, shape.heads, shape.kv_heads, shape.head_dim) == (3, 4, 4, 16)
    assert (shape.hidden, shape.vocab, shape.tokens) == (64, 500, 32)
    assert shape.has_ids
    assert shape.has_head
    assert found.loss == "cross-entropy over the last axis"


def test_values_may_be_read_while_the_model_is_built(reckon):
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rates = [rate.item() for rate in torch.linspace(0, 0.1, 12)]
        assert self.rates[-1] > 0.09
        self.last = nn.Linear(10, 10).to("cuda:0")
    def forward(self, x):
        return self.last(x.cuda())
def example_inputs(batch):
    return torch.randn(batch, 10, device="cuda")
"""
    assert reckon(text, batch=3).params_total == 110


@pytest.mark.parametrize("precision", ["bf16", "amp_bf16", "amp_fp16"])
def test_half_precision_halves_what_it_should(reckon, precision):
    text = NET + "def deep():\n    return Net(200, 10)\n"
    asked = {"name": "deep", "input": "200", "batch": 5000}
    full, half = reckon(text, **asked), reckon(text, **asked, precision=precision)
    kept = sizes(half)["activations"] / sizes(full)["activations"]
    assert kept == pytest.approx(0.5, abs=0.15)
    weights = sizes(half)["weights"] / sizes(full)["weights"]
    assert weights == pytest.approx(0.5 if precision == "bf16" else 1.0, abs=0.01)


BROKEN = [
    ("import nothing_of_this_name\n", {}, "line 4", "No module named", "Install"),
    ("def f(:\n", {}, "line 4", "no valid Python", "Mend"),
    ("raise SystemExit(0)\n", {}, "line 4", "ends the program", "__main__"),
    ("x = 1\n", {}, "holds no model", "torch.nn.Module", "function"),
    (NET + "class Two(Net):\n    pass\n", {}, "several models", "Net, Two", "mine.py:Two"),
    (NET.replace("wide=1000", "wide"), {}, "without arguments", "Net needs wide", "mine.py:model"),
    (NET, {"name": "Nut"}, "no model 'Nut'", "Net", "name"),
    (NET, {}, "What goes into", "example_inputs", "3x224x224"),
    (NET, {"input": "7"}, "line 11 failed while forward", "1000", "3x224x224"),
    (
        NET.replace("return x", "return x if x.sum() > 0 else -x"), {"input": "1000"},
        "line 12", "depends on values", "Leave out of forward",
    ),
    ("def f():\n    return 3\n", {"name": "f"}, "gives no model", "int", "Name the class"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "asked", "what", "why", "remedy"), BROKEN)
def test_what_is_wrong_with_a_file_is_said_with_line_reason_and_remedy(
    reckon, text, asked, what, why, remedy
):
    answer = reckon(text, **asked)
    assert isinstance(answer, list)
    assert what in answer[0]
    assert why in answer[1]
    assert remedy in answer[2]


def test_a_whole_run_in_a_process_of_its_own_is_told_step_by_step(runner):
    run, file = runner
    file.write_text(HEAD + NET, "utf-8")
    told = []
    found = run.run(ModuleQuestion(file=str(file), input="1000"), told.append)
    assert found.params_total == 1_000_000
    assert told[0] == "Loading mine.py"


@pytest.mark.parametrize(
    ("text", "limit_s", "what"),
    [
        ("while True:\n    pass\n", 3.0, "took longer than 3 s"),
        ("import os\nos._exit(7)\n", 60.0, "ended the process"),
    ],
)
def test_a_file_that_does_not_end_or_ends_the_process_is_said(runner, text, limit_s, what):
    run, file = runner
    file.write_text(text, "utf-8")
    run.limit_s = limit_s
    with pytest.raises(UserError, match=what):
        run.run(ModuleQuestion(file=str(file)))


def test_it_can_be_cancelled_while_the_file_runs(runner):
    run, file = runner
    file.write_text("import time\ntime.sleep(600)\n", "utf-8")

    def stop_at_loading(words: str) -> None:
        if words.startswith("Loading"):
            run.cancel.set()

    assert run.run(ModuleQuestion(file=str(file)), stop_at_loading) is None
