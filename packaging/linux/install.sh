#!/bin/sh
# Install hwstudio for this user only, without root; the same file removes it again.
#
#   ./install.sh                      install, or replace an older one
#   ./install.sh --uninstall          remove; settings, history and projects stay
#   ./install.sh --uninstall --purge  remove, and the settings and the history too
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
app=$HOME/.local/lib/hwstudio
bin=$HOME/.local/bin
list=$app/installed-files.txt

say() { printf '%s\n' "$*"; }

# The desktop learns of new or gone entries; each tool may be missing, and then a new login does it.
refresh() {
    if command -v update-desktop-database >/dev/null 2>&1; then
        update-desktop-database -q "$data/applications" || true
    fi
    if command -v update-mime-database >/dev/null 2>&1 && [ -d "$data/mime/packages" ]; then
        update-mime-database "$data/mime" >/dev/null 2>&1 || true
    fi
    if command -v gtk-update-icon-cache >/dev/null 2>&1; then
        gtk-update-icon-cache -q -t -f "$data/icons/hicolor" >/dev/null 2>&1 || true
    fi
}

remove_program() {
    if [ -f "$list" ]; then
        while IFS= read -r file; do
            rm -f -- "$data/$file"
            case "$file" in
                mime/*) ;;  # the folder has to be there for refresh to forget the file type
                # Empty folders go too; rmdir leaves one that holds anything.
                *) (cd "$data" && rmdir -p -- "$(dirname -- "$file")" 2>/dev/null) || true ;;
            esac
        done <"$list"
    fi
    for name in hwstudio hwstudio-cli; do
        # Only a link of ours: somebody may have another hwstudio there.
        if [ "$(readlink "$bin/$name" 2>/dev/null || true)" = "$app/$name" ]; then
            rm -f -- "$bin/$name"
        fi
    done
    rm -rf -- "$app"
}

uninstall() {
    if [ ! -d "$app" ]; then
        say "hwstudio is not installed in $app; nothing to remove."
        exit 1
    fi
    remove_program
    refresh
    if [ "$1" = yes ]; then
        rm -rf -- "$data/hwstudio"
        say "hwstudio is removed, and $data/hwstudio with it."
    else
        say "hwstudio is removed. Your settings, history and results stay in $data/hwstudio."
    fi
    exit 0
}

install_program() {
    if [ ! -x "$here/hwstudio/hwstudio" ]; then
        say "The folder hwstudio is not beside this script. Unpack the whole archive first." >&2
        exit 2
    fi
    new=$app.new
    rm -rf -- "$new"
    mkdir -p -- "$HOME/.local/lib" "$bin" "$data"
    cp -a -- "$here/hwstudio" "$new"
    remove_program
    mv -- "$new" "$app"
    (cd "$here/share" && find . -type f) | sed 's|^\./||' | sort >"$list"
    while IFS= read -r file; do
        mkdir -p -- "$(dirname -- "$data/$file")"
        cp -- "$here/share/$file" "$data/$file"
    done <"$list"
    # A desktop does not always look into ~/.local/bin; it needs the whole path.
    escaped=$(printf '%s' "$app/hwstudio" | sed 's/[\\"`$]/\\\\&/g; s/[&|]/\\&/g')
    sed "s|^Exec=hwstudio |Exec=\"$escaped\" |" "$here/share/applications/hwstudio.desktop" \
        >"$data/applications/hwstudio.desktop"
    cp -- "$here/install.sh" "$app/install.sh"
    ln -sf -- "$app/hwstudio" "$bin/hwstudio"
    ln -sf -- "$app/hwstudio-cli" "$bin/hwstudio-cli"
    refresh
    say "hwstudio is installed in $app. Start it from the menu, or: $bin/hwstudio"
    say "To remove it: $app/install.sh --uninstall"
    case ":$PATH:" in
        *":$bin:"*) ;;
        *) say "Note: $bin is not in PATH; in a terminal use the full name." ;;
    esac
}

case "${1:-}" in
    "") install_program ;;
    --uninstall)
        case "${2:-}" in
            "") uninstall no ;;
            --purge) uninstall yes ;;
            *) say "Unknown word: $2. See the top of $0." >&2; exit 2 ;;
        esac ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0" ;;
    *) say "Unknown word: $1. See: $0 --help" >&2; exit 2 ;;
esac
