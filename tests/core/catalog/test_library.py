"""Every model the guides name has a row, and every table says where its rows come from."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from hwstudio.core.base.paths import catalog_file

# The guides' word -> the rows that answer it, by requirement.
NAMED: dict[str, dict[str, tuple[str, ...]]] = {
    "R33 what a tier can do": {
        "CIFAR-10 network": ("resnet20-cifar10",),
        "ResNet-50 and 152": ("timm-resnet50", "timm-resnet152"),
        "YOLOv5": ("yolov5n", "yolov5s", "yolov5m", "yolov5l", "yolov5x"),
        "BERT": ("bert-base", "bert-large"),
        "GPT-2": ("gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"),
    },
    "R84 memory of vision models": {
        "ResNet-50": ("timm-resnet50",),
        "ResNet-101": ("timm-resnet101",),
        "EfficientNet-B7": ("timm-tf_efficientnet_b7",),
        "YOLOv5 large": ("yolov5l",),
        "Detectron2": ("d2-faster-r-cnn-r50-fpn", "d2-mask-r-cnn-r50-fpn", "d2-retinanet-r50-fpn"),
        "StyleGAN": ("stylegan-1024-g",),
    },
    "R85 memory of language models": {
        "BERT base": ("bert-base",),
        "BERT large": ("bert-large",),
        "RoBERTa": ("roberta-base", "roberta-large"),
        "GPT-2 small": ("gpt2",),
        "GPT-2 large": ("gpt2-large",),
        "T5 base": ("t5-base",),
        "T5 large": ("t5-large",),
    },
    "R86 memory of large language models": {
        "LLaMA-2": ("llama-2-7b", "llama-2-13b", "llama-2-70b"),
        "Llama 3": ("llama-3-8b", "llama-3.1-405b", "llama-3.2-3b", "llama-3.3-70b-instruct"),
        "Llama 4": ("llama-4-scout", "llama-4-maverick"),
        "Mistral": ("mistral-7b-v0.3", "mistral-small-24b-2501", "mixtral-8x7b"),
        "Falcon": ("falcon-7b", "falcon-40b", "falcon-180b"),
        "Qwen": ("qwen2.5-7b", "qwen2.5-72b", "qwen3-8b", "qwen3-235b-a22b"),
        "Gemma": ("gemma-3-4b", "gemma-3-12b", "gemma-3-27b", "gemma-4-26b-a4b"),
        "DeepSeek": ("deepseek-v3", "deepseek-r1", "deepseek-r1-distill-qwen-7b"),
        "gpt-oss": ("gpt-oss-20b", "gpt-oss-120b"),
        "Phi": ("phi-4-14b", "phi-4-mini"),
        "GLM and Kimi": ("glm-4.5", "glm-5", "kimi-k2"),
        "GPT-3 175B": ("gpt3-175b",),
        "PaLM 540B": ("palm-540b",),
    },
    "R87 memory of generative models": {
        "Stable Diffusion": ("sd15-unet", "sdxl-unet", "sd35-large", "sd-vae"),
        "DALL-E": ("dall-e-2", "dall-e-3"),
        "Midjourney": ("midjourney",),
        "BigGAN": ("biggan-deep-128-g", "biggan-deep-256-g", "biggan-deep-512-g"),
        "StyleGAN2": ("stylegan2-256-g", "stylegan2-512-g", "stylegan2-1024-g"),
    },
    "R159 image classification": {
        "MobileNet": ("timm-mobilenetv2_100", "timm-mobilenetv3_large_100"),
        "SqueezeNet": ("tv-squeezenet1_0",),
        "EfficientNet-B3": ("timm-efficientnet_b3",),
        "ResNet-152": ("timm-resnet152",),
        "Vision Transformer": ("timm-vit_base_patch16_224", "timm-vit_large_patch16_224"),
    },
    "R160 object detection": {
        "YOLOv5 small to extra large": ("yolov5s", "yolov5l", "yolov5x"),
        "YOLO today": ("yolov8m", "yolo11m"),
        "Faster R-CNN": ("tv-fasterrcnn_resnet50_fpn",),
        "Faster R-CNN ResNet-101": ("d2-faster-r-cnn-r101-fpn",),
        "Faster R-CNN ResNet-152": ("tv-faster-r-cnn-r152-fpn",),
        "SSD": ("tv-ssd300_vgg16",),
        "SSD-MobileNet": ("tv-ssdlite320_mobilenet_v3_large",),
        # The detection zoo that named it so says itself: SSD on a ResNet with FPN is RetinaNet.
        "SSD-ResNet-50": ("tv-retinanet_resnet50_fpn",),
        "SSD-ResNet-101": ("d2-retinanet-r101-fpn",),
    },
    "R161 segmentation": {
        "U-Net": ("unet-original", "smp-unet-resnet34"),
        "DeepLabv3+": ("smp-deeplabv3plus-resnet50",),
        "DeepLabv3+ Xception": ("smp-deeplabv3plus-xception65",),
        "Mask R-CNN ResNet-50": ("d2-mask-r-cnn-r50-fpn",),
        "Mask R-CNN ResNet-101": ("d2-mask-r-cnn-r101-fpn",),
    },
    "R162 style transfer and GANs": {
        "style transfer": ("fast-neural-style",),
        "StyleGAN2": ("stylegan2-512-g", "stylegan2-512-d", "stylegan2-1024-g"),
        "CycleGAN": ("cyclegan-g", "cyclegan-d"),
        "pix2pix": ("pix2pix-g", "pix2pix-d"),
    },
    "R163 text classification": {
        "logistic regression and SVM": ("logistic-regression", "linear-svm"),
        "BERT": ("bert-base", "bert-large"),
    },
    "R164 language models": {
        "GPT-2": ("gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"),
        "T5": ("t5-small", "t5-base", "t5-large"),
        "GPT-3": ("gpt3-small", "gpt3-xl", "gpt3-6.7b", "gpt3-175b"),
    },
    "R165 translation": {
        "Transformer": ("marian-opus-mt", "transformer-base", "transformer-big"),
        "many languages": ("mbert", "xlm-r-large", "mbart-large-50", "nllb-200-600m"),
    },
    "R166 time series": {
        "ARIMA and Prophet": ("arima", "prophet"),
        "LSTM and GRU": ("lstm-forecast-2x128", "gru-forecast-2x128", "lstm-forecast-4x512"),
        "Temporal Fusion Transformer": ("tft-160",),
        "Informer and Autoformer": ("informer", "autoformer"),
    },
    "R167 reinforcement learning": {
        "CartPole": ("dqn-cartpole", "ppo-cartpole"),
        "Atari": ("dqn-atari", "ppo-atari"),
        "continuous control": ("ddpg-mlp", "td3-mlp", "sac-mlp", "ppo-mlp"),
    },
}
CLOSED = ("dall-e-2", "dall-e-3", "midjourney", "gpt-4", "gpt3-175b", "palm-540b")
CLASSICAL = ("arima", "prophet", "logistic-regression", "linear-svm")
# Sources whose licence does not let their rows be passed on, or that have none.
REFUSED = ("hemgo", "datareceipts", "silybench", "hf-600me", "skypilot", "lambda", "xiongjie")


@pytest.fixture(scope="module")
def facts():
    """Ask the bundled catalogue: facts(sql, *values) -> rows, cells by name."""
    with closing(sqlite3.connect(f"file:{catalog_file()}?mode=ro", uri=True)) as opened:
        opened.row_factory = sqlite3.Row
        yield lambda sql, *values: opened.execute(sql, values).fetchall()


def _tables(facts):
    """Tables whose rows name their source."""
    return {row["table_name"] for row in facts("SELECT DISTINCT table_name FROM column")}


@pytest.mark.parametrize("requirement", NAMED)
def test_every_model_the_guides_name_has_a_row(requirement, facts):
    known = {row["id"] for row in facts("SELECT id FROM model")}
    missing = {word: ids for word, ids in NAMED[requirement].items() if not known >= set(ids)}
    assert missing == {}


def test_the_whole_model_table_is_there(facts):
    assert facts("SELECT count(*) AS n FROM model")[0]["n"] >= 352


@pytest.mark.parametrize("model_id", CLOSED)
def test_a_closed_model_says_that_it_cannot_run_locally(model_id, facts):
    (model,) = facts("SELECT * FROM model WHERE id = ?", model_id)
    assert model["weights_public"] == "no"
    assert model["weight_bytes"] is None
    assert "cannot run locally" in model["note"]


def test_no_other_model_is_called_closed_without_the_reason(facts):
    closed = facts("SELECT id, note FROM model WHERE weights_public = 'no'")
    assert [row["id"] for row in closed if "cannot run locally" not in row["note"]] == []


@pytest.mark.parametrize("model_id", CLASSICAL)
def test_a_classical_method_says_that_the_processor_is_enough(model_id, facts):
    (model,) = facts("SELECT * FROM model WHERE id = ?", model_id)
    assert model["cpu_is_enough"] == 1
    assert model["macs_per_sample"] is None


def test_every_workload_stands_on_a_model_that_was_counted(facts):
    rows = facts(
        "SELECT w.id, m.params_total, m.macs_per_sample FROM workload w"
        " LEFT JOIN model m ON m.id = w.model_id"
    )
    assert rows
    assert all(row["params_total"] and row["macs_per_sample"] for row in rows)


def test_what_is_from_memory_is_marked_so(facts):
    """A row with no page to show may not claim to have been read."""
    for table in ("model", "accelerator", "system", "roadmap"):
        told = facts(f"SELECT * FROM {table} WHERE source_ref IN ('general knowledge', '')")
        assert {row["confidence"] for row in told} <= {"recalled", "derived"}, table


def test_complete_computers_have_memory_and_a_dated_price_or_none(facts):
    systems = facts("SELECT * FROM system")
    assert len(systems) >= 20
    assert sum(row["list_price"] is not None for row in systems) >= 20
    for row in systems:
        priced = [row[name] is not None for name in ("list_price", "currency", "price_date")]
        assert all(priced) or not any(priced), row["id"]
        assert row["id"].startswith("sys-")
        memory = "memory_bytes" if row["memory_kind"] == "unified" else "vram_bytes"
        assert row[memory], row["id"]


def test_a_complete_computer_points_at_rows_that_exist(facts):
    lost = facts(
        "SELECT id FROM system WHERE (gpu_id IS NOT NULL AND gpu_id NOT IN (SELECT id FROM gpu))"
        " OR (accelerator_id IS NOT NULL AND accelerator_id NOT IN (SELECT id FROM accelerator))"
    )
    assert lost == []


def test_the_roadmap_tells_what_is_sold_from_what_is_rumoured(facts):
    states = {row["state"] for row in facts("SELECT DISTINCT state FROM roadmap")}
    assert {"released", "announced", "rumoured"} <= states
    early = "state IN ('announced', 'rumoured') AND released_date IS NOT NULL"
    assert [row["id"] for row in facts(f"SELECT id FROM roadmap WHERE {early}")] == []


def test_a_rented_server_has_a_currency_and_a_date(facts):
    rows = facts("SELECT * FROM dedicated")
    assert rows
    assert all(row["currency"] and row["as_of"] for row in rows)


def test_price_history_has_the_same_offer_on_several_dates(facts):
    repeated = facts(
        "SELECT instance FROM cloud_price_history GROUP BY provider, instance, price_kind"
        " HAVING count(DISTINCT as_of) > 1"
    )
    assert "p4d.24xlarge" in {row["instance"] for row in repeated}


def test_every_row_of_every_table_comes_from_a_source_with_a_licence(facts):
    licensed = {r["id"] for r in facts("SELECT id FROM source WHERE trim(licence) <> ''")}
    for table in sorted(_tables(facts)):
        used = facts(f'SELECT DISTINCT source FROM "{table}"')
        assert {row["source"] for row in used} <= licensed, table
    second = facts("SELECT source FROM cell_source UNION SELECT source FROM claim")
    assert {row["source"] for row in second} <= licensed


def test_no_source_without_a_licence_is_named(facts):
    named = [f"{row['id']} {row['where']}".lower() for row in facts("SELECT * FROM source")]
    assert [text for text in named if any(word in text for word in REFUSED)] == []


def test_measured_results_come_from_the_six_sources_that_allow_it(facts):
    used = {row["source"] for row in facts("SELECT DISTINCT source FROM reference_result")}
    assert used == {"dle", "geerlingguy", "gpu-fryer", "ml-engineering", "mli", "nvidia-issues"}


def test_second_sources_mostly_agree_on_graphics_cards(catalog, facts):
    claims = facts("SELECT DISTINCT row_id FROM claim WHERE table_name = 'gpu'")
    assert len(claims) >= 60
    audit = catalog.audit()
    assert audit.claims_agree >= 0.95 * audit.claims
