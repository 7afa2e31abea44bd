"""The questions of the wizard as data: words, choices, defaults, and what they suppose.

What a class of work supposes of memory and storage, and the four sizes of memory, are those of the
guides hwstudio grew from; hours a week by kind of user are hwstudio's own, and always shown as
assumed. Each is overruled by the answer to the question itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hwstudio.core.base.units import GIB, TERA
from hwstudio.core.project.state import BUDGET_HIGH, BUDGET_LOW, GPU_COUNTS

NOT_SURE, ANY, NONE = "not_sure", "any", "none"
BETWEEN = "|"  # parts the items of a list answer; no id of a job, part or maker has one


class Step(StrEnum):
    """The steps, in their order."""

    WHO = "who"
    JOBS = "jobs"
    BUDGET = "budget"
    LIMITS = "limits"
    SITE = "site"
    REVIEW = "review"


STEP_WORDS = {
    Step.WHO: "Who and what for",
    Step.JOBS: "Jobs",
    Step.BUDGET: "Budget",
    Step.LIMITS: "Limits",
    Step.SITE: "Use and power",
    Step.REVIEW: "Review",
}


class Form(StrEnum):
    """How an answer is written."""

    ONE = "one"  # the id of one option
    MANY = "many"  # ids of options
    PICK = "pick"  # an id out of a list that the catalogue fills
    AMOUNT = "amount"  # a number, or "any"
    JOBS = "jobs"  # ids of jobs
    PARTS = "parts"  # ids of parts
    BRANDS = "brands"  # kind=maker
    DRIVES = "drives"  # kind:usable bytes:RAID level, or "none"


LISTS = (Form.MANY, Form.JOBS, Form.PARTS, Form.BRANDS)
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. ``thing`` names it after "change", ``brief`` in the review ("" = ``words``).

    ``options`` of an amount are the usual ones. ``default`` is of questions that only the wizard
    asks; all others take theirs from a fresh project.
    """

    id: str
    step: Step
    words: str
    thing: str
    form: Form = Form.ONE
    options: Options = ()
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    has_any: bool = True  # an amount that may be left open
    default: str = ""
    brief: str = ""

    def words_of(self, option: str) -> str:
        """Return the words of one option ("" = none of that id)."""
        return next((words for id_, words in self.options if id_ == option), "")


USERS = (
    ("hobbyist", "Hobbyist"),
    ("student", "Student"),
    ("professional", "Professional"),
    ("business", "Small business"),
    ("research", "Research group"),
    ("teaching", "Teaching lab"),
)
FOCUS = (
    ("vision", "Images"),
    ("text", "Text and language"),
    ("series", "Time series"),
    ("generative", "Generative AI"),
    ("classic", "Classic ML"),
    ("research", "Research"),
    ("production", "Production"),
    ("teaching", "Learning, teaching"),
)
SCALES = (
    ("small", "Small: under 10,000 samples"),
    ("medium", "Medium: up to 1 million"),
    ("large", "Large: over 1 million"),
    ("enterprise", "Company: many models"),
)
CLASSES = (
    ("job", "As the job needs"),
    ("less", "Less demanding work"),
    ("demanding", "Demanding work"),
)
AT_ONCE = (
    ("one", "One project"),
    ("few", "2 to 3 projects"),
    ("many", "5 or more"),
    ("team", "A whole team"),
)
DEPLOY = (
    ("develop", "No, only to develop"),
    ("pilot", "As a trial"),
    ("production", "Yes, as a service, always on"),
    ("regions", "Yes, at several sites, always on"),
)
BANDS = (
    ("tight", "Under $1,000", Decimal(1000)),
    ("moderate", "$1,000 to 3,000", Decimal(3000)),
    ("comfortable", "$3,000 to 8,000", Decimal(8000)),
    ("large", "Over $8,000", Decimal(15000)),
)
# The jobs of the library that suit a focus, the most usual first. Three have none of their own.
FOCUS_JOBS: dict[str, tuple[str, ...]] = {
    "vision": ("resnet50_train",),
    "text": ("llm_qlora_8b", "llm_chat_8b", "bert_base_train", "llm_full_finetune_8b",
             "gpt2_train"),
    "generative": ("sd15_generate", "llm_chat_8b", "llm_qlora_8b", "gpt2_train"),
    "research": ("resnet50_train", "gpt2_train", "bert_base_train", "llm_full_finetune_8b"),
    "production": ("llm_chat_8b", "sd15_generate"),
    "teaching": ("resnet50_train", "llm_qlora_8b", "llm_chat_8b"),
}  # fmt: skip
RAM_OF = {
    "scale": {"medium": 32 * GIB, "large": 64 * GIB, "enterprise": 128 * GIB},
    "class": {"less": 32 * GIB, "demanding": 128 * GIB},
    "at_once": {"few": 32 * GIB, "many": 64 * GIB, "team": 128 * GIB},
}
VRAM_OF = {"class": {"less": 12 * GIB, "demanding": 24 * GIB}}
STORAGE_OF = {"class": {"less": int(TERA), "demanding": 2 * int(TERA)}}
HOURS_OF = {
    "user": {"professional": 40, "business": 40, "research": 80, "teaching": 40},
    "deploy": {"production": 168, "regions": 168},
}


