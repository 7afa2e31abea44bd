"""The ladder of buffers: a real small run, and what its chain and its reader really touch."""

from __future__ import annotations

import pytest

from hwstudio.core.bench.ladder import points
from hwstudio.core.model.result import Outcome
from hwstudio.worker.kernels.chain import PART, Chain
from hwstudio.worker.kernels.memory_ladder import KIB, MIB, ladder, reader, words
from tests.worker.test_suites import Run

np = pytest.importorskip("numpy")


def test_every_size_gives_a_waiting_and_each_doubling_a_reading(tmp_path):
    run = Run(tmp_path, "memory_ladder", {"largest_mib": 1, "cap_s": 0.01, "warmup_s": 0.0})
    assert run.go().outcome is Outcome.FINISHED
    told = [(name, run.values(name)[0]) for name in run.series()]
    waits, reads = points(told, "latency"), points(told, "read")
    assert list(waits) == ladder(MIB)
    assert list(reads) == [size for size in ladder(MIB) if size & (size - 1) == 0]
    assert all(1e-10 < wait < 1e-5 for wait in waits.values())
    assert all(rate > 1e8 for rate in reads.values())


def test_sizes_double_with_one_between_and_end_with_the_largest():
    assert ladder(64 * KIB) == [16 * KIB, 24 * KIB, 32 * KIB, 48 * KIB, 64 * KIB]
    assert [words(size) for size in (24 * KIB, MIB, 1536 * KIB)] == ["24 KiB", "1 MiB", "1536 KiB"]


def test_a_chain_walks_every_place_once_and_none_twice():
    chain = Chain(np, 256 * KIB, seed=1)
    call, count = chain.of(128 * KIB)
    assert count == 128 * KIB // 64
    call()
    seen, node = set(), chain._probe.tb_next
    while node is not None:
        seen.add(id(node))
        node = node.tb_next
    assert len(seen) == count
    assert chain.own_lines(128 * KIB) > 0.95
    chain.close()


def test_a_long_chain_is_walked_in_parts_that_take_turns():
    chain = Chain(np, 2 * PART * 64, seed=1)
    call, count = chain.of(2 * PART * 64)
    assert count == PART
    heads = set()
    for _ in range(3):
        call()
        heads.add(id(chain._probe.tb_next))
    assert len(heads) == 2
    chain.close()


def test_the_reader_reads_all_of_a_buffer_as_often_as_it_says():
    call, count, is_right = reader(np, 64 * KIB)
    assert count == 2 * MIB
    assert not is_right()
    call()
    assert is_right()
