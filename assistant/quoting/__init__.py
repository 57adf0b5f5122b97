"""Sentences of articles made fit to be quoted alone, and what several of them say of one thing.

statement.py      a sentence with what it needs to stand alone, and how it is cited
direct_speech.py  quotations that run over several sentences
referents.py      what "It" and "The move" speak of
facts.py          whether two sentences tell the same, or disagree
figures.py        what a number counts
corrections.py    notes that take back what an article said
accounts.py       the sentences of an answer with who else says so, and who says otherwise
"""
