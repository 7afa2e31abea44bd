"""What a question keeps on one device by the textbook: what the fitted model corrects.

The items are those of the Workload tab (``predict.held``): a question is put into its numbers.
What a driver shows on top (context, workspaces, an allocator that keeps what it once had) is left
to the fit: it differs by framework, by measure and by the room there is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from hwstudio.core.model.recipe import Optimiser, Shard
from hwstudio.core.predict.fitted.architectures import Shape
from hwstudio.core.predict.fitted.arithmetic import arithmetic_named
from hwstudio.core.predict.fitted.picture_models import (
    batch_named,
    is_mixed_named,
    kept_share,
    known_picture,
    largest_side,
    sees_pictures,
    usual_pictures,
)
from hwstudio.core.predict.fitted.question import (
    DeviceSheet,
    Question,
    noted,
    number,
    question_of,
)
from hwstudio.core.predict.fitted.savings import (
    is_offloaded,
    is_paged_out,
    savings_noted,
    score_share,
    updates_at_once,
)
from hwstudio.core.predict.fitted.work import (
    PICTURES,
    TEXT,
    TRAINING,
    is_adapter,
    is_training,
    shape_asked,
)
from hwstudio.core.predict.footprint import ADAPTER_BYTES, MOMENT_BYTES, OPTIMISER_WORDS
from hwstudio.core.predict.held import (
    HALF_BYTES,
    MASTER_BYTES,
    Item,
    Learning,
    Part,
    TextModel,
    Texts,
    packed_bytes,
    picture_kept,
    picture_live,
    states,
    text_activations,
    text_reading,
)
from hwstudio.core.predict.scaling import ADAPTER_SHARE
from hwstudio.core.predict.split import Plan, shared_out

PEAK = "peak "  # begins the metric of a question about memory: "peak allocated"
MEASURED_FITS = "fits"
_STATES_ALL = ("qwen1",)  # memory of all devices together
USUAL_MEASURE = "allocated"  # what is asked where only "did it fit" was noted
UNNAMED = DeviceSheet(
    name="unspecified", vendor="", kind="", architecture="", year=None, memory_bytes=0.0,
    bandwidth_bytes_per_s=0.0, fp32_flop_per_s=0.0, fp16_flop_per_s=0.0,
)  # fmt: skip
_USUAL_TOKENS = 512.0
# A weight of four bits with its scales: of blocks of 64 in FP32, those again in few bits, of 128.
_FROZEN_BITS = (("dq", 4.13), ("nf4", 4.5), ("gptq", 4.25), ("awq", 4.25))
_QUANTISED_BITS = 4.5  # of frozen weights where the precision named is that of the arithmetic
_PUBLISHED_PACKED, _PUBLISHED_BITS = "gpt-oss", 4.45  # its experts are published in four bits
_PACKED_BITS = 9.0  # at most; the table of words beside such weights keeps two bytes
_UNPACKED = ("fp8", "float8", "fp4")  # kept so by software that counts its tables in
_HEAD_WIDTH = 128.0
# Software that kept the scores of all words for every token of a prompt, and plain attention.
_ALL_SCORES, _LAST_SCORE_YEAR = ("autoawq", "transformers"), 2025
_SCORE_BYTES = 6.0  # two bytes, and four of the copy that is normalised
_PICTURE_BYTES = 1.5e9  # where nothing is known of a picture model's activations
_USUAL_PARAMS, _USUAL_PICTURES, _USUAL_SIDE = 40e6, 8.0, 400.0
_VOLUMES = "detection3d"
_WITH_CACHE, _FULL = f"{PEAK}nvidia-smi", 0.9
_LEAST_SHARE = 0.01
_ADAPTER = "adapter"
_ALL_OF = 0.95  # of the parameters: so many that learn are all
_TRAINED_BYTES = 16.0  # a parameter that is trained, with gradient and moments
_PLAIN_INNER = 4.0  # times the width, without a gate
# Feed-forward layers without a gate; all others have one.
_UNGATED = re.compile(
    r"^(gpt(?!-oss)|bloom|falcon(?!3)|mpt|opt|pythia|starcoder|phi-?[12]|t5|bart|stablelm-(base-)?alpha"
    r"|nemotron|switch|transformer)"
)


def memory_question_of(row: Mapping[str, str], device: DeviceSheet) -> Question:
    """Return a question from a row in the columns of ``memory.csv``; answers are not read.

    Raises:
        KeyError, ValueError: a column is missing or holds no number.
    """
    measure = row["measure"].strip()
    asked = USUAL_MEASURE if measure == MEASURED_FITS else measure
    note = noted(row.get("note", ""))
    plain = {**row, "metric": PEAK + asked, "global_batch": str(note.get("global_batch", ""))}
    question = question_of(plain, device)
    if question.batch == 0:  # whole samples of less than one a device, rounded down
        question = replace(question, batch=1.0)
    if question.batch is None and question.family in PICTURES:
        question = replace(question, batch=batch_named(question.model))
    if question.precision == "fp32" and is_mixed_named(question.model):
        question = replace(question, precision="amp-fp16")
    question = _as_adapter(question, note.get("trainable"))
    optimiser = f"{row.get('optimizer', '').strip()} {savings_noted(row.get('note', ''), question)}"
    return question.with_memory(optimiser.strip(), note.get("trainable"))


def _as_adapter(question: Question, trainable: float | None) -> Question:
    """Return a training of a small part by whatever method as one of adapters."""
    is_part = trainable and question.params and trainable < _ALL_OF * question.params
    if not is_part or is_adapter(question):
        return question
    return replace(question, method=f"{question.method} {_ADAPTER}".strip())


def is_about_memory(question: Question) -> bool:
    """Say whether bytes are asked for rather than a speed."""
    return question.metric.startswith(PEAK)


def need_bytes(question: Question) -> float:
    """Return the bytes held on one device."""
    return sum(item.bytes for item in items_asked(question))


def items_asked(question: Question) -> tuple[Item, ...]:
    """Return what is held on one device, item by item."""
    shape = shape_asked(question) if question.family in TEXT else None
    if shape:
        return _text(question, shape)
    if question.family == "diffusion" and question.params:
        return _denoiser(question)
    return _pictures(question)


def _denoiser(question: Question) -> tuple[Item, ...]:
    each = _TRAINED_BYTES if is_training(question) else HALF_BYTES
    return (
        Item("weights and what is learned", (question.params or 0.0) * each, Part.STATES),
        Item("activations", _PICTURE_BYTES, Part.KEPT),
    )


def _pictures(question: Question) -> tuple[Item, ...]:
    arithmetic = arithmetic_named(question.precision)
    each, params = arithmetic.element_bytes, question.params or _USUAL_PARAMS
    batch = _pictures_at_once(question) or _USUAL_PICTURES
    elements = _elements(question) or 0.0
    if not is_training(question):
        live = picture_live(elements, batch, each) or _guessed(question, batch)
        return (
            Item("weights", params * arithmetic.weight_bits / 8, Part.WEIGHTS),
            Item("largest live tensors", live, Part.LIVE),
        )
    kept = picture_kept(elements, batch, each) * kept_share(question.model)
    kept = max(kept or _guessed(question, batch), _filled(question) - params * 12.0)
    learning = Learning(
        gradient_bytes=4.0,
        moment_bytes=MOMENT_BYTES[Optimiser.MOMENTUM],
        moments=OPTIMISER_WORDS[Optimiser.MOMENTUM],
    )
    held = states(params, params * 4.0, learning)
    return (*held, Item("activations kept", kept, Part.KEPT))


def _filled(question: Question) -> float:
    """Return the bytes of a card that are taken whatever the network needs; 0 = not so.

    A batch that nobody states was as large as the card allowed, and so were those of networks whose
    need is but a guess here; and where pictures differ in size, the cache that a driver shows grows
    with every new one until the card is full.
    """
    has_cache = question.metric == _WITH_CACHE
    if question.family in PICTURES:
        is_largest = _pictures_at_once(question) is None
        is_full = is_largest or (has_cache and usual_pictures(question.model) is not None)
    else:
        is_full = has_cache and not _elements(question)
    return _FULL * question.device.memory_bytes if is_full else 0.0


def _pictures_at_once(question: Question) -> float | None:
    return _batch(question) or usual_pictures(question.model)


def _elements(question: Question) -> float | None:
    """Return the output elements of one picture's forward pass; None = not known."""
    if question.activations:
        return question.activations
    is_known = question.family == _VOLUMES and sees_pictures(question.model)
    if not (is_known or question.family in PICTURES):
        return None
    side = question.input_size or largest_side(question.model)
    found = known_picture(question.model, side)
    return found.activations if found else None


