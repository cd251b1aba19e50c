"""The patient side's shell: runs visits, executes their effects, records each step. Decides nothing itself."""
