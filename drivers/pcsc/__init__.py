"""Card readers through PC/SC, on Linux (pcsc-lite) and wherever winscard.h is spoken."""
