"""Debian's own prometheus, node_exporter and VictoriaMetrics: they read us, and we read them.

They run on free ports in temporary folders and are ended by their process id. Where a program is
not installed its tests are skipped.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import closing, contextmanager, suppress
from itertools import count
from urllib.request import urlopen

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from hwstudio.core.base.http_answer import Bounds
from hwstudio.core.base.network import Network
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.hosts.entry import HostEntry, Source
from hwstudio.core.monitor.hosts.host import HOST, Host
from hwstudio.core.monitor.hosts.past import Past, computers_of
from hwstudio.core.monitor.hosts.prometheus_api import PrometheusApi
from hwstudio.core.monitor.hosts.source import PageSource
from hwstudio.core.monitor.metrics_text import read
from hwstudio.core.monitor.serve import Server, ServeWish

TOKEN = "a-token-of-a-test-0123"


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(check, seconds=20.0):
    until = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < until, "it never came"
        time.sleep(0.1)
    return found


@contextmanager
def running(words, url):
    """Run a program until its address answers, and end it afterwards."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:

        def answers():
            assert process.poll() is None, "it ended by itself"
            with suppress(OSError), urlopen(url, timeout=2) as answer:
                return answer.status == 200

        wait_for(answers)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def program(name):
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.fixture
def node_exporter():
    """A real node_exporter; gives the address of its page."""
    words = [program("prometheus-node-exporter"), "--no-collector.systemd"]
    where = f"127.0.0.1:{free_port()}"
    url = f"http://{where}/metrics"
    with running([*words, f"--web.listen-address={where}"], url):
        yield url


@pytest.fixture
def serving():
    """Our own server with a token; gives the server and its samples."""
    numbers = count(1)

    def latest():
        values = {"gpu.0.power_w": 71.5, "gpu.0.energy_j": 10.0 * next(numbers)}
        return Sample(time.time(), values)

    server = Server(ServeWish(0, token=TOKEN), latest)
    server.start()
    yield server
    server.stop()


def config(folder, server, node_url):
    (folder / "token").write_text(TOKEN, "utf-8")
    node = node_url.split("/")[2]
    file = folder / "scrape.yml"
    file.write_text(
        f"""global:
  scrape_interval: 1s
scrape_configs:
  - job_name: ours
    authorization:
      credentials_file: {folder / "token"}
    static_configs: [{{targets: ["127.0.0.1:{server.port}"]}}]
  - job_name: node
    static_configs: [{{targets: ["{node}"]}}]
""",
        "utf-8",
    )
    return file


def prometheus(folder, scrape, where):
    return [
        program("prometheus"),
        f"--config.file={scrape}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={where}",
        "--log.level=error",
    ], f"http://{where}/-/ready"


def victoria(folder, scrape, where):
    return [
        program("victoria-metrics"),
        f"-promscrape.config={scrape}",
        f"-storageDataPath={folder / 'data'}",
        f"-httpListenAddr={where}",
        "-loggerLevel=ERROR",
        "-search.latencyOffset=0s",
    ], f"http://{where}/health"


@pytest.mark.parametrize("of", [prometheus, pytest.param(victoria, marks=pytest.mark.slow)])
def test_a_real_server_reads_us_and_its_numbers_come_back(
    of, home, tmp_path, serving, node_exporter
):
    where = f"127.0.0.1:{free_port()}"
    words, ready = of(tmp_path, config(tmp_path, serving, node_exporter), where)
    network = Network(home, lambda: False)
    with running(words, ready):
        watch = network.watch(f"http://{where}", Bounds(8_000_000, 5.0), purpose="a test")
        api = PrometheusApi(watch, f"http://{where}")
        ours = f"127.0.0.1:{serving.port}"

        def both_are_up():
            return [found for *_, found in computers_of(api)] == [True, True]

        wait_for(both_are_up)
        (track,) = wait_for(lambda: api.instant("hwstudio_gpu_power_watts"))
        assert track.points[-1][1] == 71.5
        assert track.labels["device"] == "gpu.0"
        assert (track.labels["instance"], track.labels["job"]) == (ours, "ours")
        wait_for(lambda: _rate(api) is not None)
        assert _rate(api) > 0
        _read_through(network, where, ours, node_exporter)
        watch.close()


def _rate(api):
    """Return the watts a server makes of our energy counter."""
    found = api.instant("rate(hwstudio_gpu_energy_joules_total[20s])")
    return found[0].points[-1][1] if found else None


