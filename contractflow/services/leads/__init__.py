"""Leads: strangers ask for work on a form, members answer, and one click makes a client, a project and a draft of them."""

from contractflow.services.leads.arriving import Enquiry, submit
from contractflow.services.leads.board import Board, Column, board
from contractflow.services.leads.converting import Converted, convert
from contractflow.services.leads.form import Choice, LeadForm, LeadFormPage, find, form, form_page, save_form
from contractflow.services.leads.reading import Answer, LeadList, LeadPage, list_page, one
from contractflow.services.leads.rows import LeadRow
from contractflow.services.leads.stages import assign, contact, disqualify, qualify, reopen

__all__ = [
    "Answer",
    "Board",
    "Choice",
    "Column",
    "Converted",
    "Enquiry",
    "LeadForm",
    "LeadFormPage",
    "LeadList",
    "LeadPage",
    "LeadRow",
    "assign",
    "board",
    "contact",
    "convert",
    "disqualify",
    "find",
    "form",
    "form_page",
    "list_page",
    "one",
    "qualify",
    "reopen",
    "save_form",
    "submit",
]