def _sizes(unit: int, word: str, *sizes: int) -> Options:
    return tuple((str(size * unit), f"{size:,} {word}") for size in sizes)


def _usual(unit: str, *amounts: int) -> Options:
    return tuple((f"{amount}", f"{amount:,} {unit}".strip()) for amount in amounts)


_RAM = ("minimum", "recommended", "professional", "enterprise")
RAM_OPTIONS = (
    ("0", "As needed"),
    *(
        (str(size * GIB), f"{size} GiB, {word}")
        for size, word in zip((16, 32, 64, 128), _RAM, strict=True)
    ),
    *_sizes(GIB, "GiB", 256, 512),
)
_TB = int(TERA)
_HOURS = (
    ("1", "1 hour"), ("8", "8 hours"), ("24", "1 day"), ("72", "3 days"), ("168", "1 week"),
    ("720", "30 days"),
)  # fmt: skip

QUESTIONS: tuple[Question, ...] = (
    Question(id="user", step=Step.WHO, words="Who is it for?", brief="For", thing="who it is for",
             options=USERS, default="hobbyist"),
    Question(id="focus", step=Step.WHO, words="For what? Tick all that apply", brief="What for",
             thing="what it is for", form=Form.MANY, options=FOCUS, default=NONE),
    Question(id="scale", step=Step.WHO, words="How large are the projects?", brief="Projects",
             thing="the size of projects", options=SCALES, default="small"),
    Question(id="class", step=Step.WHO, words="Kind of work", thing="the kind of work",
             options=CLASSES, default="job"),
    Question(id="job", step=Step.JOBS, words="Main job", thing="the job", form=Form.PICK),
    Question(id="also", step=Step.JOBS, words="It must also hold", thing="the further jobs",
             form=Form.JOBS),
    Question(id="deadline", step=Step.JOBS, words="Main job done within", thing="the deadline",
             form=Form.AMOUNT, options=_HOURS, low=0.01, high=1e6, unit="h"),
    Question(id="vram", step=Step.JOBS, words="Card memory", brief="Memory of each card, from",
             thing="the least GPU memory", form=Form.AMOUNT, low=1, high=1024, unit="GiB",
             options=_usual("GiB", 8, 12, 16, 24, 32, 48, 80, 96)),
    Question(id="ram", step=Step.JOBS, words="Main memory", brief="Main memory (RAM), from",
             thing="the least memory", options=RAM_OPTIONS),
    Question(id="storage", step=Step.JOBS, words="Drive", brief="First drive, from",
             thing="the first drive",
             options=(("0", "Any size"), (str(_TB // 2), "500 GB"),
                      *_sizes(_TB, "TB", 1, 2, 4, 8))),
    Question(id="budget", step=Step.BUDGET, words="Budget", thing="the budget", form=Form.AMOUNT,
             low=float(BUDGET_LOW), high=float(BUDGET_HIGH), has_any=False),
    Question(id="tax", step=Step.BUDGET, words="Sales tax on top", thing="the tax",
             form=Form.AMOUNT, low=0, high=100, unit="%", has_any=False,
             options=(("0", "No tax"), *_usual("%", 5, 8, 10, 19, 20, 25))),
    Question(id="best", step=Step.BUDGET, words="Best means", thing="what is best",
             options=(("time", "Fastest"), ("cost", "Cheapest"), ("energy", "Least energy"),
                      ("ownership", "Least cost over the years"))),
    Question(id="maker", step=Step.LIMITS, words="GPU maker", thing="the GPU maker",
             form=Form.PICK),
    Question(id="count", step=Step.LIMITS, words="Graphics cards", thing="the number of GPUs",
             options=((ANY, "Best number"), *((str(n), str(n)) for n in GPU_COUNTS))),
    Question(id="case", step=Step.LIMITS, words="Largest case", thing="the largest case",
             form=Form.PICK),
    Question(id="noise", step=Step.LIMITS, words="Cooler noise up to", thing="the noise limit",
             form=Form.AMOUNT, options=_usual("dB(A)", 20, 25, 30, 35), low=1, high=200,
             unit="dB(A)"),
    Question(id="used", step=Step.LIMITS, words="Second-hand parts", thing="second-hand parts",
             options=(("allowed", "Allowed"), ("new_only", "New only"))),
    Question(id="drives", step=Step.LIMITS, words="Drives for data", thing="the data drives",
             form=Form.DRIVES),
    Question(id="brands", step=Step.LIMITS, words="Only these brands", thing="the brands",
             form=Form.BRANDS),
    Question(id="owned", step=Step.LIMITS, words="Parts you have", thing="the parts you have",
             form=Form.PARTS),
    Question(id="forbidden", step=Step.LIMITS, words="Parts never to use",
             thing="the forbidden parts", form=Form.PARTS),
    Question(id="mains", step=Step.SITE, words="Wall socket", thing="the mains", form=Form.PICK),
    Question(id="power", step=Step.SITE, words="Wall power up to", thing="the most power",
             form=Form.AMOUNT, options=_usual("W", 400, 600, 800, 1000, 1400), low=1, high=1e6,
             unit="W"),
    Question(id="power_limit", step=Step.SITE, words="Limit each card to",
             thing="the cards' power limit", form=Form.AMOUNT,
             options=_usual("W", 150, 200, 250, 300, 350, 450), low=1, high=1e6, unit="W"),
    Question(id="hours", step=Step.SITE, words="Hours of work a week", thing="the hours a week",
             form=Form.AMOUNT, low=0, high=168, unit="h", has_any=False,
             options=(("5", "5 h"), ("20", "20 h"), ("40", "40 h"), ("168", "168 h, always"))),
    Question(id="years", step=Step.SITE, words="Years it is kept", thing="the years",
             form=Form.AMOUNT, options=_usual("years", 2, 3, 4, 5), low=0.1, high=50,
             unit="years", has_any=False),
    Question(id="tariff", step=Step.SITE, words="Electricity, per kWh",
             thing="the price of electricity", form=Form.AMOUNT, low=0, high=1000, unit="$",
             options=(("0.1", "$0.10"), ("0.15", "$0.15"), ("0.2", "$0.20"), ("0.3", "$0.30"),
                      ("0.4", "$0.40"))),
    Question(id="at_once", step=Step.SITE, words="Projects at once",
             thing="the projects at once", options=AT_ONCE, default="one"),
    Question(id="deploy", step=Step.SITE, words="Will others use it?", brief="Used by others",
             thing="who uses it",
             options=DEPLOY, default="develop"),
)  # fmt: skip
_BY_ID = {question.id: question for question in QUESTIONS}


def question_of(question_id: str) -> Question:
    """Return a question (KeyError: there is none of that id)."""
    return _BY_ID[question_id]


def questions_of(step: Step) -> tuple[Question, ...]:
    """Return the questions of one step."""
    return tuple(question for question in QUESTIONS if question.step is step)


def band_of(budget: Decimal) -> str:
    """Return the band a budget lies in; a band includes its upper end."""
    return next((id_ for id_, _, most in BANDS[:-1] if budget <= most), BANDS[-1][0])


def amount_in(band: str, budget: Decimal) -> Decimal:
    """Return the budget for a band: the present one where it lies inside, else the band's own."""
    if band_of(budget) == band:
        return budget
    return next(most for id_, _, most in BANDS if id_ == band)
