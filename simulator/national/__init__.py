"""A national eligibility system of our own, for invented people. README.md says what it does and what it is not."""
