"""Opens a model file of the user and reads only its header: no weights, no code, no unpickling."""

from __future__ import annotations

import re
from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.predict.job_maker import modes_of
from hwstudio.core.predict.model_gguf import from_gguf
from hwstudio.core.predict.model_onnx import from_onnx
from hwstudio.core.predict.model_shape import from_config, from_tensors, tensors_of_safetensors

MOST_BYTES = 128 << 20  # a GGUF header carries the whole vocabulary
MOST_CONFIG = 4 << 20
UNSAFE = (".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle")
KNOWN = "a Hugging Face config.json, a .safetensors, .gguf or .onnx file"
PYTHON = ".py"  # its code has to run: ``module_run`` does that, after asking
_KINDS = {".json": "config", ".safetensors": "safetensors", ".gguf": "gguf", ".onnx": "onnx"}


def read_head(file: Path, most: int) -> bytes:
    """Return the first bytes of a file.

    Raises:
        UserError: there is no such file.
        HostError: it may not be read.
    """
    _refuse_pipe(file)
    try:
        with file.open("rb") as opened:
            return opened.read(most)
    except FileNotFoundError as error:
        raise UserError(f"{file} is not there", "no such file", "Choose another") from error
    except OSError as error:
        raise HostError(f"{file} cannot be read", error.strerror or str(error)) from error


def _refuse_pipe(file: Path) -> None:
    """Refuse what is no file: a pipe would be waited for, and a device never ends."""
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise UserError(f"{file.name} is no file", "it is a pipe or a device", "Choose another")


def kind_of(file: Path) -> str:
    """Return config, safetensors, gguf or onnx.

    Raises:
        UserError: it is none of them; files that could run code are refused by name.
    """
    suffix = file.suffix.lower()
    if suffix in UNSAFE:
        raise UserError(
            f"{file.name} is not opened",
            "files of this kind can run code when they are read",
            f"Choose {KNOWN}",
        )
    kind = _KINDS.get(suffix)
    if kind is None:
        raise UserError(f"{file.name} is of an unknown kind", f"known are {KNOWN}", "Choose one")
    return kind


def open_model(file: Path) -> AiModel:
    """Return what a model file says of itself.

    Raises:
        UserError: it is none hwstudio reads, or damaged.
        HostError: it may not be read.
    """
    kind = kind_of(file)
    if kind == "onnx":
        return _open_onnx(file)
    if kind == "config":
        name = f"{file.absolute().parent.name}/{file.name}"
        head = read_head(file, MOST_CONFIG)
        return from_config(head.decode("utf-8-sig", errors="replace"), name)
    first, *others = parts_of(file)
    if kind == "gguf":
        return from_gguf(
            read_head(first, MOST_BYTES),
            file.name,
            (read_head(each, MOST_BYTES) for each in others),
        )
    tensors: dict[str, tuple[str, tuple[int, ...]]] = {}
    for each in (first, *others):
        tensors |= tensors_of_safetensors(read_head(each, MOST_BYTES), each.name)
    return from_tensors(tensors, file.name)


_PART = re.compile(r"(.*-)(\d{5})-of-(\d{5})(\.\w+)")
MOST_PARTS = 1000


def parts_of(file: Path) -> tuple[Path, ...]:
    """Return all files of a model that was split, in their order; a whole one stands alone.

    Raises:
        UserError: some are not beside it: a part alone would pass for a smaller model.
    """
    found = _PART.fullmatch(file.name)
    count = int(found[3]) if found else 1
    if found is None or not 1 < count <= MOST_PARTS:
        return (file,)
    names = [f"{found[1]}{n:05d}-of-{found[3]}{found[4]}" for n in range(1, count + 1)]
    parts = tuple(file.with_name(name) for name in names)
    missing = [part.name for part in parts if not part.exists()]
    if missing and file.exists():
        raise UserError(
            f"{file.name} is one of {count} parts",
            f"{len(missing)} are not beside it, the first {missing[0]}",
            "Put all parts into one folder, or choose the config.json",
        )
    return (file,) if missing else parts


def _open_onnx(file: Path) -> AiModel:
    """Walk the file's graph; its weights, which may be gigabytes, are passed over."""
    _refuse_pipe(file)
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            found = from_onnx(opened, size, file.name)
    except FileNotFoundError as error:
        raise UserError(f"{file} is not there", "no such file", "Choose another") from error
    except OSError as error:
        raise HostError(f"{file} cannot be read", error.strerror or str(error)) from error
    if found.missing and not modes_of(found.model):
        raise UserError(
            f"{file.name} has {found.model.params_total:,} parameters, but says too little of its "
            "work",
            found.missing,
            "Export it with a fixed input size and run onnx.shape_inference on it",
        )
    return found.model
