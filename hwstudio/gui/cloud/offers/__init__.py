"""Every offer: the list with its filters, typed quotes, storage and transfer, free services."""
