"""The staff side's shell: what stands on the board, what a visit tells, what staff may do, what is asked again."""
