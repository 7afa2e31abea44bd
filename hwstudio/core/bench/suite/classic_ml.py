"""The benchmark of classic machine learning on tables."""

from __future__ import annotations

from hwstudio.core.bench.spec import Bench, MetricSpec, Parameter
from hwstudio.core.bench.suite.shared_parameter import CAP, SEED, WARMUP

METHODS = {
    "linear_regression": "Linear regression",
    "logistic_regression": "Logistic regression",
    "kmeans": "k-means",
    "random_forest": "Random forest",
    "gradient_boosting": "Gradient-boosted trees",
    "kernel_svm": "Support vector machine",
    "nearest_neighbours": "Nearest neighbours",
    "pca": "Principal components",
    "lightgbm": "LightGBM",
    "xgboost": "XGBoost",
}

BENCH = Bench(
    id="classic_ml",
    title="Classic ML",
    purpose="How long classic methods take to train on a table, on one core and on all of them.",
    kernel="classic_ml",
    needs=("sklearn",),
    computes_with="numpy",
    parameters=(
        Parameter(
            name="methods",
            is_main=True,
            title="Methods",
            kind="choice_list",
            default=list(METHODS),
            choices=tuple(METHODS),
            help="of scikit-learn; LightGBM and XGBoost only where they are installed",
        ),
        Parameter(
            name="threads",
            title="CPU threads",
            kind="int",
            default=0,
            high=4096,
            help="the second number tried beside one; 0: one per core",
        ),
        CAP,
        WARMUP,
        SEED,
    ),
    metrics=tuple(
        MetricSpec(prefix=f"{method} ", title=title, unit="s", better="lower")
        for method, title in METHODS.items()
    ),
    method_version=1,
    timeout_s=900.0,
    warmup_s=0.5,
    quick={"cap_s": 2.0, "warmup_s": 0.2},
)
