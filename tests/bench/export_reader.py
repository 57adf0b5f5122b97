"""Make what the package ships of trained weights. `python tests/bench/export_reader.py TRAIN OUT [--mean FILE FILE …]`;
needs onnx.

OUT/reader.pt, as train_reader.py leaves it, or the mean of several such files and checkpoints, of one run (stochastic
weight averaging, Izmailov et al., 2018) or of several from the same beginning (model soups, Wortsman et al., 2022),
becomes OUT/shipped/: reader.onnx (fused, int8 by dynamic quantisation, one scale for each
column of a matrix), tokenizer.json and config.json with the SHA-256 of both and the temperature, which is fitted on
articles that were held out of training. Prints what quantising loses on those.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import reader_news
import torch
from onnx import TensorProto
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from reader_metrics import news_figures, read
from reader_network import mean_of
from scipy.optimize import minimize_scalar
from train_reader import fresh_network, tokenizer_of

from assistant.reader import Reader
from assistant.reader.weights import Files
from index.embed import default_folder

INPUTS, OUTPUTS = ["ids", "mask", "types"], ["relevance", "spans"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--mean",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="of these, one named twice counting twice; not OUT/reader.pt",
    )
    options = parser.parse_args()
    train, out = options.train, options.out
    if json.loads((out / "held_out.json").read_text()).get("context", True):
        sys.exit(f"The reader in {out} was trained with --context, which the package does not give to its reader.")
    shipped = out / "shipped"
    shipped.mkdir(exist_ok=True)
    network = fresh_network(default_folder()).eval()
    files = options.mean or [out / "reader.pt"]
    network.load_state_dict(mean_of([torch.load(file, weights_only=True) for file in files]))
    plain, fused, small = (out / f"{name}.onnx" for name in ("plain", "fused", "int8"))
    example = torch.ones(2, 16, dtype=torch.long)
    torch.onnx.export(
        network,
        (example, example, example),
        str(plain),
        input_names=INPUTS,
        output_names=OUTPUTS,
        dynamic_axes={name: {0: "pairs", 1: "tokens"} for name in [*INPUTS, "spans"]} | {"relevance": {0: "pairs"}},
        opset_version=17,
        dynamo=False,
    )
    heads, size = network.encoder.config.num_attention_heads, network.encoder.config.hidden_size
    # What is fused into one operator with the addition before it takes five times as long as the two.
    fusing = FusionOptions("bert")
    fusing.enable_skip_layer_norm = fusing.enable_bias_skip_layer_norm = False
    optimize_model(
        str(plain), model_type="bert", num_heads=heads, hidden_size=size, opt_level=0, optimization_options=fusing
    ).save_model_to_file(str(fused))
    # Types cannot be inferred through the fused operators; all of them are float.
    more = {"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT}
    quantize_dynamic(fused, small, weight_type=QuantType.QInt8, per_channel=True, extra_options=more)
    shutil.copy(small, shipped / "reader.onnx")
    shutil.copy(default_folder() / "tokenizer.json", shipped / "tokenizer.json")
    raw = small.read_bytes()

    tokenizer = (shipped / "tokenizer.json").read_text(encoding="utf-8")
    tokenize = tokenizer_of(default_folder(), context=False)
    _, for_choices, _ = reader_news.stories(train)
    reader = Reader(Files(raw, tokenizer, 1.0))
    labels, logits = [], []

    def quantised(pairs):
        found = reader.read(reader_news.without_context(pairs))
        return np.array([one.logit for one in found]), [one.span for one in found]

    for name, how in (("float32", lambda pairs: read(network, tokenize(pairs))), ("int8", quantised)):
        print(name, news_figures(how, for_choices), flush=True)
    for story in for_choices:
        pairs = reader_news.without_context(reader_news.all_pairs(story))
        logits += [one.logit for one in reader.read(pairs)]
        labels += [i in asked.right for asked in story.asked for i in range(len(story.places))]
    temperature = fitted_temperature(np.array(logits), np.array(labels))
    fields = {
        "temperature": round(temperature, 3),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "tokenizer_sha256": hashlib.sha256((shipped / "tokenizer.json").read_bytes()).hexdigest(),
    }
    (shipped / "config.json").write_text(json.dumps(fields, indent=1) + "\n")
    print(fields, len(raw), "bytes")


def fitted_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The divisor of the logits at which the negative log-likelihood of the labels is least (Guo et al., 2017)."""

    def loss(temperature: float) -> float:
        x = logits / temperature
        return float(np.mean(np.logaddexp(0, x) - labels * x))

    return float(minimize_scalar(loss, bounds=(0.2, 5.0), method="bounded").x)


if __name__ == "__main__":
    main()
