"""The engine: order, verdict, and laws over random half-known builds."""

from __future__ import annotations

import dataclasses

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import CardGroup, Circumstances
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.part import (
    Case,
    Cooler,
    Cpu,
    Gpu,
    GpuCard,
    Motherboard,
    Psu,
    Ram,
    Storage,
)
from hwstudio.core.power.answer import power_answer
from hwstudio.core.rules.engine import (
    RULES,
    Subject,
    check,
    examine,
    has_error,
    verdict,
    worst_first,
)
from hwstudio.core.rules.facts import blank

WORDS = {
    "socket": ["AM5", "AM4", "sTR5", "LGA1151", "LGA1700", "SP5", "?"],
    "chipset": ["B650", "WRX90", "Z270", "B450", ""],
    "form_factor": ["ATX", "EATX", "Mini-ITX", "SSI EEB", "M.2-2280", "3.5 in", "PCIe", "SXM2"],
    "mem_type": ["DDR4", "DDR5"],
    "dimm_type": ["UDIMM", "RDIMM", "RDIMM|LRDIMM"],
    "cpu_slot_modes": ["x16", "x16/0|x8/x8", "nonsense", "x16 x4 via PLX (x8 x7)"],
    "cooling": ["open_air", "blower", "passive", "liquid", "3 Fans"],
    "interface": ["SATA 6.0 Gb/s", "M.2 PCIe 4.0 x4", "M.2 SATA", "U.2"],
    "efficiency": ["Gold", "Titanium", "Ruby"],
    "atx_spec": ["3.1", "2.4", "ATX 3.0", "?"],
    "cooler_type": ["air", "AIO"],
    "compute_capability": ["8.9", "6.1", "?"],
    "name": ["", "GeForce RTX 4090", "AMD Ryzen 7 5800X", "Core i7-9700K", "Threadripper 7970X"],
}
LISTS = {"sockets", "mb_form_factors", "psu_form_factors", "mem_types"}
BOOLS = ("ecc", "back_connect", "bios_flashback", "includes_cooler", "is_reference")
FIXED = {"id", "maker", "source", "source_date", "price", "release_year", "gpu"}


def _value(field):
    if field.name in LISTS:
        words = WORDS["socket"] + WORDS["form_factor"] + WORDS["mem_type"]
        return st.lists(st.sampled_from(words), max_size=3).map(tuple)
    if field.name in WORDS:
        return st.sampled_from(WORDS[field.name])
    if field.name in BOOLS:
        return st.booleans()
    if "str" in str(field.type):
        return st.sampled_from(["", "x", "assumed", "datacenter", "consumer"])
    if "int" in str(field.type) and "bytes" not in field.name:
        return st.integers(0, 130)
    return st.floats(0, 4000)


@st.composite
def parts(draw, cls):
    """A part of which any field may be None."""
    known = {
        field.name: draw(st.none() | _value(field))
        for field in dataclasses.fields(cls)
        if field.name not in FIXED
    }
    known["name"] = known.get("name") or ""
    if cls is GpuCard:
        known["gpu"] = draw(parts(Gpu))
    return blank(cls, **known)


@st.composite
def builds(draw):
    """A half-chosen build of half-known parts, with circumstances."""
    maybe = lambda cls: draw(st.none() | parts(cls))  # noqa: E731
    build = Build(
        cpu=maybe(Cpu),
        motherboard=maybe(Motherboard),
        ram=maybe(Ram),
        ram_kits=draw(st.integers(0, 3)),
        card=maybe(GpuCard),
        card_count=draw(st.integers(0, 8)),
        storage=tuple(draw(st.lists(parts(Storage), max_size=2))),
        psu=maybe(Psu),
        psu_count=draw(st.integers(0, 2)),
        case=maybe(Case),
        cooler=maybe(Cooler),
    )
    around = Circumstances(
        other_cards=tuple(
            CardGroup(card, 1) for card in draw(st.lists(parts(GpuCard), max_size=1))
        ),
        is_open_frame=draw(st.none() | st.booleans()),
        riser_count=draw(st.integers(0, 4)),
        nvlink_bridge_slots=draw(st.none() | st.integers(2, 4)),
        board_depth_mm=draw(st.none() | st.floats(200, 400)),
        max_radiator_mm=draw(st.none() | st.floats(100, 500)),
        cuda_major=draw(st.none() | st.integers(11, 14)),
        is_without_card=draw(st.booleans()),
    )
    return build, around


RELAXED = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@RELAXED
@given(builds())
def test_checking_never_raises_whatever_is_missing(given_build):
    build, around = given_build
    findings = check(build, around)
    assert verdict(findings) in ("ok", "warn", "error", "unknown")
    assert all(finding.text and finding.rule for finding in findings)
    assert "None" not in " ".join(finding.text + finding.advice for finding in findings)
    assert all(f.advice for f in findings if f.severity is Severity.UNKNOWN)


