"""ContractFlow: from "they said yes" to "they paid"."""

__version__ = "0.1.0"
