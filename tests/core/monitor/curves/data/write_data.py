"""Write the recordings in this folder with the real writers, and what TensorBoard reads in them.

Not a test and not needed to run the tests; see README.md for the versions that were used.

    python write_data.py torch tensorboardx lightning trainer     (torch, tensorboardX, ...)
    python write_data.py tf2 keras                                (TensorFlow)
    python write_data.py expected                                 (TensorBoard)
"""

from __future__ import annotations

import json
import math
import random
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
START_S = 1_790_000_000.0


def curve(step: int, seed: int = 0) -> float:
    """Return a falling, slightly noisy number, the same at every call."""
    return 2.0 * math.exp(-step / 40) + 0.3 + 0.05 * random.Random(step * 7 + seed).random()


def neutral(folder: Path) -> None:
    """Give event files names without this machine's name, in their order of writing."""
    for place, path in enumerate(sorted(folder.glob("*tfevents*"))):
        path.rename(folder / f"events.out.tfevents.{int(START_S) + place}.host.{place}")


def fresh(name: str) -> Path:
    """Return an empty folder."""
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def write_torch() -> None:
    """Old and new style scalars, a picture, a histogram, text; then a resumed run in a new file."""
    import numpy as np
    from torch.utils.tensorboard import SummaryWriter

    folder = fresh("torch")
    picture = np.zeros((3, 8, 8), dtype=np.uint8)
    for purge, steps in ((None, range(60)), (40, range(40, 80))):
        writer = SummaryWriter(str(folder), purge_step=purge, filename_suffix=f".{purge}")
        for step in steps:
            at = START_S + step * 2.0 + (1000 if purge else 0)
            writer.add_scalar("train/loss", curve(step), step, walltime=at)
            writer.add_scalar("train/lr", 1e-3 * 0.99**step, step, walltime=at, new_style=True)
            wide = {"new_style": True, "double_precision": True}
            writer.add_scalar("val/acc", 1 - curve(step, 1) / 3, step, walltime=at, **wide)
            if step % 20 == 0:
                writer.add_histogram("weights", np.arange(50.0), step, walltime=at)
                writer.add_image("picture", picture, step, walltime=at)
                writer.add_text("note", f"step {step}", step, walltime=at)
        writer.close()
    neutral(folder)


def write_tensorboardx() -> None:
    """Scalars with NaN and infinity in them, and a large histogram."""
    import numpy as np
    from tensorboardX import SummaryWriter

    folder = fresh("tensorboardx")
    writer = SummaryWriter(str(folder))
    for step in range(50):
        at = START_S + step
        value = {47: math.inf, 48: math.nan}.get(step, curve(step))
        writer.add_scalar("loss", value, step, walltime=at)
        writer.add_scalar("größe/äöü", step / 7, step * 1_000_000_007, walltime=at)
        if step == 10:
            writer.add_histogram("big", np.random.default_rng(0).normal(size=2000), step, bins=500)
    writer.close()
    neutral(folder)


def write_lightning() -> None:
    """metrics.csv with training and validation on different rows."""
    import lightning
    import torch
    from lightning.pytorch.loggers import CSVLogger

    class Line(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, 1)

        def _loss(self, batch: Any) -> Any:
            return torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])

        def training_step(self, batch: Any, _: int) -> Any:
            loss = self._loss(batch)
            self.log("train_loss", loss)
            return loss

        def validation_step(self, batch: Any, _: int) -> None:
            self.log("val_loss", self._loss(batch))

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.05)

    lightning.seed_everything(0)
    xs = torch.randn(64, 4)
    data = torch.utils.data.TensorDataset(xs, xs.sum(1, keepdim=True))
    loader = torch.utils.data.DataLoader(data, batch_size=8)
    folder = fresh("lightning")
    trainer = lightning.Trainer(
        max_epochs=5,
        log_every_n_steps=2,
        logger=CSVLogger(str(folder), name="lightning_logs"),
        enable_progress_bar=False,
        enable_checkpointing=False,
        accelerator="cpu",
    )
    trainer.fit(Line(), loader, loader)
    for extra in folder.rglob("hparams.yaml"):
        extra.unlink()


