"""``python -m gipa_pipeline``: the same as ``gipa``, where the program is not on the path."""

from gipa_pipeline.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
