"""The tests, one folder for each floor."""
