"""What becomes of personal data: what each column's fate is, and what makes it so (DESIGN §6).

An app declares both in its `privacy.py`; `core.privacy.tables` speaks for the tables of the core.
"""
