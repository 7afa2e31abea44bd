"""Boards, processors and coolers: what the catalogue says of slots, lanes, channels and sockets."""

from __future__ import annotations

import re

import pytest

from hwstudio.core.rules.lane import slot_modes

# One slot ("x16", "0"), or several alike of which the order is not known ("x16 x4").
SLOTS = re.compile(r"x?(0|1|4|8|16)(?: x(\d+))?")
# A switch on the board shares out more lanes than the processor has.
SWITCHED = re.compile(r"\bvia\b|PLX")
CHANNELS = {
    **{socket: {2} for socket in ("AM4", "AM5", "LGA1200", "LGA1700", "LGA1851")},
    **{socket: {4} for socket in ("TR4", "sTRX4")},
    "sTR5": {4, 8},
    "sWRX8": {8},
    "SP3": {8},
    "SP5": {12},
    "SP6": {6},
}


def wired(catalog):
    return [board for board in catalog.motherboards() if board.cpu_slot_modes]


def plain(alternative):
    """The slots of one alternative without its note and its switch."""
    return re.split(r"\bvia\b", re.sub(r"\([^)]*\)", "", alternative))[0].strip()


def is_for_several_cards(board):
    modes = slot_modes(board.cpu_slot_modes)
    return any(sum(width >= 8 for width in widths) >= 2 for _, widths in modes)


def fact(catalog, part_id, name):
    return next(fact for fact in catalog.cells(part_id) if fact.name == name)


def test_every_slot_of_every_mode_is_understood(catalog):
    for board in wired(catalog):
        alternatives = board.cpu_slot_modes.split("|")
        for alternative, (_, widths) in zip(
            alternatives, slot_modes(board.cpu_slot_modes), strict=True
        ):
            expected = []
            for token in re.split(r"\s*[/+]\s*", plain(alternative)):
                found = SLOTS.fullmatch(token)
                assert found, f"{board.name}: {token!r} of {board.cpu_slot_modes!r}"
                expected += [int(found[1])] * int(found[2] or 1)
            assert widths == expected, board.name


def test_no_board_hands_out_more_lanes_than_a_processor_of_its_socket_has(catalog):
    lanes = {}
    for cpu in catalog.cpus():
        lanes[cpu.socket] = max(lanes.get(cpu.socket, 0), cpu.pcie_lanes_usable)
    for board in wired(catalog):
        sockets = 2 if "two sockets" in board.name else 1
        if board.socket not in lanes or SWITCHED.search(board.cpu_slot_modes):
            continue
        for condition, widths in slot_modes(board.cpu_slot_modes):
            assert sum(widths) <= lanes[board.socket] * sockets, (board.name, condition, widths)


def test_slots_stand_between_one_and_six_positions_apart(catalog):
    known = [b for b in catalog.motherboards() if b.gpu_slot_pitch is not None]
    assert len(known) >= 120
    assert all(1 <= board.gpu_slot_pitch <= 6 for board in known)


def test_hand_collected_boards_have_as_many_slots_as_their_modes(catalog):
    for board in wired(catalog):
        if board.id.count("-") < 2:
            continue  # OpenDB counts some long slots by their wiring
        most = max(len(widths) for _, widths in slot_modes(board.cpu_slot_modes))
        assert most <= board.x16_slots_physical + board.x8_slots, board.name


def test_many_boards_take_several_cards_and_most_were_read_in_a_source(catalog):
    several = [board for board in wired(catalog) if is_for_several_cards(board)]
    says = [fact(catalog, board.id, "cpu_slot_modes").confidence for board in several]
    assert len(several) >= 150
    assert says.count("seen") >= 110
    assert says.count("recalled") <= 8


def test_the_spacing_of_most_boards_for_several_cards_is_known(catalog):
    several = [board for board in wired(catalog) if is_for_several_cards(board)]
    known = [board for board in several if board.gpu_slot_pitch is not None]
    assert len(known) >= 90


