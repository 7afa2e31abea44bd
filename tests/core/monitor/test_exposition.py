"""The metrics page: right by the library's parser and promtool, and read back without loss."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as read_open_metrics,
)
from prometheus_client.parser import text_string_to_metric_families as read_plain

from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Device, Missing, Sample
from hwstudio.core.monitor.exposition import Exposition, label_text, wants_open_metrics
from hwstudio.core.monitor.hosts.page import PageReader
from hwstudio.core.monitor.series_name import OTHER, sensor_id_of, series_name_of

SENSORS = [
    "cpu.busy_share", "cpu.core.12.busy_share", "cpu.load_1min", "cpu.frequency_hz",
    "memory.used_bytes", "memory.stall_share", "disk.nvme0n1.read_bytes_per_s",
    "disks.busy_share", "network.eth0.100.send_bytes_per_s", "network_all.send_bytes_per_s",
    "temperature.coretemp Package id 0.celsius_c", "temperature_all.hottest_c",
    "battery.charge_share", "battery.power_w", "gpu.0.energy_j", "gpu.0.throttle_bits",
    "gpu.0.temperature_c", "gpu.0.ecc_corrected_errors_count", "gpu.0.nvlink_active_count",
    "gpu.0.pcie_generation", "gpu.0.vram_used_bytes", "fan.cpu.speed_rpm", "gpu.0.core_v",
]  # fmt: skip


def sample(**values):
    return Sample(1_795_000_000.25, {k.replace("__", "."): v for k, v in values.items()})


def page(made, now_s=1_795_000_001.0, **how):
    return Exposition().text(made, now_s, **how)


@pytest.mark.parametrize(
    ("sensor", "series"),
    [
        ("gpu.0.power_w", 'hwstudio_gpu_power_watts{device="gpu.0"}'),
        ("gpu.0.energy_j", 'hwstudio_gpu_energy_joules_total{device="gpu.0"}'),
        ("cpu.core.3.busy_share", 'hwstudio_cpu_core_busy_ratio{device="cpu",core="3"}'),
        ("temperature.k10temp Tctl.celsius_c",
         'hwstudio_temperature_celsius{device="temperature.k10temp Tctl"}'),
        ("gpu.1.ecc_corrected_errors_count",
         'hwstudio_gpu_ecc_corrected_errors_total{device="gpu.1"}'),
    ],
)  # fmt: skip
def test_a_sensor_has_a_name_in_base_units(sensor, series):
    assert f"\n{series} 7.0\n" in page(Sample(0.0, {sensor: 7.0}), 0.0)


@pytest.mark.parametrize("sensor", SENSORS)
def test_every_sensor_in_use_has_a_name_of_its_own(sensor):
    name = series_name_of(sensor)
    assert name.metric != OTHER
    assert sensor_id_of(name.metric, dict(name.labels)) == sensor


parts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
ids = st.one_of(
    st.sampled_from(SENSORS),
    st.builds("{}.{}".format, parts, parts),
    st.builds("gpu.{}.{}".format, parts, st.from_regex(r"[a-z_]{1,20}", fullmatch=True)),
)
numbers = st.floats(min_value=0, allow_nan=False, allow_infinity=False)  # counters never fall


@given(ids)
@example("sensor.x.value")
@example("gpu.0.power_total")
@example("temperature.x.celsius")
@example("gpu.0.errors_ratio")
@example("cpu.core..busy_share")
def test_a_sensors_name_is_undone_exactly(sensor):
    name = series_name_of(sensor)
    assert sensor_id_of(name.metric, dict(name.labels)) == sensor


@given(st.dictionaries(ids, numbers, max_size=20), st.booleans())
def test_a_page_is_read_back_into_the_same_values(values, is_open_metrics):
    text = page(Sample(5.0, values), 5.0, is_open_metrics=is_open_metrics)
    assert PageReader().read(text, 5.0, 0.0).values == values


@given(st.dictionaries(ids, numbers, max_size=20))
def test_the_librarys_parsers_find_the_same_numbers(values):
    made = Sample(5.0, values)
    for read, is_open in ((read_plain, False), (read_open_metrics, True)):
        found = {}
        for family in read(page(made, 5.0, is_open_metrics=is_open)):
            for each in family.samples:
                if (sensor := sensor_id_of(each.name, each.labels)) is not None:
                    found[sensor] = each.value
        assert found == values


def rich():
    return Sample(
        100.0,
        {"gpu.0.power_w": 71.5, "gpu.0.energy_j": 12345.0, "cpu.busy_share": 0.25},
        {"battery": Missing(Status.UNSUPPORTED, "no battery"), "gpu.1": Missing(Status.LOST, "x")},
        (
            Device("gpu.0", 'A "quoted" \\ name,\n100 %', "gpu", {"power_w": 450.0}),
            Device("cpu", "Processor", "cpu"),
        ),
    )


def test_devices_limits_and_what_is_missing_come_back_too():
    found = PageReader().read(page(rich(), 103.0), 1000.0, 0.0)
    assert found.devices == rich().devices
    assert {name: each.status for name, each in found.missing.items()} == {
        "battery": Status.UNSUPPORTED, "gpu.1": Status.LOST,
    }  # fmt: skip
    assert found.taken_s == 997.0  # three seconds old, by whichever clock


def test_the_library_reads_names_with_quotes_and_line_ends():
    families = {f.name: f for f in read_plain(page(rich(), 103.0))}
    (power,) = families["hwstudio_gpu_power_watts"].samples
    assert power.labels == {"device": "gpu.0", "name": 'A "quoted" \\ name,\n100 %'}
    assert families["hwstudio_gpu_energy_joules"].type == "counter"


def test_a_number_that_is_none_is_left_out():
    made = sample(cpu__busy_share=float("nan"), memory__used_bytes=float("inf"), cpu__load_1min=2.0)
    text = page(made)
    assert "nan" not in text.lower().replace("hwstudio", "")
    assert list(PageReader().read(text, 0.0, 0.0).values) == ["cpu.load_1min"]


def test_an_old_sample_shows_its_age_and_no_numbers():
    text = Exposition(stale_s=60.0).text(sample(cpu__busy_share=0.5), 1_795_000_100.25)
    assert "hwstudio_sample_age_seconds 100.0" in text
    assert "cpu_busy" not in text


def test_before_the_first_sample_there_is_a_page_all_the_same():
    assert 'hwstudio_build_info{version="' in page(None)
    assert page(None, is_open_metrics=True).endswith("\n# EOF\n")


def test_the_page_follows_when_sensors_come_and_go():
    exposition = Exposition()
    for values in ({"cpu.busy_share": 0.1}, {"cpu.busy_share": 0.2}, {"gpu.0.power_w": 9.0}, {}):
        text = exposition.text(Sample(1.0, values), 1.0)
        assert PageReader().read(text, 1.0, 0.0).values == values


def test_a_missing_sensor_that_changes_its_reason_is_shown_anew():
    exposition = Exposition()
    for status in (Status.STALE, Status.LOST):
        text = exposition.text(Sample(1.0, {}, {"gpu.0": Missing(status, "")}), 1.0)
        assert f'hwstudio_sensor_missing{{sensor="gpu.0",status="{status.value}"}} 1' in text


@pytest.mark.parametrize(
    ("accept", "is_wanted"),
    [
        ("", False),
        ("*/*", False),
        ("text/plain;version=0.0.4", False),
        ("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", True),
        ("text/plain, application/openmetrics-text; q=0", False),
    ],
)
def test_open_metrics_is_given_to_who_asks_for_it(accept, is_wanted):
    assert wants_open_metrics(accept) is is_wanted


@given(st.text())
def test_a_labels_text_never_breaks_its_line(text):
    assert "\n" not in label_text(text)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_promtool_finds_nothing_to_say():
    values = dict.fromkeys(SENSORS, 1.0)
    text = page(Sample(1.0, values, rich().missing, rich().devices))
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