@RELAXED
@given(builds())
def test_power_never_raises_whatever_is_missing(given_build):
    build, around = given_build
    answer = power_answer(build, around=around)
    assert answer.wall_w >= answer.sustained_w
    assert answer.excursion_w >= answer.sustained_w
    assert all(f.advice for f in answer.findings if f.severity is Severity.UNKNOWN)


@RELAXED
@given(builds())
def test_a_rule_whose_facts_are_missing_says_so(given_build):
    build, around = given_build
    subject, examined = Subject(build, around), examine(build, around)
    for rule in RULES:
        is_asked = subject.has(*rule.parts) and not (rule.skips_open_frame and subject.is_open)
        if is_asked and subject.missing(rule.fields):
            assert rule.id in examined.unjudged
            assert any(
                f.rule == rule.id and f.severity is Severity.UNKNOWN for f in examined.findings
            )


KINDS = ("cpu", "motherboard", "ram", "psu", "case", "cooler")


@RELAXED
@given(builds())
def test_whether_there_is_an_error_is_told_without_words_as_with_them(given_build):
    build, _ = given_build
    errors = [f for f in check(build) if f.severity is Severity.ERROR]
    assert has_error(build) is bool(errors)
    about = [f for f in errors if "motherboard" in f.parts]
    assert has_error(build, touching="motherboard") is bool(about)


@RELAXED
@given(builds(), st.sampled_from((*KINDS, "card", "storage")))
def test_removing_a_part_never_adds_a_conflict_with_it(given_build, kind):
    build, around = given_build
    if kind == "card":
        without = dataclasses.replace(build, card=None, card_count=0)
        around = dataclasses.replace(around, other_cards=())
    else:
        without = dataclasses.replace(build, **{kind: () if kind == "storage" else None})
    named = "gpu_card" if kind == "card" else kind
    assert not [f for f in check(without, around) if named in f.parts]


def test_a_drive_that_says_nothing_hides_no_conflict_of_the_others():
    silent = blank(Storage)
    large = dataclasses.replace(silent, form_factor="3.5 in")
    case = dataclasses.replace(blank(Case), bays_35=0)
    build = Build(case=case, storage=(silent, large))
    found = {(f.rule, f.severity) for f in check(build)}
    assert ("R23", Severity.ERROR) in found
    assert ("R23", Severity.UNKNOWN) in found
    assert has_error(build)


@RELAXED
@given(builds(), st.data())
def test_taking_a_drive_out_never_adds_a_conflict(given_build, data):
    build, around = given_build
    if not build.storage:
        return
    gone = data.draw(st.integers(0, len(build.storage) - 1))
    fewer = build.storage[:gone] + build.storage[gone + 1 :]

    def conflicts(drives):
        found = check(dataclasses.replace(build, storage=drives), around)
        return {f.rule for f in found if f.severity is Severity.ERROR and "storage" in f.parts}

    assert conflicts(fewer) <= conflicts(build.storage)


def test_an_empty_build_has_nothing_to_find():
    assert check(Build()) == ()
    assert verdict(()) == "ok"


def test_findings_come_worst_first():
    found = [
        Finding("R01", severity, (), "text")
        for severity in (Severity.INFO, Severity.ERROR, Severity.UNKNOWN, Severity.WARNING)
    ]
    ordered = [finding.severity for finding in worst_first(found)]
    assert ordered == [Severity.ERROR, Severity.WARNING, Severity.UNKNOWN, Severity.INFO]


def test_the_verdict_is_the_worst_finding_and_small_gaps_do_not_hide_it():
    def of(*pairs):
        return verdict([Finding(rule, severity, (), "text") for rule, severity in pairs])

    assert of(("R01", Severity.UNKNOWN), ("R12", Severity.ERROR)) == "error"
    assert of(("R01", Severity.UNKNOWN), ("R12", Severity.WARNING)) == "warn"
    assert of(("R01", Severity.UNKNOWN)) == "unknown"
    assert of(("R25", Severity.UNKNOWN)) == "unknown"
    assert of(("R22", Severity.UNKNOWN), ("R40", Severity.INFO)) == "ok"


def test_only_rules_about_chosen_parts_speak(findings_of):
    kinds = {kind for finding in findings_of(cpu={"socket": "AM5"}) for kind in finding.parts}
    assert kinds <= {"cpu"}


def test_every_rule_has_words_a_source_and_parts():
    for rule in RULES:
        assert rule.asks.startswith(("whether", "how", "which")), rule.id
        assert rule.source
        assert rule.parts


def test_missing_facts_are_named_in_words(findings_of):
    (found,) = findings_of("R18", gpus=[{"length_mm": 300}], case={"slots": 7})
    assert found.severity.value == "unknown"
    assert "the longest card the case takes" in found.text
    assert found.advice
