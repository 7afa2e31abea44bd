"""The .deb, the AppDir and the tar.xz, made from a stand-in for the packaged folder."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Linux packages are made on Linux"
)


def said(*command: str | Path, **extra: str) -> str:
    """Run a command that must succeed and return what it printed."""
    env = {**os.environ, **extra}
    done = subprocess.run(
        list(map(str, command)), env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def need(tool: str) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")


@pytest.fixture
def package(dist: Path, tmp_path: Path) -> Path:
    need("dpkg-deb")
    import deb

    return deb.make(dist, tmp_path / "out", "somebody <none@invalid>")


def test_the_deb_holds_program_links_menu_entry_file_type_and_manual_pages(package: Path) -> None:
    listing = said("dpkg-deb", "--contents", package)
    for part in (
        "./usr/lib/hwstudio/hwstudio\n",
        "./usr/bin/hwstudio -> ../lib/hwstudio/hwstudio\n",
        "./usr/bin/hwstudio-cli -> ../lib/hwstudio/hwstudio-cli\n",
        "./usr/lib/hwstudio/_internal/libone.so -> libone.so.1\n",
        "./usr/share/applications/hwstudio.desktop\n",
        "./usr/share/icons/hicolor/256x256/apps/hwstudio.png\n",
        "./usr/share/icons/hicolor/scalable/apps/hwstudio.svg\n",
        "./usr/share/mime/packages/hwstudio.xml\n",
        "./usr/share/metainfo/hwstudio.metainfo.xml\n",
        "./usr/share/man/man1/hwstudio.1.gz\n",
        "./usr/share/doc/hwstudio/copyright\n",
    ):
        assert part in listing
    assert "__pycache__" not in listing
    assert "root/root" in listing
    rows = {line.split()[5]: line.split()[0] for line in listing.splitlines()}
    assert rows["./usr/lib/hwstudio/hwstudio"] == "-rwxr-xr-x"
    assert rows["./usr/lib/hwstudio/_internal/libone.so.1"] == "-rw-r--r--"
    assert not any(mode[5] == "w" or mode[8] == "w" for mode in rows.values() if mode[0] != "l")


def test_the_deb_has_no_scripts_so_that_removing_it_leaves_nothing(package: Path) -> None:
    import product

    assert said("dpkg-deb", "--ctrl-tarfile", package).count("./p") == 0
    fields = said("dpkg-deb", "--field", package, "Package", "Version", "Depends")
    assert f"Version: {product.version()}" in fields
    assert "libegl1" in fields


def test_the_same_folder_gives_the_same_deb(package: Path, dist: Path, tmp_path: Path) -> None:
    import deb

    for file in dist.rglob("*"):
        os.utime(file, (1, 1), follow_symlinks=False)
    again = deb.make(dist, tmp_path / "again", "somebody <none@invalid>")
    assert again.read_bytes() == package.read_bytes()


def test_the_full_edition_is_a_package_of_its_own_that_replaces_the_light_one(
    dist: Path, tmp_path: Path
) -> None:
    import deb
    import product

    (dist / "_internal" / "torch").mkdir()
    assert product.package_name(dist) == "hwstudio-full"
    fields = deb.control(1, "somebody <none@invalid>", is_full=True)
    assert "Package: hwstudio-full\n" in fields
    assert "Conflicts: hwstudio\n" in fields
    assert "holds PyTorch" in fields


def test_desktop_entry_and_metainfo_pass_their_validators(tmp_path: Path) -> None:
    import share

    share.write(tmp_path / "share")
    root = ET.fromstring((tmp_path / "share/metainfo/hwstudio.metainfo.xml").read_text())
    assert root.findtext("launchable") == "hwstudio.desktop"
    if shutil.which("desktop-file-validate"):
        entry = tmp_path / "share/applications/hwstudio.desktop"
        assert said("desktop-file-validate", entry) == ""
    if shutil.which("appstreamcli"):
        file = tmp_path / "share/metainfo/hwstudio.metainfo.xml"
        command = ["appstreamcli", "validate", "--no-net", "--no-color", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wrong = [line for line in done.stdout.splitlines() if line[:2] in ("E:", "W:")]
        # The name wants a domain of the project's own, and it has none.
        assert [line for line in wrong if "is-not-rdns" not in line] == []


def test_desktop_entry_file_type_and_metainfo_name_one_type_and_one_program() -> None:
    import product
    import share

    entry = (share.HERE / "hwstudio.desktop").read_text()
    types = ET.fromstring((share.HERE / "hwstudio-mime.xml").read_text())
    kind = types.find("{*}mime-type")
    assert kind is not None
    assert kind.get("type") == product.MIME
    assert kind.find("{*}glob").get("pattern") == "*.hws"
    assert f"MimeType={product.MIME};" in entry
    assert product.MIME in share.metainfo()
    assert "Exec=hwstudio %f" in entry


def test_the_manual_page_names_every_command(tmp_path: Path) -> None:
    import manpages

    from hwstudio.cli.main import NOUNS

    text = manpages.page("hwstudio")
    assert all(f"\n.B {noun}\n" in text for noun in NOUNS)
    if shutil.which("man"):
        file = tmp_path / "hwstudio.1"
        file.write_text(text)
        env = {"MANROFFSEQ": "", "MANWIDTH": "80", "LC_ALL": "C.UTF-8"}
        assert "--home" in said("man", "--warnings", "-l", file, **env)


def test_the_app_dir_starts_from_a_path_with_spaces(dist: Path, tmp_path: Path) -> None:
    import appimage

    folder = appimage.app_dir(dist, tmp_path / "on a stick" / "hwstudio.AppDir")
    assert said(folder / "AppRun", "my project.hws") == "hwstudio my project.hws\n"
    assert said(folder / "AppRun", "hwstudio-cli", "assess") == "hwstudio-cli assess\n"
    for name in ("hwstudio.desktop", "hwstudio.png", ".DirIcon"):
        assert (folder / name).resolve().is_file()


def test_a_runtime_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    import appimage

    (tmp_path / "runtime").write_bytes(b"something else")
    with pytest.raises(SystemExit, match="not the runtime we know"):
        appimage.checked_runtime(tmp_path / "runtime")


@pytest.fixture
def unpacked(dist: Path, tmp_path: Path) -> Path:
    import tarball

    with tarfile.open(tarball.make(dist, tmp_path / "out")) as archive:
        assert {entry.uname for entry in archive} == {"root"}
        archive.extractall(tmp_path / "unpacked here", filter="tar")
    return next((tmp_path / "unpacked here").iterdir())


def homed(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "Zoë's home & co"
    home.mkdir(exist_ok=True)
    return {"HOME": str(home), "XDG_DATA_HOME": "", "PATH": os.environ["PATH"]}


def left(home: Path) -> set[str]:
    """Return the files under a home, but for what the desktop's own tools keep there."""
    found = {str(file.relative_to(home)) for file in home.rglob("*") if not file.is_dir()}
    return {name for name in found if "/mime/" not in name and "cache" not in name}


