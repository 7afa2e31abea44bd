"""The reports of a PC, of builds, of measurements and of own or rent: whole, short, summing up."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hwstudio.core.assess.change import Parts
from hwstudio.core.assess.own_machine import own_gpu
from hwstudio.core.assess.own_or_rent import Question, Shapes, compare
from hwstudio.core.assess.readiness import Terms, assess
from hwstudio.core.base.errors import UserError
from hwstudio.core.bench.compare import Comparison
from hwstudio.core.model.result import Metric, Outcome, Result
from hwstudio.core.plan.scenario import outcomes
from hwstudio.core.plan.terms import candidate_of, terms_of
from hwstudio.core.plan.words import outcome_value
from hwstudio.core.probe.fake_nvml import FakeGpu, FakeNvml
from hwstudio.core.probe.machine import detect_machine
from hwstudio.core.project.planner import ProjectPlanner
from hwstudio.core.project.reference_jobs import reference_jobs
from hwstudio.core.project.state import ProjectState
from hwstudio.core.report.as_pdf import Paper, pdf
from hwstudio.core.report.assess_report import Assessed, assess_report
from hwstudio.core.report.bench_report import Measured, bench_report
from hwstudio.core.report.blocks import KeyFigures, Table
from hwstudio.core.report.build_sheet import Sheet, build_sheet
from hwstudio.core.report.compare_report import Compared, compare_report
from hwstudio.core.report.cost_report import OwnOrRent, cost_report
from hwstudio.core.report.write import document_bytes
from tests.core.report import read_back

pypdf = pytest.importorskip("pypdf")
pytest.importorskip("docx")
pytest.importorskip("typst")
TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def assessed(catalog):
    machine = detect_machine(catalog.match_gpu)
    judged = assess(
        machine,
        catalog.workload("llm_qlora_8b"),
        gpus=catalog.gpus(),
        workloads=catalog.workloads(),
        parts=Parts(catalog.cards(), catalog.rams(), catalog.storages()),
        terms=Terms(reference_jobs(catalog)),
    )
    return Assessed(machine, judged, TODAY.isoformat())


@pytest.fixture(scope="module")
def answer(catalog):
    state = ProjectState(name="lab", budget=Decimal(2500), workload_id="resnet50_train")
    return ProjectPlanner(catalog).answer(state, keeps_parts=False)


@pytest.fixture(scope="module")
def compared(answer):
    builds = tuple((f"build {n}", one) for n, one in enumerate(answer.solution.builds[:3], 1))
    pace = candidate_of(*builds[0]).speed.typical
    terms = terms_of(answer.workload, answer.asked.usage, pace, Decimal("0.2"))
    return Compared(builds, terms, TODAY)


@pytest.fixture(scope="module")
def asked(catalog):
    gpu = catalog.match_gpu("RTX 4090")
    shapes = Shapes(catalog.workload("llm_qlora_8b"), catalog.gpus())
    question = Question(own=own_gpu(gpu, catalog.cards()), hours_per_month=120.0, price_per_kwh=0.2)
    answer = compare(question, shapes, catalog.offers())
    return OwnOrRent(question, answer, shapes.workload, TODAY)


def _result(number, verdict="ok", unit="FLOP/s"):
    points = tuple(Metric(f"fp32 {2**n}", unit, n * 1e11, n * 9e10, n * 2e11, 9) for n in (9, 10))
    return Result(
        id=f"run{number}", bench="torch_matmul", method_version=1, device="GPU X", machine="lab",
        taken_at=f"2026-11-2{number}T10:00:00Z", params={"cap_s": 2.0}, outcome=Outcome.FINISHED,
        words="", verdict=verdict, verdict_reason="Why.", metrics=points,
        conditions={"memory_bytes": 2**34, "interpreter": "/home/me/python"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def measured():
    found = Comparison("fp32 512", 0.98, "same", "3 published results", "a paper of 2024")
    return Measured((_result(1), _result(2, "busy")), TODAY.isoformat(), {"run1": (found,)})


@pytest.fixture(scope="module")
def documents(assessed, answer, compared, measured, asked):
    sheet = Sheet(answer, answer.chosen, TODAY, Decimal("0.2"), "2026-11-28")
    return {
        "assess": assess_report(assessed),
        "build": build_sheet(sheet),
        "compare": compare_report(compared),
        "bench": bench_report(measured),
        "cost": cost_report(asked),
    }


KINDS = ("assess", "build", "compare", "bench", "cost")


@pytest.mark.parametrize("kind", KINDS)
def test_each_report_shows_the_same_cells_in_web_page_word_and_excel(documents, kind):
    document = documents[kind]
    tables = read_back.tables_of(document)
    assert tables
    for ending, read in ((".html", read_back.from_html), (".docx", read_back.from_docx),
                         (".xlsx", read_back.from_xlsx)):  # fmt: skip
        found, _ = read(document_bytes(document, ending))
        for table, rows in zip(tables, found, strict=True):
            body = [row[: len(table.columns)] for row in rows[1:]]
            assert body == read_back.shown(table), (kind, ending, table.title)


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_of_each_report_stands_in_its_pdf(documents, kind):
    document = documents[kind]
    words = "".join(read_back.from_pdf(pdf(document)).split())
    for block in document.blocks:
        if isinstance(block, KeyFigures):
            assert all("".join(figure.shown.split()) in words for figure in block.figures)
        if isinstance(block, Table):
            for row in read_back.shown(block):
                numbers = (cell for cell, c in zip(row, block.columns, strict=True) if c.digits)
                assert all("".join(cell.split()) in words for cell in numbers)


@pytest.mark.parametrize("kind", KINDS)
def test_each_report_is_the_same_file_twice_and_dated(documents, kind):
    document = documents[kind]
    assert document.made == "2026-11-28"
    assert pdf(document) == pdf(replace(document))
    assert document_bytes(document, ".xlsx") == document_bytes(replace(document), ".xlsx")


@pytest.mark.parametrize("paper", list(Paper))
def test_what_this_pc_can_do_takes_four_pages_at_most(documents, assessed, catalog, paper):
    many = FakeNvml(tuple(FakeGpu(name="NVIDIA GeForce RTX 4090") for _ in range(8)))
    crowded = detect_machine(catalog.match_gpu, nvml=many)
    for document in (documents["assess"], assess_report(replace(assessed, machine=crowded))):
        pages = pypdf.PdfReader(io.BytesIO(pdf(document, paper))).pages
        assert len(pages) <= 4


def test_the_points_of_the_parts_sum_to_the_score(documents, assessed):
    table = next(b for b in documents["assess"].blocks if isinstance(b, Table) and b.sums)
    total = assessed.assessment.score.total
    assert table.sum_row[1:4] == (total, 100, 100 - total)


def test_the_parts_list_sums_to_the_price_without_tax(documents, answer):
    table = next(b for b in documents["build"].blocks if isinstance(b, Table) and b.sums)
    assert table.sum_row[2] == answer.chosen.total.amount


def test_the_compared_costs_are_those_of_the_plan(documents, compared):
    table = next(b for b in documents["compare"].blocks
                 if isinstance(b, Table) and b.title == "Side by side")  # fmt: skip
    costs = next(row for row in table.rows if row[0].startswith("Cost over"))
    terms = compared.terms
    told = tuple(outcome_value("cost", outcomes(c, terms).cost, terms) for c in compared.candidates)
    assert costs[1:] == told
    names = tuple(name for name, _ in compared.builds)
    assert tuple(column.name for column in table.columns[1:]) == names


def test_one_build_or_six_cannot_be_compared(compared):
    with pytest.raises(UserError, match="2 to 5"):
        compare_report(replace(compared, builds=compared.builds[:1]))
    with pytest.raises(UserError, match="2 to 5"):
        compare_report(replace(compared, builds=compared.builds[:1] * 6))


def test_a_measurement_that_is_not_clean_is_never_called_good(documents):
    figures = [f for b in documents["bench"].blocks if isinstance(b, KeyFigures) for f in b.figures]
    verdicts = {f.shown: f.status.value for f in figures if f.name == "Verdict"}
    assert verdicts == {"Clean measurement": "good", "Machine was busy": ""}


def test_a_measurement_names_no_folder_of_its_user(documents):
    text = document_bytes(documents["bench"], ".html").decode()
    assert "/home/me" not in text
    assert "16.0 GiB" in text
    assert "a paper of 2024" in text


def test_no_result_is_no_report():
    with pytest.raises(UserError, match="bench run"):
        bench_report(Measured((), TODAY.isoformat()))


def test_own_or_rent_tells_the_same_odds_in_its_sentence_and_figures(documents, asked):
    document = documents["cost"]
    share = f"{asked.answer.odds.owning_wins_share:.0%}"
    figures = next(b for b in document.blocks if isinstance(b, KeyFigures)).figures
    assert next(f for f in figures if f.name == "Owning wins in").shown == share
    assert f"wins in {share}" in document.blocks[0].text
    table = next(b for b in document.blocks if isinstance(b, Table) and b.title == "Side by side")
    assert [row[3] for row in table.rows] == [o.cost_per_month for o in asked.answer.options]


def test_own_or_rent_without_a_price_says_why_there_is_no_answer(asked):
    silent = replace(asked.answer, payback=None, odds=None, why_none="no price is known")
    document = cost_report(replace(asked, answer=silent))
    assert re.search(r"No break-even: no price is known\.", document.blocks[0].text)
    assert pdf(document)
