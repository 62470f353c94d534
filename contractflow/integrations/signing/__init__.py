"""Printing, sealing and checking the signed document: typst and pyHanko are known here and nowhere else."""
