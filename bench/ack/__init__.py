"""How long *Draft with AI* takes to be acknowledged. `python -m bench.ack`; bench/README.md says what is measured."""
