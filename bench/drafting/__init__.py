"""What a draft costs on its way from the provider to the screen. `python -m bench.drafting`; see bench/README.md."""
