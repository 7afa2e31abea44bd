"""How much and how long a refresh may take; a source that needs more is given up."""

from __future__ import annotations

TOTAL_S = 30.0  # for all sources together
CALL_S = 10.0  # for one answer, however slowly it drips
PAGE_BYTES = 16_000_000  # of one answer
PACKED_BYTES = 8_000_000  # of one archive
UNPACKED_BYTES = 64_000_000  # of all that lies in it, counted while it is read
FILE_BYTES = 64_000_000  # of a file the user names
MOST_ROWS = 200_000  # of one source
MOST_PAGES = 200
MOST_REJECTED = 500  # that are listed; the rest are counted
