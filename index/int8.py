"""An embedding model in int8, run by OpenVINO, which the extra `fast` brings. The only module that imports openvino.

The transformer is traced, and each of its multiplications by a weight matrix is given the range of its numbers, so that
OpenVINO multiplies bytes: weights with one scale a row, activations with one range each, found by running the model on
`_SAMPLES` once. The rest stays in bfloat16 or float32. Scheme: https://arxiv.org/abs/1712.05877, section 2.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.errors import ModelError

if TYPE_CHECKING:
    import torch

Inputs = dict[str, npt.NDArray[np.int64]]
"""Token ids and the masks that go with them, each of shape (texts, tokens)."""

Hidden = npt.NDArray[np.float32]

OTHER_DTYPE = "Set embedding_dtype to auto, bfloat16 or float32."
_INSTALL = (
    "In Dateline's folder run `.venv/bin/pip install -c constraints.txt -e '.[fast]'`, or set embedding_dtype to auto."
)

SAMPLES = (
    "The finance minister said on Tuesday that the budget would be presented to parliament before the end of May.",
    "What did the mayor of Lindhafen say about the new bridge, and when does it open to traffic?",
    "“We are not going to wait for another winter,” she told reporters. “People here have lost everything they had.”",
    "Shares fell 3.7% to $41.25 in early trading after the company cut its forecast for 2023 by €1.2 billion.",
    "Osterby 2, Lindhafen 1: Okonkwo scored twice in the last ten minutes and the visitors left without a point.",
    "In a study of 12,480 patients, published in a medical journal, the treatment lowered the risk by about a third "
    "over five years; the authors, from universities in four countries, warn that older patients were too few to tell. "
    "Side effects were mild. The agency will decide in autumn whether the drug may be sold, a spokesman said, adding "
    "that no date was set. Two earlier trials had been stopped because too few people took part in them.",
    "Photo caption: Firefighters at the scene, Sept. 14. More: Weather | Sport | Live updates",
    "Le gouvernement a annoncé mercredi une réforme des retraites; die Opposition kündigte Widerstand an.",
    "Singer, 27, wins first award for debut album",
    "The court ruled 6-3 that the state may not require a permit. Judge M. T. Alvarez wrote: the law, as passed in "
    "1911, asks of a citizen what the constitution does not. Lawyers for the governor declined to comment.",
)
"""Texts of many kinds, which the ranges of the activations are taken from."""


def quantised(network: torch.nn.Module, samples: Sequence[Inputs], *, bfloat16: bool) -> Callable[[Inputs], Hidden]:
    """What gives the last hidden state of `network`, shape (texts, tokens, width), float32, from token ids and masks.

    `samples` are what the ranges are taken from; `bfloat16` is for what is not multiplied in bytes. Raises ModelError
    if OpenVINO is not installed or cannot take this network.
    """
    try:
        import openvino
    except ImportError as error:
        raise ModelError("embedding_dtype is int8, and OpenVINO is not installed.", _INSTALL) from error
    core = openvino.Core()
    precise = {"INFERENCE_PRECISION_HINT": "f32"}
    try:
        model = _traced(network, samples[0])
        activations = _activations(model)
        ranges = _ranges(core.compile_model(_with_outputs(model, activations), "CPU", precise), samples)
        for (output, products), (low, high) in zip(activations, ranges, strict=True):
            _make_bytes(output, products, low, high)
        compiled = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "bf16"} if bfloat16 else precise)
    except Exception as error:
        said = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise ModelError(f"The embedding model cannot be run in int8: {said}.", OTHER_DTYPE) from error

    of_thread = threading.local()

    def run(inputs: Inputs) -> Hidden:
        if not hasattr(of_thread, "request"):
            of_thread.request = compiled.create_infer_request()
        found: Hidden = of_thread.request.infer(inputs, share_inputs=True)[0]
        return found

    return run


def _traced(network: torch.nn.Module, sample: Inputs) -> Any:
    """The network as OpenVINO's graph, for any number of texts and tokens.

    Not by openvino.convert_model, which reports its use to its makers.
    """
    import torch
    from openvino import PartialShape, Type
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder
    from transformers.utils import logging

    names = list(sample)

    class LastHiddenState(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = self.network(**dict(zip(names, inputs, strict=True))).last_hidden_state
            return found

    example = tuple(torch.from_numpy(sample[name]) for name in names)
    verbosity = logging.get_verbosity()
    try:
        with warnings.catch_warnings():
            # Of branches that a trace leaves out; those of these models are taken the same way for every text.
            warnings.simplefilter("ignore")
            logging.set_verbosity_error()  # type: ignore[no-untyped-call]
            decoder = TorchScriptPythonDecoder(LastHiddenState().eval(), example_input=example)
    finally:
        logging.set_verbosity(verbosity)
    frontend = FrontEndManager().load_by_framework("pytorch")
    model = frontend.convert(frontend.load(decoder))
    for name, port in zip(names, model.inputs, strict=True):
        port.get_tensor().set_names({name})
        port.get_node().set_partial_shape(PartialShape([-1, -1]))
        port.get_node().set_element_type(Type.i64)
    model.validate_nodes_and_infer_types()
    return model


def _activations(model: Any) -> list[tuple[Any, list[Any]]]:
    """What is multiplied by a weight matrix, each with its multiplications."""
    found: dict[tuple[str, int], tuple[Any, list[Any]]] = {}
    for product in model.get_ordered_ops():
        if product.get_type_name() == "MatMul" and product.input_value(1).get_node().get_type_name() == "Constant":
            output = product.input_value(0)
            key = (output.get_node().get_friendly_name(), output.get_index())
            found.setdefault(key, (output, []))[1].append(product)
    if not found:
        raise ValueError("it multiplies by no weight matrix")
    return list(found.values())


def _with_outputs(model: Any, activations: list[tuple[Any, list[Any]]]) -> Any:
    """A copy of the model that gives its activations."""
    from openvino import Model

    return Model([output for output, _ in activations], model.get_parameters(), "activations").clone()


def _ranges(compiled: Any, samples: Sequence[Inputs]) -> list[tuple[float, float]]:
    """The least and the greatest number of each activation over the samples; 0 is between them."""
    low, high = np.zeros(len(compiled.outputs)), np.zeros(len(compiled.outputs))
    for sample in samples:
        found = compiled(sample)
        for i in range(len(low)):
            low[i], high[i] = min(low[i], found[i].min()), max(high[i], found[i].max())
    return list(zip(low.tolist(), high.tolist(), strict=True))


def _make_bytes(output: Any, products: list[Any], low: float, high: float) -> None:
    """Let the multiplications `products` of one activation be of bytes."""
    from openvino import opset13 as ops

    least, most = np.float32(low), np.float32(high)
    rounded = ops.fake_quantize(output, least, most, least, most, 256)
    for product in products:
        weights = product.input_value(1)
        transposed = product.get_attributes()["transpose_b"]
        scale = np.abs(weights.get_node().data).max(axis=1 if transposed else 0, keepdims=True).astype(np.float32)
        scale = np.maximum(scale, 1e-12)
        product.input(0).replace_source_output(rounded.output(0))
        product.input(1).replace_source_output(ops.fake_quantize(weights, -scale, scale, -scale, scale, 255).output(0))
