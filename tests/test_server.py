"""The server: answers over HTTP as scripts get them, errors with a remedy, and one line that says where it is."""

from __future__ import annotations

import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import live_server
import pytest
from contract_rules import require_contract
from fastapi.testclient import TestClient

from assistant.assistant import Assistant
from assistant.errors import ServeError
from assistant.server import create_app, require_free_port, serve
from index.errors import BuildError, BusyError, CatalogueError, DatelineError, FingerprintError, ModelError
from index.read import ReadArticle
from index.records import Article

assistant = live_server.assistant

STOLTENBERG = "What did Stoltenberg say about Putin's proposal?"


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(assistant), base_url="http://127.0.0.1", raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def empty(assistant: Assistant, tmp_path: Path) -> Assistant:
    """An assistant with a data folder in which there is nothing."""
    return Assistant(live_server.settings_for(tmp_path), assistant.embedder)


# Health


def test_health_says_what_is_served(client: TestClient, assistant: Assistant) -> None:
    found = client.get("/health").json()
    index = assistant.index()
    assert index is not None
    assert (found["status"], found["message"]) == ("ok", "")
    assert (found["build"], found["articles"], found["chunks"]) == (index.manifest.name, 2, len(index))
    assert found["embedding_model"] == "all-MiniLM-L6-v2"
    assert 0 <= found["age_seconds"] < 600
    assert (found["answers"], found["vector_store_answers"], found["chroma_url"]) == (True, True, None)
    assert 0 < found["size_bytes"] < found["free_bytes"]


def test_health_of_an_empty_data_folder_is_empty_and_no_failure(empty: Assistant) -> None:
    response = TestClient(create_app(empty)).get("/health")
    found = response.json()
    assert (response.status_code, found["status"], found["articles"]) == (200, "empty", 0)
    assert "Add articles" in found["message"]


def test_health_of_a_damaged_build_is_an_error_that_says_what_to_do(empty: Assistant) -> None:
    empty.home.root.mkdir(exist_ok=True)
    (empty.home.root / "CURRENT").write_text("20240614T000000Z-abc123\n", encoding="utf-8")
    response = TestClient(create_app(empty)).get("/health")
    assert (response.status_code, response.json()["status"]) == (503, "error")
    assert "dateline index repair" in response.json()["message"]


# Asking


def test_an_answer_is_that_of_a_batch(client: TestClient, assistant: Assistant) -> None:
    row = client.post("/api/ask", json={"id": "q1", "question": STOLTENBERG, "unknown": [1]}).json()
    require_contract(row)
    assert row["id"] == "q1"
    assert row["citations"]
    for citation in row["citations"]:
        part = assistant.article(citation["article_id"]).part(citation["field"])
        assert part[citation["start"] : citation["end"]] == citation["quote"]


def test_limits_and_history_are_taken(client: TestClient) -> None:
    limited = {"question": STOLTENBERG, "as_of": "2024-06-20", "until": "2020-01-01", "history": []}
    assert client.post("/api/ask", json=limited).json()["abstained"] is True


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"question": "  "}, "The question is empty."),
        ({"question": "word " * 10_000}, "characters"),
        ({"question": STOLTENBERG, "as_of": "yesterday"}, "'as_of'"),
        ({"question": STOLTENBERG, "since": "2024-06-15", "until": "2024-06-14"}, "No day lies"),
        ({"q": "?"}, "'question' is missing"),
        ({"question": 7}, "'question'"),
        (["no object"], "cannot be understood"),
    ],
)
def test_a_question_that_cannot_be_asked_is_400_with_a_remedy(client: TestClient, body: Any, problem: str) -> None:
    response = client.post("/api/ask", json=body)
    assert response.status_code == 400
    assert problem in response.json()["error"]
    assert response.json()["remedy"]


def test_what_is_no_json_is_400(client: TestClient) -> None:
    response = client.post("/api/ask", content=b"{", headers={"content-type": "application/json"})
    assert (response.status_code, set(response.json())) == (400, {"error", "remedy"})


# Articles


def test_the_articles_are_listed_without_their_texts_and_given_whole(client: TestClient, assistant: Assistant) -> None:
    listed = client.get("/api/articles").json()
    assert listed["total"] == 2
    assert all("text" not in article for article in listed["articles"])
    assert len(client.get("/api/articles", params={"limit": 1, "offset": 1}).json()["articles"]) == 1
    for article in assistant.articles():
        assert client.get(f"/api/articles/{article.id}").json()["text"] == article.text


def test_an_id_may_be_a_path(empty: Assistant) -> None:
    article = Article(id="2024/06/plan é", text="The plan was rejected on Friday.")
    empty.add([ReadArticle(article, "here")])
    with TestClient(create_app(empty)) as client:
        assert client.get("/api/articles/2024/06/plan%20%C3%A9").json()["id"] == article.id


def test_an_unknown_article_is_404(client: TestClient) -> None:
    response = client.get("/api/articles/no-such")
    assert response.status_code == 404
    assert "'no-such'" in response.json()["error"]
    assert response.json()["remedy"]


@pytest.mark.parametrize("kind", [BuildError, BusyError, CatalogueError, FingerprintError, ModelError])
def test_what_cannot_be_served_now_is_503(
    client: TestClient, assistant: Assistant, monkeypatch: pytest.MonkeyPatch, kind: type[DatelineError]
) -> None:
    def fail(_: Any) -> None:
        raise kind("It is damaged.", "Mend it.")

    monkeypatch.setattr(assistant, "ask", fail)
    response = client.post("/api/ask", json={"question": "Who?"})
    assert (response.status_code, response.json()) == (503, {"error": "It is damaged.", "remedy": "Mend it."})


def test_an_unexpected_error_is_500_without_its_words(
    client: TestClient, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Any) -> None:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(assistant, "ask", fail)
    response = client.post("/api/ask", json={"question": "Who?"})
    assert response.status_code == 500
    assert set(response.json()) == {"error", "remedy"}
    assert "secret" not in response.text


# Serving


def test_what_is_served_may_load_nothing_from_elsewhere(client: TestClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert response.headers["content-security-policy"].startswith("default-src 'self' ")
    assert response.headers["referrer-policy"] == "no-referrer"
    assert client.get("/docs").status_code == 404, "FastAPI's page of docs loads its scripts from elsewhere"


@pytest.mark.parametrize("start", [require_free_port, partial(serve, cast(Assistant, None))])
def test_a_port_in_use_is_said_before_anything_is_loaded(start: Callable[[str, int], None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError) as caught:
            start("127.0.0.1", port)
    assert caught.value.problem == f"Port {port} on 127.0.0.1 is in use."
    assert f"dateline serve --port {port + 1}" in caught.value.remedy


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(ServeError) as caught:
        require_free_port("203.0.113.7", 0)
    assert caught.value.remedy


def test_it_says_where_it_is_in_one_line_and_stops_in_silence_at_ctrl_c(tmp_path: Path) -> None:
    with live_server.serving(tmp_path) as (line, process):
        assert line.startswith("Dateline is on http://127.0.0.1:")
        with urllib.request.urlopen(f"{line.removeprefix('Dateline is on ')}/health", timeout=10) as response:
            assert response.status == 200
        process.send_signal(signal.SIGINT)
        try:
            rest, _ = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            pytest.fail("It does not stop.")
        assert (process.returncode, rest) == (0, "")
