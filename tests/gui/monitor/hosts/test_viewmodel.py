"""Reading other computers for the screen: coalesced, slower while hidden, and never in the way."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import QThreadPool

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.hosts.entry import HostEntry, Source
from hwstudio.core.monitor.hosts.host import Host
from hwstudio.core.monitor.hosts.list_file import read_list, write_list
from hwstudio.gui.monitor.hosts.past_lookup import older_of
from hwstudio.gui.monitor.hosts.standing import Standing
from hwstudio.gui.monitor.hosts.viewmodel import HostsViewModel
from hwstudio.gui.monitor.state import TimeRange


def entry(name, url, **more):
    return HostEntry(name=name, urls=(url,), **more)


@pytest.fixture
def model(qtbot, studio):
    made = HostsViewModel(studio.home.hosts_file, studio.network, lambda: False)
    yield made
    made.leave()
    QThreadPool.globalInstance().waitForDone(5000)


def wait(qtbot, check):
    qtbot.waitUntil(lambda: bool(check()), timeout=8000)


def standing(model, name):
    return next(row.standing for row in model.state.rows if row.name == name)


def host_threads():
    return [t for t in threading.enumerate() if t.name.startswith("hwstudio-host")]


def test_nothing_is_read_before_the_page_is_first_shown(model, studio, other):
    write_list(studio.home.hosts_file, [entry("gpu1", other(0.5).url)])
    assert model.state.entries == ()
    assert not host_threads()


def test_a_computers_numbers_become_its_row_its_tiles_and_its_lines(qtbot, model, studio, other):
    write_list(studio.home.hosts_file, [entry("gpu1", other(0.5, 0.0).url, interval_s=0.5)])
    model.show()
    wait(qtbot, lambda: model.state.rows and model.state.rows[0].standing is Standing.LIVE)
    figures = model.state.rows[0].figures
    assert (figures.cpu_share, figures.gpus, figures.gpus_used) == (0.25, 2, 1)
    model.select_page("gpu.0")
    assert model.state.host.page.title == "GPU 0: NVIDIA Test"
    wait(qtbot, lambda: len(model.picture.traces["gpu.0.busy_share"].times_s) > 1)
    assert set(model.picture.traces["gpu.0.busy_share"].values) == {0.5}


def test_samples_of_many_computers_are_one_repaint(qtbot, model, studio, closed_port):
    entries = [entry(f"n{number}", closed_port, interval_s=3600.0) for number in range(20)]
    write_list(studio.home.hosts_file, entries)
    model.show()
    QThreadPool.globalInstance().waitForDone(5000)
    qtbot.wait(200)
    model.repaint()
    painted = []
    model.changed.connect(lambda: painted.append(1))
    hosts = [Host(each, ()) for each in entries]
    for number in range(3):
        for host in hosts:
            model._take(host, Sample(time.time() + number, {"cpu.busy_share": 0.1}))
        qtbot.wait(10)
    assert painted == []
    wait(qtbot, lambda: painted)
    assert len(painted) == 1


def test_while_hidden_nothing_is_made_and_reading_goes_on_seldom(qtbot, model, studio, other):
    write_list(studio.home.hosts_file, [entry("gpu1", other(0.5).url, interval_s=0.5)])
    model.show()
    wait(qtbot, lambda: model._keeper.hosts)
    host = model._keeper.hosts[0]
    wait(qtbot, lambda: host.latest is not None)
    model.hide()
    painted = []
    model.changed.connect(lambda: painted.append(1))
    wait(qtbot, lambda: host.entry.every_s == 10.0)
    model._take(host, Sample(time.time(), {"cpu.busy_share": 0.1}))
    qtbot.wait(150)
    assert painted == []
    assert not model._timer.isActive()
    model.show()
    wait(qtbot, lambda: host.entry.every_s == 0.5)
    assert model._keeper.hosts == (host,)  # the same one: connection and counters were kept


def test_a_computer_that_hangs_holds_up_nobody(qtbot, model, studio, other, hanging):
    entries = [entry("stuck", hanging), entry("gpu1", other(0.5).url)]
    write_list(studio.home.hosts_file, entries)
    model.show()
    wait(qtbot, lambda: standing(model, "gpu1") is Standing.LIVE)
    assert standing(model, "stuck") is Standing.WAITING
    model.remove("stuck")  # returns while its thread still waits for the answer
    assert [row.name for row in model.state.rows] == ["gpu1"]
    model.leave()
    wait(qtbot, lambda: not host_threads())


def test_leaving_ends_every_thread(qtbot, model, studio, other):
    write_list(studio.home.hosts_file, [entry(f"g{n}", other(0.5).url) for n in range(3)])
    model.show()
    wait(qtbot, lambda: len(host_threads()) == 3)
    model.leave()
    wait(qtbot, lambda: not host_threads())


def test_a_computer_that_ends_is_gone_and_one_that_comes_back_is_live(qtbot, model, studio, other):
    server = other(0.5)
    write_list(studio.home.hosts_file, [entry("gpu1", server.url, interval_s=0.5)])
    model.show()
    wait(qtbot, lambda: standing(model, "gpu1") is Standing.LIVE)
    server.stop()
    wait(qtbot, lambda: standing(model, "gpu1") is Standing.GONE)
    assert {tile.value for tile in model.state.host.tiles} == {"lost"}
    again = type(server)(type(server._wish)(server.port), lambda: Sample(time.time(), {
        "cpu.busy_share": 0.9}))  # fmt: skip
    again.start()
    try:
        model.hurry()
        wait(qtbot, lambda: standing(model, "gpu1") is Standing.LIVE)
    finally:
        again.stop()


def test_with_the_network_off_a_far_computer_is_refused_in_words(qtbot, model, studio):
    write_list(studio.home.hosts_file, [entry("far", "http://192.0.2.1:9100/metrics")])
    model.show()
    assert model.state.is_shut
    assert standing(model, "far") is Standing.OFF


def test_the_list_is_changed_on_disk_and_a_removed_computer_goes_back_to_its_place(model, studio):
    file = studio.home.hosts_file
    write_list(file, [entry(name, f"http://127.0.0.1:{n}/metrics") for n, name in
                      enumerate("abc", 1)])  # fmt: skip
    model.show()
    gone, place = model.remove("b")
    assert [each.name for each in read_list(file)] == ["a", "c"]
    model.put(gone, at=place)
    assert [each.name for each in read_list(file)] == ["a", "b", "c"]
    model.put(entry("d", "127.0.0.1:5"), instead_of="b")
    assert [each.name for each in read_list(file)] == ["a", "d", "c"]
    assert model.state.selected == "d"
    with pytest.raises(UserError, match="already"):
        model.put(entry("a", "127.0.0.1:6"))


def test_what_another_program_added_meanwhile_is_kept(model, studio):
    file = studio.home.hosts_file
    model.show()
    write_list(file, [entry("from-cli", "http://127.0.0.1:1/metrics")])
    model.put(entry("mine", "127.0.0.1:2"))
    assert [each.name for each in model.state.entries] == ["from-cli", "mine"]


def test_what_another_program_added_is_shown_without_coming_back_to_the_page(model, studio):
    model.show()
    write_list(studio.home.hosts_file, [entry("gpu1", "http://127.0.0.1:9/metrics")])
    model.repaint()
    assert [row.name for row in model.state.rows] == ["gpu1"]


def test_a_damaged_list_is_told_and_never_written_over(model, studio):
    studio.home.hosts_file.write_text("{broken", "utf-8")
    said = []
    model.failed.connect(said.append)
    model.show()
    assert said
    with pytest.raises(UserError):
        model.put(entry("a", "127.0.0.1:1"))
    assert studio.home.hosts_file.read_text("utf-8") == "{broken"


def test_an_import_adds_what_is_new_and_gives_taken_names_a_number(model, studio, tmp_path):
    write_list(studio.home.hosts_file, [entry("a", "http://127.0.0.1:1/metrics")])
    file = tmp_path / "list.csv"
    file.write_text("name,url\na,127.0.0.1:1\na,127.0.0.1:2\n", "utf-8")
    model.show()
    assert model.merge(file) == (1, 1)
    assert [each.name for each in model.state.entries] == ["a", "a (2)"]


def test_the_past_of_a_server_stands_before_the_ring(qtbot, model, studio, server):
    wish = entry("a", server, source=Source.SERVER, match='instance="a:9100"', interval_s=1.0)
    write_list(studio.home.hosts_file, [wish])
    model.show()
    wait(qtbot, lambda: standing(model, "a") is Standing.LIVE)
    model.set_range(TimeRange(3600.0))
    wait(qtbot, lambda: len(model.picture.traces["cpu.busy_share"].times_s) > 100)
    values = model.picture.traces["cpu.busy_share"].values
    assert (values[0], values[-1]) == (0.5, 0.4)


def test_a_page_has_no_past_and_the_picture_says_so(qtbot, model, studio, other):
    write_list(studio.home.hosts_file, [entry("gpu1", other(0.5).url)])
    model.show()
    wait(qtbot, lambda: standing(model, "gpu1") is Standing.LIVE)
    model.set_range(TimeRange(86400.0))
    assert "Prometheus" in model.picture.note


def test_a_sensor_the_server_does_not_know_is_no_line(studio, server):
    wish = entry("a", server, source=Source.SERVER, match='instance="a:9100"')
    found = older_of(wish, studio.network, ("gpu.0.power_w",), (0.0, 3600.0), 100)
    assert found.traces == {}
    assert found.note
