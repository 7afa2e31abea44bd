"""Computers as people type them: lines, TOML or CSV; a mistake is told with its line."""

from __future__ import annotations

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.bench.cluster.typed import TypedHosts, hosts_of, load_typed, save_typed


def test_a_line_is_an_address_with_user_port_and_name():
    text = "ada@10.0.0.1\n# spare\nnode2.lab:2222 two\n[fd00::7]:22 six\nfd00::8\n"
    hosts = hosts_of(TypedHosts(text, "/opt/python", 2))
    told = [(h.name, h.address, h.user, h.port) for h in hosts]
    assert told == [
        ("10.0.0.1", "10.0.0.1", "ada", 0),
        ("two", "node2.lab", "", 2222),
        ("six", "fd00::7", "", 22),
        ("fd00--8", "fd00::8", "", 0),
    ]
    assert {(h.python, h.slots) for h in hosts} == {("/opt/python", 2)}


def test_a_hosts_file_keeps_what_it_says_itself():
    toml = '[[host]]\nname = "a"\naddress = "10.0.0.1"\npython = "/own"\nslots = 4\n'
    csv = "name,address,slots\nb,10.0.0.2,\n"
    (own,), (usual,) = (hosts_of(TypedHosts(text, "/usual", 1)) for text in (toml, csv))
    assert (own.python, own.slots) == ("/own", 4)
    assert (usual.name, usual.python, usual.slots) == ("b", "/usual", 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "No computer is named"),
        ("# none", "No computer is named"),
        ("a\nb c d", "Line 2: 'b c d' cannot be read"),
        ("a:99999", "99999 is no port"),
        ("a\na", "Line 2: a stands twice"),
        ("-oProxyCommand=x", "address cannot be"),
    ],
)
def test_a_mistake_is_told_with_its_line(text, said):
    with pytest.raises(UserError, match=said):
        hosts_of(TypedHosts(text))


def test_what_was_typed_is_there_again(tmp_path):
    typed = TypedHosts("ada@10.0.0.1", "/opt/python", 3)
    save_typed(tmp_path / "hosts.json", typed)
    assert load_typed(tmp_path / "hosts.json") == typed
    (tmp_path / "hosts.json").write_text("[1]")
    assert load_typed(tmp_path / "hosts.json") == TypedHosts()
