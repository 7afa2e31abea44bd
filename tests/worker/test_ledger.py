"""The book of storages counts every layout a tensor can have, or says that it cannot."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from hwstudio.worker.channel import Failure  # noqa: E402
from hwstudio.worker.module.ledger import Ledger  # noqa: E402

pytestmark = pytest.mark.torch


def test_a_sparse_tensor_is_its_places_and_its_values():
    values = torch.ones(100)  # 400 bytes, two rows of 100 places in int64: 1,600
    places = torch.arange(200).reshape(2, 100)
    sparse = torch.sparse_coo_tensor(places, values, (300, 300), check_invariants=True)
    book = Ledger()
    book.begin("all")
    book.label([sparse], "gradients")
    most, _, kinds = book.peak()
    assert most == 2000
    assert kinds == {"gradients": 2000}


@pytest.mark.filterwarnings("ignore:Sparse CSR")
def test_a_compressed_one_is_its_three_parts():
    rows, columns, values = torch.arange(51), torch.arange(50), torch.ones(50)
    csr = torch.sparse_csr_tensor(rows, columns, values, (50, 50), check_invariants=True)
    book = Ledger()
    book.begin("all")
    book.label([csr], "weights")
    assert book.peak()[0] == (51 + 50) * 8 + 50 * 4


def test_a_layout_whose_bytes_cannot_be_told_is_refused_and_not_counted_as_none():
    if not torch.backends.mkldnn.is_available():
        pytest.skip("this torch has no other layout")
    with pytest.raises(Failure) as refused:
        Ledger().see([torch.ones(4, 4).to_mkldnn()])
    assert refused.value.kind == "unsupported"
    assert "mkldnn" in refused.value.why