def _read_through(network, where, ours, node_url):
    """Read two computers through a server, now and in the past."""
    entry = HostEntry(
        name="a", urls=(f"http://{where}",), source=Source.SERVER, match=f'instance="{ours}"'
    )
    own = Host.open(entry, network)
    assert own.poll().values["gpu.0.power_w"] == 71.5
    own.stop()
    past = Past.open(entry, network)
    now = time.time()
    points = past.track("gpu.0.power_w", now - 60, now + 1, 1.0)
    assert points
    assert {value for _, value in points} == {71.5}
    past.close()
    instance = node_url.split("/")[2]
    match = f'instance="{instance}"'
    entry = HostEntry(name="b", urls=(f"http://{where}",), source=Source.SERVER, match=match)
    node = Host.open(entry, network)
    values = wait_for(lambda: (v := node.poll().values) and "cpu.busy_share" in v and v)
    assert values["memory.total_bytes"] == psutil.virtual_memory().total
    assert 0 <= values["cpu.busy_share"] <= 1
    node.stop()
    past = Past.open(entry, network)
    for sensor in ("memory.used_bytes", "cpu.busy_share", "cpu.load_1min"):
        assert wait_for(
            lambda sensor=sensor: past.track(sensor, time.time() - 60, time.time(), 1.0)
        )
    past.close()


def counters():
    """Return psutil's bytes: read, written, received, sent."""
    from hwstudio.core.probe.disk import is_drive

    drives = psutil.disk_io_counters(perdisk=True)
    chosen = [drive for name, drive in drives.items() if is_drive(name)]
    stats = psutil.net_if_stats()
    nics = [
        nic
        for name, nic in psutil.net_io_counters(pernic=True).items()
        if name != "lo" and stats[name].isup
    ]
    return {
        "disks.read_bytes_per_s": sum(drive.read_bytes for drive in chosen),
        "disks.write_bytes_per_s": sum(drive.write_bytes for drive in chosen),
        "network_all.receive_bytes_per_s": sum(nic.bytes_recv for nic in nics),
        "network_all.send_bytes_per_s": sum(nic.bytes_sent for nic in nics),
    }


def test_a_real_node_exporter_says_what_psutil_says(home, node_exporter, tmp_path):
    one = Host.open(HostEntry(name="a", urls=(node_exporter,)), Network(home, lambda: False))
    before, cpu_before = counters(), psutil.cpu_times()
    one.poll()
    after_first = counters()
    until = time.monotonic() + 1.0
    with (tmp_path / "written").open("wb") as file:
        while time.monotonic() < until:
            file.write(bytes(1_000_000))
            sum(range(20_000))
            if file.tell() > 60_000_000:
                file.seek(0)
        file.flush()
    before_second = counters()
    values = one.poll().values
    after, cpu_after = counters(), psutil.cpu_times()
    one.stop()
    for name, rate in values.items():
        if name in before:
            least, most = before_second[name] - after_first[name], after[name] - before[name]
            assert 0.7 * least - 1e4 <= rate <= 1.3 * most + 1e4, name
    passed = {f: getattr(cpu_after, f) - getattr(cpu_before, f) for f in cpu_after._fields[:8]}
    busy = 1 - (passed["idle"] + passed["iowait"]) / sum(passed.values())
    assert values["cpu.busy_share"] == pytest.approx(busy, abs=0.15)
    assert len([name for name in values if name.startswith("cpu.core.")]) == psutil.cpu_count()
    memory = psutil.virtual_memory()
    assert values["memory.total_bytes"] == memory.total
    assert values["memory.available_bytes"] == pytest.approx(memory.available, rel=0.1)
    assert values["cpu.load_1min"] == pytest.approx(psutil.getloadavg()[0], abs=1.0)


def test_a_real_exporter_is_soon_asked_only_for_what_is_used(home, node_exporter):
    watch = Network(home, lambda: False).watch(node_exporter, Bounds(8**8, 5.0), purpose="a test")
    asked = []
    real = watch.read
    watch.read = lambda target="": asked.append((target, body := real(target))) or body
    source = PageSource(watch, node_exporter)
    first = source.read(1.0, 1.0)
    second = source.read(2.0, 2.0)
    assert first.values.keys() < second.values.keys()
    assert asked[0][0] == ""
    assert asked[1][0].startswith("/metrics?collect%5B%5D=cpu&")
    assert len(asked[1][1]) < 0.7 * len(asked[0][1])
    watch.close()


def test_a_real_page_is_read_as_the_library_reads_it(node_exporter):
    with urlopen(node_exporter, timeout=5) as answer:
        text = answer.read().decode()
    theirs = {
        (each.name, tuple(sorted(each.labels.items()))): each.value
        for family in text_string_to_metric_families(text)
        if family.type not in ("histogram", "summary")
        for each in family.samples
    }
    ours = {(p.name, tuple(sorted(p.labels.items()))): p.value for p in read(text)}
    assert ours == theirs
    assert len(ours) > 200


def test_a_real_exporter_that_ends_is_gone_and_comes_back(home):
    name = program("prometheus-node-exporter")
    where = f"127.0.0.1:{free_port()}"
    url = f"http://{where}/metrics"
    words = [name, "--no-collector.systemd", f"--web.listen-address={where}"]
    one = Host.open(HostEntry(name="a", urls=(url,)), Network(home, lambda: False))
    with running(words, url):
        assert "memory.total_bytes" in one.poll().values
    assert one.poll().missing[HOST].why
    with running(words, url):
        assert "memory.total_bytes" in one.poll().values
    one.stop()
