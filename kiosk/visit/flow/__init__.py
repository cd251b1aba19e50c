"""The handlers of the transition table, a file for each stretch of a visit. Importing the package fills the table."""

from kiosk.visit.flow import arrival, consent, ending, ignored, lookup, shared, staff, time, verification

__all__ = ["arrival", "consent", "ending", "ignored", "lookup", "shared", "staff", "time", "verification"]
