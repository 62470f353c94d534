"""The tenancy proof: every way in is walked, and attacked by people whose business it is not.

`world` is what two rival agencies have; `ledger` sees whether anything of it changed or leaked; the other modules attack:
the services, the routes, the events, the live streams, the jobs, and the database itself. What is added to the product
and cannot be attacked here fails a test, which says what it wants to know. docs/tenancy.md is the outcome.
"""
