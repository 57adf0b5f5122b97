"""The parts of retrieval: what a question's own words ask of the search, and how the passages found are ranked."""
