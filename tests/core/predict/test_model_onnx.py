"""ONNX files read without their weights; the files are put together byte by byte, as the encoding
of protocol buffers says."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.predict.job_maker import modes_of
from hwstudio.core.predict.model_onnx import from_onnx
from hwstudio.core.project.model_file import open_model

FLOAT, INT8, INT64, HALF = 1, 3, 7, 10


def varint(value: int) -> bytes:
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def message(field: int, body: bytes | str) -> bytes:
    body = body.encode() if isinstance(body, str) else body
    return varint(field << 3 | 2) + varint(len(body)) + body


def tensor(name, shape, kind=FLOAT, data=b"", *, is_packed=False) -> bytes:
    sizes = b"".join(map(varint, shape))
    dims = message(1, sizes) if is_packed else b"".join(number(1, n) for n in shape)
    return dims + number(2, kind) + message(8, name) + (message(9, data) if data else b"")


def value(name, shape, kind=FLOAT) -> bytes:
    dims = b"".join(
        message(1, number(1, n) if isinstance(n, int) else message(2, n)) for n in shape
    )
    return message(1, name) + message(2, message(1, number(1, kind) + message(2, dims)))


def node(kind, inputs, outputs, **numbers) -> bytes:
    attributes = b"".join(
        message(5, message(1, key) + number(3, n) + number(20, 2)) for key, n in numbers.items()
    )
    names = b"".join(message(1, n) for n in inputs) + b"".join(message(2, n) for n in outputs)
    return names + message(4, kind) + attributes


def model(nodes=(), weights=(), inputs=(), values=()) -> bytes:
    parts = [(1, nodes), (5, weights), (11, inputs), (13, values)]
    graph = b"".join(message(field, body) for field, bodies in parts for body in bodies)
    return number(1, 8) + message(2, "pytorch") + message(7, graph)


def read(raw: bytes):
    return from_onnx(io.BytesIO(raw), len(raw), "net.onnx")


CNN = {
    "nodes": (
        node("Conv", ["x", "w1", "b1"], ["c"], group=1),
        node("Relu", ["c"], ["r"]),
        node("GlobalAveragePool", ["r"], ["g"]),
        node("Flatten", ["g"], ["f"]),
        node("Gemm", ["f", "w2"], ["y"], transB=1),
    ),
    "weights": (
        tensor("w1", [16, 3, 3, 3]), tensor("b1", [16], is_packed=True), tensor("w2", [10, 16]),
    ),
    "inputs": (value("x", ["batch", 3, 32, 32]),),
    "values": (value("c", ["batch", 16, 30, 30]), value("y", ["batch", 10])),
}  # fmt: skip


def test_a_convolutional_net_is_counted_by_hand():
    found = read(model(**CNN))
    assert found.model.params_total == 16 * 27 + 16 + 160
    assert found.model.macs_per_sample == 16 * 30 * 30 * 27 + 10 * 16
    assert found.model.activations_per_sample == 16 * 30 * 30 + 10
    assert found.model.family == "cnn"
    assert found.model.weight_bytes == 4 * found.model.params_total
    assert found.bytes_by_type == {"fp32": 4 * 608}
    assert found.missing == ""
    assert modes_of(found.model)


def test_a_batch_fixed_in_the_file_counts_once():
    fixed = CNN | {
        "inputs": (value("x", [8, 3, 32, 32]),),
        "values": (value("c", [8, 16, 30, 30]), value("y", [8, 10])),
    }
    assert read(model(**fixed)).model.macs_per_sample == read(model(**CNN)).model.macs_per_sample


def test_shapes_the_file_leaves_out_follow_from_its_operations():
    found = read(model(**(CNN | {"values": ()})))
    assert found.model.macs_per_sample == read(model(**CNN)).model.macs_per_sample
    assert found.missing == ""


@pytest.mark.parametrize(
    ("numbers", "side"),
    [
        ({"strides": 2}, 15), ({"pads": 1}, 32), ({"dilations": 2}, 28),
        ({"strides": 2, "pads": 1}, 16), ({"auto_pad": "SAME_UPPER", "strides": 3}, 11),
    ],
)  # fmt: skip
def test_a_window_fits_as_often_as_onnx_says(numbers, side):
    counts = {"strides": 2, "pads": 4, "dilations": 2}
    attributes = b""
    for key, n in numbers.items():
        held = message(4, n) if isinstance(n, str) else number(8, n) * counts.get(key, 1)
        attributes += message(5, message(1, key) + held)
    convolution = node("Conv", ["x", "w1"], ["c"]) + attributes
    changed = {"nodes": (convolution,), "weights": CNN["weights"][:1], "values": ()}
    assert read(model(**(CNN | changed))).model.activations_per_sample == 16 * side * side


def test_shapes_nobody_can_know_are_named_not_guessed():
    unknown = (*CNN["nodes"][:1], node("Mystery", ["c"], ["g"]), *CNN["nodes"][3:])
    shapes = CNN | {"nodes": unknown, "values": (value("c", ["batch", 16, 30, 30]),)}
    found = read(model(**shapes))
    assert found.model.macs_per_sample is None
    assert "1 of its 2 products" in found.missing
    assert "the first: y" in found.missing
    assert found.model.params_total == 608


def test_a_text_model_tells_words_and_width_and_the_bytes_of_every_type():
    raw = model(
        nodes=(
            node("Gather", ["table", "ids"], ["e"]),
            node("MatMul", ["e", "q"], ["a"]),
            node("MatMul", ["a", "at"], ["s"]),
            node("Softmax", ["s"], ["p"]),
            node("MatMul", ["e", "head"], ["out"]),
        ),
        weights=(
            tensor("table", [1000, 64], HALF), tensor("q", [64, 64], INT8),
            tensor("head", [64, 1000], HALF), tensor("where", [4], INT64),
        ),
        inputs=(value("ids", ["batch", 128], INT64),),
        values=(
            value("e", ["batch", 128, 64]), value("a", ["batch", 128, 64]),
            value("s", ["batch", 128, 128]), value("out", ["batch", 128, 1000]),
        ),
    )  # fmt: skip
    found = read(raw)
    said = found.model
    assert (said.family, said.vocab, said.hidden) == ("transformer-decoder", 1000, 64)
    assert said.params_total == 2 * 64_000 + 64 * 64  # indices are no parameters
    assert found.bytes_by_type == {"fp16": 256_000, "int8": 4096, "indices": 32}
    per_text = 128 * 64 * 64 + 128 * 128 * 64 + 128 * 1000 * 64
    assert said.macs_per_sample == per_text * 2048 / 128  # counted for 2048 tokens
    assert said.precision == "fp16"


def test_weights_are_passed_over_whatever_lies_in_them(tmp_path):
    class Counting(io.FileIO):
        read_bytes = 0

        def read(self, size=-1):
            got = super().read(size)
            self.read_bytes += len(got)
            return got

    noise = b"\xff" * 40_000_000
    raw = model(
        **(CNN | {"weights": (tensor("w1", [16, 3, 3, 3], data=noise), *CNN["weights"][1:])})
    )
    file = tmp_path / "big.onnx"
    file.write_bytes(raw)
    with Counting(file, "rb") as opened:
        assert from_onnx(opened, len(raw), "big.onnx").model.params_total == 608
        assert opened.read_bytes < 1_000_000
    assert open_model(file).params_total == 608


def test_weights_written_as_constants_count(tmp_path):
    constant = message(2, "w2") + message(4, "Constant")
    constant += message(5, message(1, "value") + message(5, tensor("", [10, 16])))
    nodes = (constant, *CNN["nodes"])
    found = read(model(**(CNN | {"nodes": nodes, "weights": CNN["weights"][:2]})))
    assert found.model.params_total == 608
    assert found.missing == ""


DAMAGED = {
    "nothing": b"",
    "text": b"this is no model, it is a letter to a friend",
    "no graph": number(1, 8) + message(2, "pytorch"),
    "no weights": model(nodes=CNN["nodes"], inputs=CNN["inputs"]),
    "cut off": model(**CNN)[:-40],
    "a length beyond the end": number(1, 8) + varint(7 << 3 | 2) + varint(1 << 31) + b"ab",
    "a length of 64 bits": number(1, 8) + varint(7 << 3 | 2) + varint(2**64 - 1),
    "a number without an end": b"\x08" + b"\xff" * 40,
    "a negative size": model(weights=(tensor("w", [-3, 4]),)),
    "a size that cannot be": model(weights=(tensor("w", [2**40, 2**40]),)),
    "a size that hides behind a zero": model(weights=(tensor("w", [0] + [2**62] * 20),)),
    "a thousand dimensions": model(weights=(tensor("w", [1] * 1000),)),
    "a long name": model(weights=(tensor("w" * 70_000, [3]),)),
    "an old group": b"\x0b\x0c",
}


@pytest.mark.parametrize("raw", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_or_hostile_file_is_refused_in_words(raw):
    with pytest.raises(UserError, match=r"net\.onnx") as told:
        read(raw)
    assert told.value.why
    assert told.value.remedy


def test_sizes_beyond_all_numbers_are_not_counted():
    vast = (value("c", ["batch", *[2**49] * 30]), value("y", ["batch", 10]))
    assert "1 of its 2 products" in read(model(**(CNN | {"values": vast}))).missing


def test_nesting_however_deep_is_not_followed():
    inside = b""
    for _ in range(20_000):
        inside = message(6, message(1, message(5, inside)))
    raw = model(**(CNN | {"nodes": (*CNN["nodes"], message(4, "If") + message(5, inside))}))
    found = read(raw)
    assert found.model.params_total == 608
    assert "branches" in found.missing


def told_or_refused(raw: bytes) -> None:
    try:
        found = read(raw)
    except UserError:
        return
    assert found.model.params_total > 0


@given(st.binary(max_size=400))
def test_random_bytes_are_refused_or_read(raw):
    told_or_refused(raw)


@given(st.data())
def test_a_model_with_bytes_changed_is_refused_or_read(data):
    raw = bytearray(model(**CNN))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    told_or_refused(bytes(raw[: data.draw(st.integers(0, len(raw)))]))


@given(st.lists(st.integers(1, 64), max_size=5), st.sampled_from([FLOAT, HALF, INT8]))
def test_parameters_and_bytes_are_those_of_the_shape(shape, kind):
    each = {FLOAT: 4, HALF: 2, INT8: 1}[kind]
    found = read(model(weights=(tensor("w", shape, kind),)))
    elements = 1
    for size in shape:
        elements *= size
    assert found.model.params_total == elements
    assert found.model.weight_bytes == each * elements


def test_a_file_without_shapes_says_what_to_do(tmp_path):
    file = tmp_path / "bare.onnx"
    file.write_bytes(model(**(CNN | {"values": (), "inputs": (value("x", ["batch", 3]),)})))
    with pytest.raises(UserError, match="608 parameters") as told:
        open_model(file)
    assert "shape_inference" in told.value.remedy