def test_the_user_installer_installs_and_removes_everything_but_the_users_data(
    unpacked: Path, tmp_path: Path
) -> None:
    env = homed(tmp_path)
    home = Path(env["HOME"])
    data = home / ".local/share/hwstudio/history.db"
    data.parent.mkdir(parents=True)
    data.write_text("mine")
    said(unpacked / "install.sh", **env)
    assert said(home / ".local/bin/hwstudio", "x.hws", **env) == "hwstudio x.hws\n"
    entry = (home / ".local/share/applications/hwstudio.desktop").read_text()
    assert f'Exec="{home}/.local/lib/hwstudio/hwstudio" %f' in entry
    said(unpacked / "install.sh", **env)  # once more, over itself
    shutil.rmtree(unpacked)
    said(home / ".local/lib/hwstudio/install.sh", "--uninstall", **env)
    assert left(home) == {".local/share/hwstudio/history.db"}
    assert not (home / ".local/share/man").exists()  # no empty folders either
    known = home / ".local/share/mime/application/x-hwstudio-project.xml"
    assert not known.exists()  # and the desktop forgot the file type


def test_the_user_installer_removes_the_users_data_only_when_asked(
    unpacked: Path, tmp_path: Path
) -> None:
    env = homed(tmp_path)
    data = Path(env["HOME"]) / ".local/share/hwstudio/history.db"
    data.parent.mkdir(parents=True)
    data.write_text("mine")
    said(unpacked / "install.sh", **env)
    said(unpacked / "install.sh", "--uninstall", "--purge", **env)
    assert left(Path(env["HOME"])) == set()


def test_the_user_installer_leaves_a_program_of_somebody_else_alone(
    unpacked: Path, tmp_path: Path
) -> None:
    env = homed(tmp_path)
    home = Path(env["HOME"])
    said(unpacked / "install.sh", **env)
    (home / ".local/bin/hwstudio").unlink()
    (home / ".local/bin/hwstudio").write_text("theirs")
    said(unpacked / "install.sh", "--uninstall", **env)
    assert left(home) == {".local/bin/hwstudio"}


def test_the_packed_changes_are_the_change_log(tmp_path: Path) -> None:
    import share

    share.write_doc(tmp_path / "doc")
    packed = gzip.decompress((tmp_path / "doc/NEWS.gz").read_bytes())
    assert packed == (share.ROOT / "CHANGELOG.md").read_bytes()
