"""The reception itself. No Qt, no PC/SC, no OpenCV."""
