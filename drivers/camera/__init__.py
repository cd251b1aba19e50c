"""The camera: pictures in shared memory, what is odd about them, and the thread that takes them."""