def write_trainer() -> None:
    """The state file of Hugging Face's Trainer, and its log history as JSON lines."""
    import torch
    from transformers import Trainer, TrainingArguments

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, 1)

        def forward(self, x: Any, labels: Any = None) -> Any:
            out = self.layer(x)
            return {"loss": torch.nn.functional.mse_loss(out, labels), "logits": out}

    torch.manual_seed(0)
    xs = torch.randn(64, 4)
    rows = [{"x": x, "labels": x.sum().reshape(1)} for x in xs]
    folder = fresh("trainer")
    arguments = TrainingArguments(
        output_dir="out",
        max_steps=60,
        per_device_train_batch_size=8,
        logging_steps=5,
        eval_strategy="steps",
        eval_steps=20,
        save_steps=30,
        report_to=[],
        learning_rate=0.05,
        disable_tqdm=True,
        use_cpu=True,
    )
    trainer = Trainer(model=Net(), args=arguments, train_dataset=rows, eval_dataset=rows)
    trainer.train()
    for step in (30, 60):
        target = folder / f"checkpoint-{step}"
        target.mkdir()
        shutil.copy(f"out/checkpoint-{step}/trainer_state.json", target)
    lines = [json.dumps(each) for each in trainer.state.log_history]
    (folder / "log_history.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_tf2() -> None:
    """TensorFlow 2: tensors of several types, train and validation side by side; TensorFlow 1."""
    import tensorflow as tf

    for part in ("train", "validation"):
        folder = fresh(f"tf2/{part}")
        writer = tf.summary.create_file_writer(str(folder))
        with writer.as_default():
            for step in range(30):
                tf.summary.scalar("epoch_loss", curve(step, len(part)), step=step)
                tf.summary.scalar("double", tf.constant(curve(step), tf.float64), step=step)
                tf.summary.scalar("half", tf.constant(curve(step), tf.float16), step=step)
                tf.summary.scalar("count", tf.constant(step * 3 - 5, tf.int32), step=step)
                if step % 10 == 0:
                    tf.summary.histogram("weights", tf.range(100.0), step=step)
                    tf.summary.image("picture", tf.zeros((1, 8, 8, 3)), step=step)
                    tf.summary.text("note", "words", step=step)
        writer.close()
        neutral(folder)
    folder = fresh("tf1")
    with tf.Graph().as_default():
        old = tf.compat.v1.summary.FileWriter(str(folder))
        for step in range(20):
            values = [
                tf.compat.v1.Summary.Value(tag="loss", simple_value=curve(step)),
                tf.compat.v1.Summary.Value(tag="accuracy", simple_value=step / 20),
            ]
            old.add_summary(tf.compat.v1.Summary(value=values), step)
        old.close()
    neutral(folder)


def write_keras() -> None:
    """Keras' CSVLogger, with commas and with semicolons, the second appended to."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(0)
    xs = np.random.default_rng(0).normal(size=(64, 4))
    ys = (xs.sum(1) > 0).astype("float32")
    folder = fresh("keras")

    def fit(logger: Any, epochs: int) -> None:
        model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
        model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
        model.fit(xs, ys, epochs=epochs, validation_split=0.25, callbacks=[logger], verbose=0)

    fit(keras.callbacks.CSVLogger(str(folder / "training.csv")), 8)
    for _ in range(2):
        path = str(folder / "appended.csv")
        fit(keras.callbacks.CSVLogger(path, separator=";", append=True), 4)


def write_expected() -> None:
    """What TensorBoard's own reader finds, beside each folder of event files."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    everything = {"size_guidance": {"scalars": 0, "tensors": 0}}
    for folder in sorted({path.parent for path in HERE.rglob("*tfevents*")}):
        reader = EventAccumulator(str(folder), **everything)
        reader.Reload()
        found: dict[str, list[list[Any]]] = {}
        for tag in reader.Tags()["scalars"]:
            found[tag] = [[e.wall_time, e.step, e.value] for e in reader.Scalars(tag)]
        for tag in reader.Tags()["tensors"]:
            if reader.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
                found[tag] = [
                    [e.wall_time, e.step, float(make_ndarray(e.tensor_proto).item())]
                    for e in reader.Tensors(tag)
                ]
        text = json.dumps(found, indent=None, sort_keys=True)
        (folder / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        globals()[f"write_{wanted}"]()
