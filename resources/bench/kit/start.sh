#!/bin/sh
# Measures this computer with the first Python that is new enough.
kit="$(dirname "$0")/hwstudio-kit.pyz"
for python in python3 python3.14 python3.13 python3.12 python3.11 python3.10 python; do
    if command -v "$python" >/dev/null 2>&1 &&
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
        "$python" "$kit" "$@"
        code=$?
        if [ -t 0 ]; then
            printf 'Press Enter to close this window. '
            read -r _
        fi
        exit "$code"
    fi
done
echo "No Python 3.10 or newer was found on this computer." >&2
echo "Install Python from python.org, or start the kit with one: PYTHON $kit" >&2
if [ -t 0 ]; then
    printf 'Press Enter to close this window. '
    read -r _
fi
exit 3
