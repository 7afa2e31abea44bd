"""How full the drives are."""

from __future__ import annotations

import sys

import psutil
import pytest

from hwstudio.core.model.reading import Status
from hwstudio.core.probe.filesystem import FilesystemProbe

MOUNTS = r"""/dev/nvme0n1p2 / ext4 rw 0 0
tmpfs /run tmpfs rw 0 0
/dev/nvme0n1p2 /home/chroot ext4 rw 0 0
server:/share /mnt/share nfs rw 0 0
/dev/sda1 /mnt/my\040data xfs rw 0 0
/dev/loop3 /snap/core/1 squashfs ro 0 0
pool/data /tank zfs rw 0 0
"""


def _probe(tmp_path, sizes):
    file = tmp_path / "mounts"
    file.write_text(MOUNTS)
    return FilesystemProbe(file, sizes)


def test_only_own_drives_count_and_each_once(tmp_path):
    found = _probe(tmp_path, lambda _place: (40, 100)).read(0.0).value
    assert [use.mount for use in found] == ["/", "/mnt/my data", "/tank"]
    assert (found[0].used_bytes, found[0].total_bytes) == (40, 100)


def test_one_that_refuses_leaves_the_others(tmp_path):
    def sizes(place):
        if place == "/":
            raise PermissionError("no")
        return 1, 2

    assert [use.mount for use in _probe(tmp_path, sizes).read(0.0).value] == [
        "/mnt/my data",
        "/tank",
    ]


def test_without_any_it_says_so(tmp_path):
    def refuse(_place):
        raise OSError("gone")

    assert _probe(tmp_path, refuse).read(0.0).status is Status.UNSUPPORTED


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_root_is_as_full_as_psutil_says():
    found = {use.mount: use for use in FilesystemProbe().read(0.0).value or ()}
    if "/" not in found:
        pytest.skip("the root here lies on no own drive")
    other = psutil.disk_usage("/")
    share = found["/"].used_bytes / found["/"].total_bytes
    assert share * 100 == pytest.approx(other.percent, abs=1.0)
