"""Other embedding models than the default: random weights, 32 dimensions, two layers, a file of 200 kB.

Their vectors mean little, but they are the real library's, from a real folder. A test file takes the fixture by name:
`tiny = tiny_model.tiny`.
"""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from index.embed import Embedder, load_embedder

WINDOW = 128
QUERY_PROMPT, DOCUMENT_PROMPT = "query: ", "passage: "
_SIGNS = string.ascii_lowercase + string.digits + string.punctuation
"""Every token is one sign, so what is counted in tokens can be counted by hand."""


def save_tiny_model(folder: Path, *, seed: int = 0) -> Path:
    """A folder with a sentence-transformers model; another seed gives other weights."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    folder.mkdir(parents=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *_SIGNS, *(f"##{sign}" for sign in _SIGNS)]
    (folder / "vocab.txt").write_text("\n".join(words))
    tokenizer = BertTokenizer(str(folder / "vocab.txt"))
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=WINDOW,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = BertModel(config)
    model.save_pretrained(folder / "bert")
    tokenizer.save_pretrained(folder / "bert")
    modules = [Transformer(str(folder / "bert"), max_seq_length=WINDOW), Pooling(32)]
    prompts = {"query": QUERY_PROMPT, "document": DOCUMENT_PROMPT}
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(
        str(folder / "tiny"), create_model_card=False
    )
    return folder / "tiny"


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("model") / "made")


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> Embedder:
    """A tiny embedding model, loaded once."""
    return load_embedder(str(tiny_folder))
