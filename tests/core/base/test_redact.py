"""What says whose computer it is does not stay in a text that is handed on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.redact import Identity, redactor

JANE = redactor(
    Identity(("/home/jane doe", "C:\\Users\\Jane"), ("jane",), ("lab-7.uni.edu", "lab-7"))
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/home/jane doe/plan.hws", "<home>/plan.hws"),
        (r'"C:\\Users\\Jane\\a.txt" c:/users/jane/b', r'"<home>\\a.txt" <home>/b'),
        ("/Users/bob/x /home/carl/y", "/Users/<user>/x /home/<user>/y"),
        ("host lab-7.uni.edu or LAB-7, user Jane", "host <computer> or <computer>, user <user>"),
        ("ssh carl@node3.lab", "ssh <person>@<computer>"),
        ('"serial": "S123-9", "model": "x"', '"serial": "<taken out>", "model": "x"'),
        ("Serial Number: ABC99", "Serial Number: <taken out>"),
        ("GPU-12345678-1234-1234-1234-123456789abc", "<serial>"),
        ("aa:bb:cc:dd:ee:ff at 10.0.0.7", "<network card> at <address>"),
        ("ping fe80::1:2ff", "ping <address>"),
        ("https://u:pw@host/x?token=abc", "https://<login>@host/x?token=<taken out>"),
        ("Authorization: Bearer abcdefghijk", "Authorization: <taken out>"),
        ("hf_abcdefghijklmnopqrst", "<key>"),
        ("sum deadbeefdeadbeefdeadbeefdeadbeef", "sum <key or sum>"),
    ],
)  # fmt: skip
def test_names_addresses_serials_and_keys_are_taken_out(text, left):
    assert JANE(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "hwstudio 0.1.0 on 127.0.0.1, torch 2.13.0+cpu at 12:34:56",
        "512 tokens, tokens_per_s=12.5, 0000:01:00.0",
        'SK hynix Platinum P41, "serial_number": "", "password": null',
        'File "/usr/lib/hwstudio/core/base/paths.py", line 120, in open_home',
    ],
)
def test_what_helps_to_mend_a_bug_stays(text):
    assert JANE(text) == text


@settings(max_examples=20)
@given(name=st.from_regex(r"\A[a-z]{4,12}9\Z"), before=st.text(max_size=30))
def test_a_user_name_that_stands_alone_never_stays(name, before):
    redact = redactor(Identity((), (name,), ()))
    assert name not in redact(f"{before} {name} was here").split()


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_taking_out_twice_changes_nothing_more(text):
    once = JANE(text)
    assert JANE(once) == once
