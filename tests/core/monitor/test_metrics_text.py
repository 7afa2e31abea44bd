"""Reading metrics pages: what the library reads, we read, and nonsense never ends it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from hwstudio.core.monitor.exposition import label_text
from hwstudio.core.monitor.metrics_text import (
    MOST_LABELS,
    MOST_LINE,
    Point,
    number_of,
    points,
    read,
    series_of,
)

PAGE = """# HELP up Whether it is up.
# TYPE up gauge
up 1
up{job="a b",path="C:\\\\x",say="\\"hi\\"\\n"} 0.5 1700000000000
with_tab{a="b"}\t3
curly{a="} 7",b="{"} 4
 spaced { a = "b" , } 5
seconds_bucket{le="0.1"} 3
# TYPE seconds histogram
seconds_bucket{le="+Inf"} 9
seconds_sum 1.5
seconds_count 9
# TYPE quant summary
quant{quantile="0.5"} 1
quant_sum 2
big 1.5e+30
nothing NaN
most +Inf
"""


def test_a_page_is_read_with_its_escapes_and_times():
    found = {(p.name, tuple(p.labels.items())): p for p in read(PAGE)}
    said = (("job", "a b"), ("path", "C:\\x"), ("say", '"hi"\n'))
    assert found["up", said] == Point("up", dict(said), 0.5, 1.7e9)
    assert found["up", ()].value == 1
    assert found["with_tab", (("a", "b"),)].value == 3
    assert found["curly", (("a", "} 7"), ("b", "{"))].value == 4
    assert found["spaced", (("a", "b"),)].value == 5
    assert found["big", ()].value == 1.5e30
    assert math.isnan(found["nothing", ()].value)
    assert found["most", ()].value == math.inf


def test_histograms_and_summaries_are_left_out():
    names = {point.name for point in read(PAGE)}
    assert not any(name.startswith(("seconds", "quant")) for name in names)


def test_examples_after_a_number_and_seconds_of_open_metrics_are_understood():
    text = '# TYPE c counter\nc_total{a="b # {"} 5 12.5 # {trace="x y"} 1.0 12.0\n# EOF\n'
    assert list(read(text)) == [Point("c_total", {"a": "b # {"}, 5.0, 12.5)]
    assert list(read('c_total 5 # {trace="x"} 1.0\n# EOF\n')) == [Point("c_total", {}, 5.0)]


names = st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,20}", fullmatch=True).filter(
    lambda name: not name.startswith("__")
)
label_names = st.from_regex(r"[a-z_][a-z0-9_]{0,10}", fullmatch=True)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=15)
labels = st.dictionaries(label_names, texts, max_size=4)


@given(names, labels, st.floats(allow_nan=False))
def test_every_series_that_can_be_written_is_read_back(name, said, value):
    inside = ",".join(f'{key}="{label_text(text)}"' for key, text in said.items())
    line = f"{name}{{{inside}}} {value!r}\n"
    assert list(read(line)) == [Point(name, said, value)]


@given(st.lists(st.tuples(names, labels, st.floats(allow_nan=False)), max_size=8))
def test_the_library_reads_the_same_numbers(rows):
    text = "".join(
        f"{name}{{{','.join(f'{k}={chr(34)}{label_text(v)}{chr(34)}' for k, v in said.items())}}}"
        f" {value!r}\n"
        for name, said, value in rows
        if "__" not in "".join(said)
    )
    theirs = [
        (each.name, each.labels, each.value)
        for family in text_string_to_metric_families(text)
        for each in family.samples
    ]
    ours = [(point.name, dict(point.labels), point.value) for point in read(text)]
    assert sorted(ours, key=repr) == sorted(theirs, key=repr)


@given(st.text())
def test_no_text_at_all_raises(text):
    for point in read(text):
        assert point.name


@pytest.mark.parametrize(
    "line",
    [
        "", "name", 'a{b="c"', 'a{b="c} 1', "a{b=c} 1", "1abc 5", "{} 1", 'a{b="c"} x', "a 1 2 3",
        "a 1_000", 'a{b="c"}', "a {", '{"quoted.name"} 1', "é 1",
    ],
)  # fmt: skip
def test_a_line_that_makes_no_sense_is_left_out(line):
    assert list(read(f"{line}\nok 1\n")) == [Point("ok", {}, 1.0)]


def test_a_page_is_bounded():
    assert len(points("a 1\n" * 50, most=10)) == 10
    assert points(f'a{{b="{"x" * MOST_LINE}"}} 1\n') == []
    many = ",".join(f'l{number}="x"' for number in range(MOST_LABELS + 5))
    assert series_of(f"a{{{many}}}") is None


def test_a_number_may_have_a_time_behind_it():
    assert number_of(" 5") == number_of(" 5\r") == number_of(" 5 1700000000000") == 5
    assert number_of(" five") is None
