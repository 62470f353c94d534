"""The roles of the database. None is a superuser or bypasses row-level security; the policies name them."""

from enum import StrEnum


class DbRole(StrEnum):
    OWNER = "cf_owner"  # owns the tables; migrations
    APP = "cf_app"  # web processes: one organisation at a time
    WORKER = "cf_worker"  # workers: one organisation at a time, and the sweeps
    OPS = "cf_ops"  # reads across organisations, never what a document says
    GATE = "cf_gate"  # owns the functions that look across organisations; nobody logs in as it


CONNECTABLE = (DbRole.OWNER, DbRole.APP, DbRole.WORKER, DbRole.OPS)
