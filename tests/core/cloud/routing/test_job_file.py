"""A job file: the documented example reads, every refusal names its key, writing reads back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.routing.job import Data, Job, Local, Reserved, Rules, Task
from hwstudio.core.cloud.routing.job_file import EXAMPLE, job_of_toml, toml_of_job

ROOT = Path(__file__).resolve().parents[4]


def test_the_documented_example_is_the_one_of_the_help_and_reads():
    assert EXAMPLE in (ROOT / "docs" / "cloud_routing.md").read_text("utf-8")
    job = job_of_toml(EXAMPLE)
    assert job.task.units == 60000
    assert job.rules.budget == Decimal(50)
    assert job.reserved is not None
    assert job.reserved.free_hours == 100


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        ("[work]\nworkload='a'\n[rules]\nbugdet=3", "rules.bugdet", "rules.budget"),
        ("[work]\nworkload='a'\n[wishes]\nx=1", "wishes", "Choose from"),
        ("[work]\nhours=4", "work.device", "RTX 4090"),
        ("[work]\nhours=4\nunits=3\ndevice='T4'", "work", "Keep one"),
        ("", "work", "workload"),
        ("[work]\nworkload='a'\n[deadline]\nhours='soon'", "deadline.hours", "plain number"),
        ("[work]\nworkload='a'\n[deadline]\nhours=nan", "deadline.hours", "Give"),
        ("[work]\nworkload='a'\n[deadline]\nsure=90", "deadline.sure", "0.5 to 0.99"),
        ("[work]\nworkload='a'\n[data]\nupload_mbit_s=0", "data.upload_mbit_s", "Mbit/s"),
        ("[work]\nworkload='a'\n[rules]\nmay_leave_home='no'", "rules.may_leave_home", "true"),
        ("[work]\nworkload='a'\n[reserved]\nprovider='aws'", "reserved.free_hours", "paid hours"),
        ("[work]\nworkload='a'\n[reserved]\nfree_hours=3", "reserved", "instance"),
        ("work = 3", "work", "[work]"),
        ("[work\n", "not TOML", "--help"),
    ],
)
def test_a_refusal_names_the_key_the_reason_and_what_to_write(text, key, remedy):
    with pytest.raises(UserError) as refused:
        job_of_toml(text)
    assert key in refused.value.sentence
    assert remedy in refused.value.sentence
    assert refused.value.why


amounts = st.floats(0, 1e6, allow_nan=False)
jobs = st.builds(
    Job,
    name=st.text(min_size=1).filter(lambda text: text == text.strip() and text),
    task=st.one_of(
        st.builds(Task, workload_id=st.just("llm_qlora_8b"), units=st.floats(1, 1e9)),
        st.builds(Task, hours=st.floats(0.1, 1e5), device=st.just("T4"), count=st.integers(1, 8)),
    ),
    data=st.builds(Data, in_gb=amounts, out_gb=amounts, place=st.sampled_from(("home", "aws"))),
    rules=st.builds(
        Rules,
        deadline_hours=st.floats(0.1, 1e5),
        confidence=st.floats(0.5, 0.99),
        may_leave_home=st.booleans(),
        may_be_free=st.booleans(),
        checkpoint_s=st.none() | st.floats(1, 1e4),
        budget=st.none() | st.decimals(0, 1000, places=2),
    ),
    local=st.builds(Local, queue_hours=amounts, wear_per_hour=st.none() | amounts),
    reserved=st.none() | st.builds(Reserved, free_hours=amounts, device=st.just("T4")),
)


@settings(max_examples=50)
@given(jobs)
def test_what_is_written_reads_back_to_the_same_job(job):
    assert job_of_toml(toml_of_job(job)) == job
