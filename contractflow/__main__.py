"""`python -m contractflow`."""

from contractflow.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
