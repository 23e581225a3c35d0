"""Floor 4: one module for each job a person does, one function and one transaction for each use case."""