@pytest.mark.parametrize(
    ("board_id", "narrow"),
    [
        ("mb-asrock-wrx80-creator", 2),
        ("mb-gigabyte-mc62-g40", 1),
        ("mb-gigabyte-wrx80-su8-ipmi", 1),
        ("mb-asus-pro-ws-wrx80e-sage-se-wifi", 0),
    ],
)
def test_not_every_long_slot_of_a_workstation_board_has_sixteen_lanes(catalog, board_id, narrow):
    board = next(board for board in catalog.motherboards() if board.id == board_id)
    [(_, widths)] = slot_modes(board.cpu_slot_modes)
    assert len(widths) == 7
    assert widths.count(8) == narrow


def test_modes_and_spacing_say_where_they_come_from(catalog):
    for board in wired(catalog):
        for name in ("cpu_slot_modes", "gpu_slot_pitch"):
            said = fact(catalog, board.id, name)
            if said.value is not None:
                assert said.source, board.name
                assert said.confidence in {"seen", "partly", "derived", "recalled"}, board.name


@pytest.mark.parametrize("chipset", ["B660", "B760"])
def test_a_chipset_that_cannot_split_lanes_feeds_one_slot(catalog, chipset):
    """Intel lets only its larger chipsets split the processor's sixteen lanes."""
    boards = [board for board in wired(catalog) if board.chipset == chipset]
    assert boards
    assert {board.cpu_slot_modes for board in boards} == {"x16"}


def test_the_hero_with_hidden_connectors_has_no_second_slot_for_a_card(catalog):
    by_id = {board.id: board for board in catalog.motherboards()}
    assert by_id["mb-7b688013"].cpu_slot_modes == "x16/0|x8/x8"
    assert by_id["mb-b0faf23f"].cpu_slot_modes == "x16"


def test_x670_boards_are_for_am5_and_ddr5_with_four_slots_at_most(catalog):
    boards = [b for b in catalog.motherboards() if b.chipset in {"X670", "X670E"}]
    assert len(boards) >= 20
    assert {(board.socket, board.mem_type) for board in boards} == {("AM5", "DDR5")}
    assert max(board.mem_slots for board in boards) == 4


def test_no_board_has_a_chipset_that_was_never_made(catalog):
    assert "Z690E" not in {board.chipset for board in catalog.motherboards()}


@pytest.mark.parametrize(
    ("name", "socket", "cores", "threads"),
    [
        ("Intel Core i7 14700K", "LGA1700", 20, 28),
        ("AMD Ryzen 7 5800X", "AM4", 8, 16),
        ("AMD Ryzen 9 5900X", "AM4", 12, 24),
        ("AMD Ryzen 9 9950X", "AM5", 16, 32),
        ("Intel Core Ultra 9 285K", "LGA1851", 24, 24),
    ],
)
def test_processors_have_the_cores_their_makers_give(catalog, name, socket, cores, threads):
    cpu = next(cpu for cpu in catalog.cpus() if cpu.name == name)
    assert (cpu.socket, cpu.cores, cpu.threads) == (socket, cores, threads)


def test_no_desktop_processor_of_today_has_more_cores_than_the_largest_made(catalog):
    largest = {"AM5": 16, "LGA1851": 24}
    for socket, cores in largest.items():
        assert max(cpu.cores for cpu in catalog.cpus() if cpu.socket == socket) == cores


def test_memory_channels_belong_to_the_socket(catalog):
    for cpu in catalog.cpus():
        if cpu.socket in CHANNELS:
            assert cpu.mem_channels in CHANNELS[cpu.socket], cpu.name
        if cpu.socket == "sTR5":
            assert (cpu.mem_channels == 8) is bool(re.search(r"\dWX\b", cpu.name)), cpu.name


def test_the_nh_d15_mounts_on_no_threadripper_socket(catalog):
    coolers = [cooler for cooler in catalog.coolers() if "NH-D15" in cooler.name]
    assert coolers
    for cooler in coolers:
        assert not {"TR4", "sTRX4", "sWRX8", "sTR5", "SP3", "SP5", "SP6"} & set(cooler.sockets)
