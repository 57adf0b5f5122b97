"""Articles in, searchable index out: read, clean, split, embed, store. Knows no chat and no language model."""
