"""Step 2: the jobs, and the speed and sizes they need."""

from __future__ import annotations

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import gib
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.memory import largest_batch, predict_memory
from hwstudio.core.project.wizard_questions import question_of
from hwstudio.core.project.wizard_supposed import suited_jobs
from hwstudio.gui.configure.rail.fields import OneField
from hwstudio.gui.configure.rail.lists import JobsField
from hwstudio.gui.configure.rail.page import StepPage
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.kit.steady_label import SteadyLabel

_MODE_WORDS = {
    Mode.TRAIN: "Training",
    Mode.FINETUNE: "Fine-tuning of all weights",
    Mode.LORA: "Fine-tuning with LoRA",
    Mode.QLORA: "Fine-tuning with QLoRA",
    Mode.INFERENCE: "Using a trained model",
    Mode.GENERATE: "Making images",
}


class JobsPage(StepPage):
    """The main job with what it needs, further jobs, deadline, and least sizes."""

    def build(self) -> None:
        self._titles = {work.id: work.title for work in self.offered.workloads}
        jobs = tuple(self._titles.items())
        self.job = OneField(question_of("job"), jobs, self.offered.parts)
        self.job_note = SteadyLabel("", "small")
        other = self.link("Another model…", "workload", "Describe another model in Workload")
        self.job.top.addWidget(other)
        self.box.addWidget(self.wired(self.job))
        self.box.addWidget(self.job_note)
        self.box.addWidget(self.wired(JobsField(question_of("also"), jobs, self.offered.parts)))
        self.pair(self.ask("deadline"), self.ask("vram"))
        ram = self.ask("ram")
        ram.top.addWidget(self.link("Plan…", "memory", "Memory calculator"))
        self.pair(ram, self.ask("storage"), (2, 1))  # "64 GiB, professional"
        self._needs: dict[str, str] = {}

    def show_state(self, state: ConfigureState) -> None:
        suited = suited_jobs(state.project)
        ordered = sorted(self._titles.items(), key=lambda job: job[0] not in suited)
        self.job.set_options(tuple(ordered))
        super().show_state(state)
        self.job_note.setText(self._explained(state))

    def _explained(self, state: ConfigureState) -> str:
        """Say what the job is, what it needs, and the largest batch on the chosen card."""
        wanted = state.project.workload_id
        try:
            found = self.offered.job(wanted)
        except UserError:
            return "This job is not in the catalogue; choose another."
        said = self._needs.get(wanted) or _needed(found)
        self._needs[wanted] = said
        return f"{said} {_batch_words(found, state)}".strip()


def _needed(work: Workload) -> str:
    size = f"{work.params_total / 1e9:,.1f} billion" if work.params_total >= 1e9 else ""
    size = size or f"{work.params_total / 1e6:,.0f} million"
    model = work.model_name.partition(" (")[0]
    need = predict_memory(work, 1, 1)
    memory = ""
    if need.low is not None and need.high is not None:
        memory = f" It needs {gib(need.low, 2)} to {gib(need.high, 2)} on one card, estimated."
    return (
        f"{_MODE_WORDS[work.mode]}: {model}, {size} parameters, batch {work.batch}; "
        f"{work.job_title}.{memory}"
    )


def _batch_words(work: Workload, state: ConfigureState) -> str:
    """Return the largest batch on the chosen build; "" while there is none for this job."""
    answer = state.answer
    if answer is None or answer.chosen is None or answer.workload.id != work.id:
        return ""
    card, count = answer.chosen.build.card, answer.chosen.build.card_count
    if card is None or not count:
        return ""
    batch = largest_batch(work, card.vram_bytes, count)
    return "" if batch is None else f"The build shown holds a batch of {batch:,}."
