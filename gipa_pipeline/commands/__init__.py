"""What the commands of ``gipa`` do, one module each; what to type stands in ``gipa_pipeline.cli``."""
