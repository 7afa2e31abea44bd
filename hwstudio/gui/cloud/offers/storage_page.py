"""Two calculators side by side: what stored data cost a month, and data that leave the cloud."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from PySide6.QtWidgets import QHBoxLayout, QWidget

from hwstudio.core.catalog.cloud_tables import CloudRow
from hwstudio.core.cost.egress_place import egress_places
from hwstudio.core.cost.storage_product import storage_products
from hwstudio.core.model.cloud_row import EgressTier, StoragePrice
from hwstudio.core.project.page_memory import PageMemory
from hwstudio.gui.cloud.offers.memory import Memory
from hwstudio.gui.cloud.offers.storage_card import StorageCard
from hwstudio.gui.cloud.offers.transfer_card import TransferCard


class StoragePage(QWidget):
    """Storage at the left, transfer at the right."""

    def __init__(
        self,
        storage: Iterable[CloudRow],
        egress: Iterable[CloudRow],
        kept: PageMemory,
        today: date,
    ) -> None:
        super().__init__()
        products = storage_products(row for row in storage if isinstance(row, StoragePrice))
        places = egress_places(row for row in egress if isinstance(row, EgressTier))
        self.storage = StorageCard(products, Memory(kept, "storage"), today)
        self.transfer = TransferCard(places, Memory(kept, "transfer"), today)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.storage, 1)
        row.addWidget(self.transfer, 1)
