"""What the patient sees and touches: one page per state of a visit. See README.md in this folder."""
