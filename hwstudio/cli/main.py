"""The root of the command line: nouns, exit codes, and one line for every refusal."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from hwstudio.cli.output import Output
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.version import VERSION

DONE, NEGATIVE, WRONG_INPUT, HOST_REFUSED = 0, 1, 2, 3

# One file per noun; each adds its own verbs.
NOUNS = ("assess", "monitor", "catalog", "build", "predict", "bench", "cloud", "cost")


class _Parser(argparse.ArgumentParser):
    """argparse with our exit line: what, why and what to do, in one sentence."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(
            WRONG_INPUT,
            f"hwstudio: {message[:1].upper()}{message[1:]}. See: {self.prog} --help\n",
        )


def parser() -> argparse.ArgumentParser:
    """Return the parser with every noun added."""
    root = _Parser(
        prog="hwstudio",
        description="Plan, measure and prove AI hardware. Without a command the window opens.",
        epilog="Example: hwstudio build plan --budget 3000 --workload llm_qlora_8b --json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"hwstudio {VERSION}")
    root.add_argument("--home", metavar="DIR", help="folder for everything hwstudio writes")
    root.add_argument("--json", action="store_true", help="print one JSON document")
    nouns = root.add_subparsers(title="commands", metavar="NOUN", dest="noun")
    for noun in NOUNS:
        importlib.import_module(f"hwstudio.cli.{noun}").add(nouns)
    return root


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code (0 done, 1 negative, 2 wrong input, 3 host)."""
    arguments = parser().parse_args(argv)
    run = getattr(arguments, "run", None)
    if run is None:
        noun = f"{arguments.noun} " if arguments.noun else ""
        print(f"hwstudio: Say what to do. See: hwstudio {noun}--help", file=sys.stderr)
        return WRONG_INPUT
    out = Output(is_json=arguments.json, home=arguments.home)
    try:
        return int(run(arguments, out))
    except UserError as error:
        print(f"hwstudio: {error.sentence}", file=sys.stderr)
        return WRONG_INPUT
    except HostError as error:
        print(f"hwstudio: {error.sentence}", file=sys.stderr)
        return HOST_REFUSED
    except BrokenPipeError:
        # The reader (head, less) went away: end quietly as Unix tools do.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("hwstudio: stopped.", file=sys.stderr)
        return NEGATIVE
    finally:
        out.close()
