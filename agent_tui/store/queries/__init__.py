"""The statements: cached text for the hot ones, one module for each thing they speak of."""
