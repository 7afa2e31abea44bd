"""Icons, the Windows setup and the macOS recipes, as far as they can be checked anywhere."""

from __future__ import annotations

import plistlib
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

PNG = b"\x89PNG\r\n\x1a\n"


def png_side(picture: bytes) -> int:
    """Return the width a PNG says of itself, in pixels."""
    assert picture[:8] == PNG
    return int(struct.unpack(">I", picture[16:20])[0])


def test_the_windows_icon_holds_each_size_where_its_table_says(tmp_path: Path) -> None:
    import icons

    icons.write(tmp_path)
    data = (tmp_path / "hwstudio.ico").read_bytes()
    count = struct.unpack("<HHH", data[:6])[2]
    rows = [struct.unpack("<BBBBHHII", data[6 + 16 * i : 22 + 16 * i]) for i in range(count)]
    assert [png_side(data[row[7] : row[7] + row[6]]) for row in rows] == list(icons.ICO_PX)
    assert [row[0] or 256 for row in rows] == list(icons.ICO_PX)


def test_the_mac_icon_holds_each_size_under_its_name(tmp_path: Path) -> None:
    import icons

    icons.write(tmp_path)
    data = (tmp_path / "hwstudio.icns").read_bytes()
    assert struct.unpack(">4sI", data[:8]) == (b"icns", len(data))
    found, at = [], 8
    while at < len(data):
        name, length = struct.unpack(">4sI", data[at : at + 8])
        found.append((name.decode(), png_side(data[at + 8 : at + length])))
        at += length
    assert found == list(icons.ICNS_PX)
    if shutil.which("icns2png"):
        listed = subprocess.run(
            ["icns2png", "-l", str(tmp_path / "hwstudio.icns")], capture_output=True, check=False
        )
        assert listed.returncode == 0, listed.stderr


@pytest.fixture
def windows_dist(tmp_path: Path) -> Path:
    folder = tmp_path / "Program files"
    (folder / "_internal" / "numpy").mkdir(parents=True)
    for name in ("hwstudio", "hwstudio-cli", "hwstudio-worker"):
        (folder / f"{name}.exe").write_bytes(b"MZ stand-in")
    (folder / "_internal" / "numpy" / "core.pyd").write_bytes(b"library")
    return folder


def test_the_windows_setup_compiles_without_a_warning(windows_dist: Path, tmp_path: Path) -> None:
    if shutil.which("makensis") is None:
        pytest.skip("makensis is not installed")
    import nsis

    file = nsis.make(windows_dist, tmp_path / "out")
    assert file.read_bytes()[:2] == b"MZ"
    assert file.name.endswith("-windows-x64-setup.exe")


def sections(script: str) -> dict[str, str]:
    """Return the sections of the setup script by their names."""
    return dict(re.findall(r'^Section (?:/o )?"([^"]+)".*?\n(.*?)^SectionEnd', script, re.M | re.S))


def test_removing_on_windows_takes_the_users_data_only_from_a_box_that_is_not_ticked() -> None:
    import nsis

    script = nsis.SCRIPT.read_text(encoding="utf-8")
    data = "$LOCALAPPDATA\\hwstudio"
    holding = [name for name, body in sections(script).items() if f'"{data}"' in body]
    assert holding == ["un.My settings, history and results too"]
    assert 'Section /o "un.My settings' in script
    # A folder that the user chose may hold other things: it is never emptied as a whole.
    assert not re.search(r'RMDir /r "\$INSTDIR"', script)


def test_every_registry_entry_the_windows_setup_makes_is_removed_again() -> None:
    import nsis

    parts = sections(nsis.SCRIPT.read_text(encoding="utf-8"))
    made = set(re.findall(r'WriteReg\w+ HKCU "([^"]+)"', parts["hwstudio"]))
    gone = set(re.findall(r'DeleteRegKey HKCU "([^"]+)"', parts["un.hwstudio"]))
    assert made
    assert [key for key in made if not any(key.startswith(root) for root in gone)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.1.0", "0.1.0.0"), ("1.2", "1.2.0.0"), ("0.1.0rc1", "0.1.0.0"), ("1.2.3.4", "1.2.3.4")],
)
def test_windows_gets_a_version_of_four_numbers(text: str, expected: str) -> None:
    import nsis

    assert nsis.four_numbers(text) == expected


def test_the_info_plist_can_be_written_and_claims_the_project_files() -> None:
    import info

    made = plistlib.loads(plistlib.dumps(info.plist()))
    assert made["NSHighResolutionCapable"] is True
    assert re.fullmatch(r"[A-Za-z0-9.-]+", made["CFBundleIdentifier"])
    exported = made["UTExportedTypeDeclarations"][0]
    assert exported["UTTypeTagSpecification"]["public.filename-extension"] == ["hws"]
    assert made["CFBundleDocumentTypes"][0]["LSItemContentTypes"] == [exported["UTTypeIdentifier"]]


def test_the_entitlements_are_the_three_the_app_needs() -> None:
    import info

    file = Path(info.__file__).parent / "entitlements.plist"
    named = plistlib.loads(file.read_bytes())
    assert {name.rpartition(".")[2]: value for name, value in named.items()} == {
        "allow-jit": True,
        "allow-unsigned-executable-memory": True,
        "disable-library-validation": True,
    }


def test_the_disk_image_is_sent_to_apple_only_with_an_identity_and_a_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import dmg

    def said() -> str:
        steps = dmg.commands(Path("d/hwstudio.app"), Path("d/dmg"), Path("d/x.dmg"))
        return "\n".join(" ".join(step) for step in steps)

    monkeypatch.delenv("HWSTUDIO_MACOS_IDENTITY", raising=False)
    monkeypatch.setenv("HWSTUDIO_NOTARY_PROFILE", "profile")
    assert "codesign --force --deep --sign - " in said()
    assert "notarytool" not in said()
    assert "--timestamp" not in said()
    monkeypatch.setenv("HWSTUDIO_MACOS_IDENTITY", "Developer ID")
    steps = said()
    assert steps.index("hdiutil create") < steps.index("notarytool submit")
    assert "--options runtime" in steps


@pytest.mark.parametrize("place", ["Contents/Frameworks", "_internal"])
def test_the_full_edition_is_called_so_on_windows_and_macos_too(place: str, tmp_path: Path) -> None:
    import dmg
    import product

    app = tmp_path / "hwstudio.app"
    (app / place).mkdir(parents=True)
    assert dmg.image_file(app, tmp_path).name.startswith(f"hwstudio-{product.version()}")
    (app / place / "torch").mkdir()
    assert dmg.image_file(app, tmp_path).name.startswith("hwstudio-full-")
