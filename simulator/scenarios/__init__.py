"""Whole visits as data files; the format and the table of acts are in README.md."""

from simulator.scenarios.scenario import Scenario, ScenarioError, everything, load, load_file

__all__ = ["Scenario", "ScenarioError", "everything", "load", "load_file"]
