"""The first file a run kit executes; even an old Python must be able to read it.

It stands in the kit as ``__main__.py``.
"""

import sys

OLDEST = (3, 10)

if sys.version_info < OLDEST:
    sys.stderr.write(
        "This Python is %d.%d. The run kit needs Python 3.10 or newer.\n"  # noqa: UP031
        "Start it with another one, for example: python3.11 FILE.pyz\n" % sys.version_info[:2]
    )
    sys.exit(3)

from hwstudio.core.bench.kit import old_python  # noqa: E402

old_python.complete()

from hwstudio.core.bench.kit.run_here import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
