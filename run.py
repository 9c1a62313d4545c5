#!/usr/bin/env python3
"""Starts, checks and tests Perron: `python3 run.py --help`. Needs Python and nothing else."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 -- it is what an older one is to say
    sys.exit(f"Perron needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
if sys.platform == "win32":
    sys.exit("Perron runs on Linux and macOS; on Windows start it inside WSL.")

from config.launch.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
