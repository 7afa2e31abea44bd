"""The list of computers: what it takes, and where it says a mistake is."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import HwstudioError, UserError
from hwstudio.core.bench.cluster.hosts_file import FIELDS, parse_hosts, read_hosts

TOML = """
# above the first computer: for all
user = "ada"
python = "/opt/torch/bin/python"

[[host]]
name = "node1"
address = "10.0.0.1"
gpus = 4

[[host]]
name = "node2"
address = "node2.lab"
port = 2222
user = "bob"
key = "~/.ssh/lab"
ssh_options = ["ProxyJump=gate", "IdentitiesOnly=yes"]
interface = "eth1"
"""


def refusal(text, *, is_csv=False):
    with pytest.raises(UserError) as refused:
        parse_hosts(text, "lab", is_csv=is_csv)
    return refused.value.sentence


def test_what_stands_above_the_first_computer_holds_for_all():
    first, second = parse_hosts(TOML, "lab.toml", is_csv=False)
    assert (first.user, first.slots, first.port) == ("ada", 4, 0)
    assert (second.user, second.python) == ("bob", "/opt/torch/bin/python")
    assert second.ssh_options == ("ProxyJump=gate", "IdentitiesOnly=yes")


def test_csv_gives_the_same_as_toml():
    text = "name,address,user,python,gpus\nnode1,10.0.0.1,ada,/opt/torch/bin/python,4\n"
    assert parse_hosts(text, "lab.csv", is_csv=True) == parse_hosts(TOML, "lab", is_csv=False)[:1]


@pytest.mark.parametrize("cut", [";", "\t"])
def test_csv_of_a_spreadsheet_with_semicolons_or_tabs_is_read(cut):
    text = cut.join(("name", "address", "slots", "")) + "\n" + cut.join(("a", "10.0.0.1", "2", ""))
    (host,) = parse_hosts(text, "lab.csv", is_csv=True)
    assert (host.name, host.address, host.slots) == ("a", "10.0.0.1", 2)


def test_a_wrong_heading_is_told_with_its_own_line():
    assert "line 1" in refusal("name,adress\na,10.0.0.1\n", is_csv=True)


def test_csv_passes_over_comments_and_empty_lines():
    text = "# the lab\n\naddress, slots\n\n10.0.0.1, 2\n# later\n10.0.0.2,\n"
    hosts = parse_hosts(text, "lab.csv", is_csv=True)
    assert [(host.name, host.slots) for host in hosts] == [("10.0.0.1", 2), ("10.0.0.2", 0)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('[[host]]\nname = "a"', "lab, line 1: the field address is missing"),
        ('\n\n[[host]]\naddress = "a"\nprot = 22', "lab, line 3: there is no field 'prot'"),
        ('[[host]]\naddress = "a"\nport = 99999', "line 1: port cannot be 99999"),
        ('[[host]]\naddress = "a"\nport = "many"', "port cannot be 'many'"),
        ('[[host]]\naddress = "a"\nslots = true', "slots cannot be True"),
        ('[[host]]\naddress = "-oProxyCommand=x"', "address cannot be '-oProxyCommand=x'"),
        ('[[host]]\naddress = "a"\nuser = "-l"', "user cannot be '-l'"),
        ('[[host]]\naddress = "a; reboot"', "address cannot be 'a; reboot'"),
        ('[[host]]\naddress = "a"\npython = "-c"', "python cannot be '-c'"),
        ('[[host]]\naddress = "a"\nssh_options = ["-R 1"]', "ssh_options cannot be '-R 1'"),
        ('[[host]]\naddress = "a"\ntransport = "telnet"', "choose from ssh, command"),
        ('[[host]]\naddress = "a"\n[[host]]\naddress = "a"', "line 3: the name 'a' stands twice"),
        ('[[host]]\naddress = "a"\ngpus = 1\nslots = 2', "slots is given twice"),
        ('[[host]]\naddress = "a', "lab, line 2: it is no TOML"),
        ('usr = "ada"\n[[host]]\naddress = "a"', "above the first computer"),
        ("", "lab lists no computer"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_field(body, said):
    assert said in refusal(body)


def test_a_csv_row_with_too_many_cells_is_told_with_its_line():
    said = refusal("name,address\na,10.0.0.1\nb,10.0.0.2,7\n", is_csv=True)
    assert "lab, line 3: more cells than the heading has" in said


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(UserError, match="There is no hosts file"):
        read_hosts(tmp_path / "none.toml")


@given(st.text(max_size=300), st.booleans())
def test_any_text_is_read_or_refused_in_words(text, is_csv):
    with contextlib.suppress(HwstudioError):
        assert parse_hosts(text, "lab", is_csv=is_csv)


@given(
    st.dictionaries(
        st.sampled_from(FIELDS), st.one_of(st.text(max_size=20), st.integers(), st.booleans())
    )
)
def test_no_value_from_a_file_can_become_an_option_of_ssh(row):
    from hwstudio.core.bench.cluster.calling import command
    from hwstudio.core.bench.cluster.hosts_file import _host

    try:
        host = _host(row)
    except UserError:
        return
    words = command(host, "hwstudio-0-0")
    if host.transport == "ssh":
        assert words[words.index("--") + 1 :] == [host.address, words[-1]]
        assert not host.address.startswith("-")
