"""Closing the catalogue while another thread reads ends the reading in words, never the process."""

from __future__ import annotations

import threading

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.paths import catalog_file
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.catalog.store import Store


def test_a_query_after_closing_is_refused_in_words():
    store = Store(catalog_file())
    store.close()
    with pytest.raises(UserError, match="closing"):
        store.rows("SELECT * FROM meta")


def test_closing_under_a_reading_thread_ends_it_in_words():
    for _ in range(10):
        store = Store(catalog_file())
        ended: list[str] = []
        has_read = threading.Event()

        def read(store=store, ended=ended, has_read=has_read):
            try:
                while True:
                    store.rows("SELECT * FROM price")
                    has_read.set()
            except UserError as error:
                ended.append(error.what)

        thread = threading.Thread(target=read)
        thread.start()
        assert has_read.wait(10)
        store.close()
        thread.join(10)
        assert ended == ["The parts catalogue is closed"]


def test_a_closed_catalogue_can_be_opened_again():
    first = Catalog.open(catalog_file())
    first.close()
    second = Catalog.open(catalog_file())
    assert second.gpus()
    second.close()
