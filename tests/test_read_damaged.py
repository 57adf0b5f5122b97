"""Files of every format, damaged at random: each gives articles or says why not. The soak does this for longer."""

from __future__ import annotations

import os

import pytest
from fuzzed_files import damaged_files, read_damaged, whole_files
from hypothesis import HealthCheck, given, settings


@pytest.mark.parametrize("name", sorted(whole_files()))
def test_the_files_to_be_damaged_are_good_ones(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    articles, failures = read_damaged(tmp_path_factory.mktemp("good"), name, whole_files()[name])
    assert articles
    assert not failures


FILES = 2000 if os.environ.get("CI") else 250
"""In CI a minute's worth of them, where the machine is free."""


@settings(max_examples=FILES, suppress_health_check=list(HealthCheck))
@given(damaged_files())
def test_a_damaged_file_gives_articles_or_says_why_not(
    tmp_path_factory: pytest.TempPathFactory, file: tuple[str, bytes]
) -> None:
    read_damaged(tmp_path_factory.mktemp("damaged"), *file)
