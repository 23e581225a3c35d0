"""How a store of an earlier version becomes one of this version.

A change of tables.py takes a new file in versions/, whose revision goes to the end of schema.REVISIONS; an older file is
never touched. Its tables keep STRICT and WITHOUT ROWID only if its batch operations say so (`table_kwargs`), it drops no
row, and guards need no care: the runner takes them away before and makes them anew after. tests/store/test_migrations.py
then migrates a filled store of every earlier version and compares it with a fresh one, on both engines.
"""
