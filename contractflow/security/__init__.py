"""Sessions, passwords, links and limits: what keeps strangers out."""