def is_counted(question: Question) -> bool:
    """Say whether a question's need follows from what is known of it, or is but a guess."""
    if question.family in TEXT:
        return shape_asked(question) is not None
    return bool(_elements(question))


def _guessed(question: Question, batch: float) -> float:
    """Return the activations of a network of no known kind: by pictures and their size alone."""
    side = question.input_size or _USUAL_SIDE
    each = arithmetic_named(question.precision).element_bytes
    kept = _PICTURE_BYTES * batch / _USUAL_PICTURES * (side / _USUAL_SIDE) ** 2 * each / 4.0
    if question.family in PICTURES and not is_training(question):
        kept /= 8.0
    return kept


def _batch(question: Question) -> float | None:
    """Return the samples on one device; the whole batch's share where only that is known."""
    is_counted = question.family in PICTURES or question.family in TEXT
    if question.batch or not (is_counted and question.global_batch):
        return question.batch
    # Less than one: several devices work on one sample.
    return question.global_batch / question.count


def _text(question: Question, shape: Shape) -> tuple[Item, ...]:
    model, plan = _model(question, shape), plan_asked(question)
    arithmetic = arithmetic_named(question.precision)
    count = _batch(question) or 1.0
    if is_training(question):
        texts = Texts(
            count=count,
            length=question.input_size or _USUAL_TOKENS,
            element_bytes=arithmetic.element_bytes,
        )
        learning = _learning(question, model, shape)
        held = states(model.params, model.weight_bytes, learning)
        moving = _scored_in_parts(question, text_activations(model, texts, learning))
        items = (*held, *moving)
        if not question.parallelism and _is_too_much(held, question):
            plan = replace(plan, shard=Shard.ALL)
    else:
        length = (question.input_size or 0.0) + (question.generated or 0.0)
        texts = Texts(count=count, length=length, element_bytes=arithmetic.element_bytes)
        items = (*text_reading(model, texts), *_all_scores(question, model))
    layer = model.weight_bytes / max(1.0, model.layers)
    heads = max(1.0, model.kept / _HEAD_WIDTH)
    each = shared_out(items, plan, layer_bytes=layer, kv_heads=heads)
    if is_offloaded(question):  # but for the layers at work, all is with the host
        tables = Item("tables of words gathered", _tables(shape) * HALF_BYTES, Part.LIVE)
        each = (*(item for item in each if not item.is_state), tables)
    return (*each, *_gathered(items, each)) if _gathers_all(question) else each


