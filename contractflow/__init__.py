"""ContractFlow: from "they said yes" to "they paid"."""