def _scored_in_parts(question: Question, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return what training keeps where only a part of the words' scores is there at a time."""
    share = score_share(question)
    return tuple(
        replace(each, bytes=each.bytes * share) if each.part is Part.LIVE else each
        for each in items
    )


def _is_too_much(held: tuple[Item, ...], question: Question) -> bool:
    """Say whether one device cannot hold a copy: then the copies must have shared it out."""
    room = question.device.memory_bytes
    return question.count > 1 and 0 < room < sum(item.bytes for item in held)


def _gathers_all(question: Question) -> bool:
    """Say whether the sharded model is whole on every device for a while (LitGPT)."""
    return "litgpt" in question.framework.lower() and "fsdp" in question.parallelism.lower()


def _gathered(whole: tuple[Item, ...], each: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return what the whole weights, and gradients, take beyond what comes and goes later."""
    gathered = sum(item.bytes for item in whole if item.part in (Part.WEIGHTS, Part.GRADIENTS))
    moving = sum(item.bytes for item in each if not item.is_state)
    return (Item("weights and gradients gathered", max(0.0, gathered - moving), Part.LIVE),)


def _model(question: Question, shape: Shape) -> TextModel:
    bits = _weight_bits(question)
    weights = shape.params * bits / 8
    if _is_packed(question.precision, bits):
        weights = packed_bytes(shape.params, _tables(shape), bits)
    is_gated = not (question.family == "transformer" or _UNGATED.match(question.model.lower()))
    return TextModel(
        params=shape.params,
        weight_bytes=weights,
        layers=shape.layers,
        width=shape.width,
        kept=shape.kept,
        inner=_inner(shape) if is_gated else _PLAIN_INNER * shape.width,
        is_gated=is_gated,
        is_encoder=question.family == "transformer",
        vocabulary=shape.vocabulary,
        heads=max(1.0, shape.width / _HEAD_WIDTH),
    )


def _weight_bits(question: Question) -> float:
    """Return the bits of a weight as the job holds it."""
    bits = arithmetic_named(question.precision).weight_bits
    if _PUBLISHED_PACKED in question.model.lower():
        return min(bits, _PUBLISHED_BITS)
    if is_training(question) and not is_adapter(question):
        return max(bits, 16.0)  # what learns is not kept in fewer
    name = question.precision.lower()
    known = next((told for word, told in _FROZEN_BITS if word in name and bits < 8.0), bits)
    is_quantised = question.method.startswith("q") and is_adapter(question)
    return min(known, _QUANTISED_BITS) if is_quantised else known


def _tables(shape: Shape) -> float:
    """Return the numbers in the tables of words, one or two of them."""
    return shape.vocabulary * shape.width + shape.looked_up


def _inner(shape: Shape) -> float:
    """Return the width of gated feed-forward layers, from the parameters used for one token."""
    in_layers = max(0.0, shape.active_params - _tables(shape)) / shape.layers
    return max(shape.width, (in_layers / shape.width - 2 * shape.width - 2 * shape.kept) / 3)


def _learning(question: Question, model: TextModel, shape: Shape) -> Learning:
    """Return what training keeps beside the weights."""
    bits = arithmetic_named(question.precision).weight_bits
    optimiser = _optimiser_named(question.optimiser)
    is_paged = is_paged_out(question)
    moments = 0.0 if is_paged else MOMENT_BYTES[optimiser]
    is_checkpointed = question.is_checkpointed or _gathers_all(question)
    is_part = (question.trainable or model.params) < _ALL_OF * model.params
    if is_adapter(question) or is_part:
        # What is trained beside frozen weights: weight, gradient, two moments.
        trained = question.trainable or model.params * ADAPTER_SHARE
        trained += _tables(shape) if "emb" in question.method else 0.0
        return Learning(
            gradient_bytes=ADAPTER_BYTES, moment_bytes=moments, trained=trained,
            is_packed=model.weight_bytes < model.params * HALF_BYTES,
            is_checkpointed=is_checkpointed,
            has_scaled_outputs=question.method.endswith("adapter_v2"),
        )  # fmt: skip
    each = model.weight_bytes / model.params
    is_pure = _is_pure(question)
    copy = MASTER_BYTES if each < MASTER_BYTES else 0
    if not copy and arithmetic_named(question.precision).rate == "half":
        copy = HALF_BYTES
    return Learning(
        gradient_bytes=0.0 if updates_at_once(question, model.params * each) else each,
        copy_bytes=0.0 if is_pure else copy,
        moment_bytes=2 * bits / 8 if is_pure and not is_paged else moments,
        moments=OPTIMISER_WORDS[optimiser],
        is_checkpointed=is_checkpointed,
    )


def _is_pure(question: Question) -> bool:
    """Say whether weights, gradients and moments all are in the precision named."""
    is_named = question.precision.endswith("-true") or question.precision == "bfloat16"
    return is_named or "torchtune" in question.framework.lower()


def _optimiser_named(name: str) -> Optimiser:
    """Return the optimiser of a name; Adam where it is not told."""
    name = name.lower()
    if "8bit" in name:
        return Optimiser.ADAM_8BIT
    return Optimiser.MOMENTUM if "sgd" in name else Optimiser.ADAM


def _is_packed(precision: str, bits: float) -> bool:
    """Say whether only the layers' weights are stored in few bits.

    llama.cpp's types (``Q4_K_M``) are told in bits over all weights, tables counted in.
    """
    name = precision.lower()
    is_of_all = name.removeprefix("ud-").startswith(("q", "iq")) or "bpw" in name
    is_plain = is_of_all or any(word in name for word in _UNPACKED)
    return bits < _PACKED_BITS and not is_plain


def _all_scores(question: Question, model: TextModel) -> tuple[Item, ...]:
    """Return what software of a few years ago kept when it read a prompt."""
    prompt, batch = question.input_size or 0.0, question.batch or 1.0
    name = question.framework.lower()
    is_old = question.year is not None and question.year < _LAST_SCORE_YEAR
    if not prompt or not (is_old and any(word in name for word in _ALL_SCORES)):
        return ()
    looks = model.heads * prompt
    written = 4.0 * model.kept * model.layers * (question.generated or 0.0)
    scores = (model.vocabulary + looks) * _SCORE_BYTES * prompt - written
    words = "scores of every word of the prompt, plain attention"
    return (Item(words, max(0.0, scores) * batch, Part.LIVE),)


def memory_clues(question: Question) -> dict[str, float | None]:
    """Return the need, how it is made up, and how much of the device it takes.

    They stand where questions about speed have their times: what a driver shows beside the tensors
    depends on what the need consists of, and a cache grows where there is room. Empty where the
    need is but a guess.
    """
    if not is_counted(question):
        return {}
    items = items_asked(question)
    need = sum(item.bytes for item in items) or 1.0
    held = sum(item.bytes for item in items if item.is_state)
    kept = sum(item.bytes for item in items if item.part is Part.KEPT)
    room = question.device.memory_bytes
    return {
        "compute time": need,
        "traffic time": held / need + _LEAST_SHARE,
        "compute over traffic": kept / need + _LEAST_SHARE,
        "launch share": (need - held - kept) / need + _LEAST_SHARE,
        "weights over memory": need / room if room else None,
    }


def plan_asked(question: Question) -> Plan:
    """Return how devices share the work, as a publisher wrote it."""
    text = question.parallelism.lower()
    split = {}
    for name in ("tp", "pp"):
        found = re.search(rf"{name}=?(\d+)", text)
        split[name] = max(1, min(int(found[1]), question.count)) if found else 1
    tensor, pipeline = split["tp"], split["pp"]
    is_told = tensor * pipeline > 1
    is_dealt = not is_training(question) and question.count > 1 and not is_told
    if "layer-split" in text or is_dealt:
        return Plan(pipeline=question.count)
    copies = max(1, question.count // (tensor * pipeline))
    return Plan(copies, tensor, pipeline, _shard(question), in_flight=pipeline)


def _shard(question: Question) -> Shard:
    """Return what data-parallel copies share out."""
    text = f"{question.parallelism} {question.optimiser} {question.framework}".lower()
    if "fsdp" in text or "zero3" in text or "torchtune" in text:
        return Shard.ALL
    if "zero2" in text:
        return Shard.GRADIENTS
    return Shard.OPTIMISER if "zero1" in text else Shard.NONE


def stated_gib(row: Mapping[str, str], device: DeviceSheet = UNNAMED) -> float | None:
    """Return the measured peak of a row on one device in GiB, for fitting and testing.

    More than a device has is what all of them held together; some publishers state training so.
    """
    stated, count = number(row, "peak_gib"), number(row, "num_devices") or 1.0
    room_gib = device.memory_bytes / 1e9  # sheets name GiB
    is_of_all = row["source"] in _STATES_ALL and row["task"] in TRAINING
    if stated and (is_of_all or (room_gib and stated > room_gib)):
        return stated / count
    return stated
